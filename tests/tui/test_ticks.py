"""The round figures of an axis."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.canvas import Scale, ticks
from tui.charts import axes

prices = st.floats(0.5, 50_000)
spans = st.floats(0.01, 1.5)


@given(prices, spans, st.integers(12, 40), st.floats(0, 1))
def test_a_chart_of_twelve_rows_or_more_has_three_figures(low: float, span: float, rows: int, last: float) -> None:
    scale = Scale(low, low * (1 + span), rows)
    labels = axes.prices(scale, {low * (1 + span * last): "text"}, "USD", axes.apart(rows))
    assert len(labels) >= 3


@given(prices, spans, st.integers(12, 40))
def test_every_figure_says_the_whole_of_its_value(low: float, span: float, rows: int) -> None:
    for value, text in ticks(Scale(low, low * (1 + span), rows)):
        assert float(text.replace(",", "")) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (0.0, 10.0, ["0.0", "2.5", "5.0", "7.5", "10.0"]),
        (0.0, 1.0, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        (0.0, 1_000.0, ["0", "250", "500", "750", "1,000"]),
        (0.0, 8.0, ["0", "2", "4", "6", "8"]),
    ],
)
def test_a_quarter_is_a_round_step_too(low: float, high: float, shown: list[str]) -> None:
    assert [text for _, text in ticks(Scale(low, high, 12))] == shown


def test_figures_of_a_tall_chart_stand_as_far_apart_as_they_did_on_a_small_one() -> None:
    assert [axes.apart(rows) for rows in (6, 12, 15, 18, 50)] == [2, 2, 2.5, 3, 3]
