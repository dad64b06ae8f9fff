"""The curves of the model screen as text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.format import width
from tests.tui import modelling
from tui.curves import TRAINED, WATCHED, against, losses

finite = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 4))


@settings(deadline=None, max_examples=60)
@given(st.lists(finite, min_size=0, max_size=40), st.integers(0, 90), st.integers(0, 24))
def test_a_curve_of_any_losses_stays_within_its_room(values, columns, rows):
    drawn = losses(tuple(values), tuple(values), columns, rows)
    assert len(drawn) in (0, rows)
    assert all(sum(width(text) for text, _ in line) <= columns for line in drawn)


def test_both_losses_are_drawn_each_in_its_own_colour():
    roles = {role for line in losses((3.0, 2.0, 1.0), (4.0, 3.5, 3.4), 40, 10) for _, role in line}
    assert {TRAINED, WATCHED} <= roles


def test_a_training_without_validation_rows_has_one_curve():
    roles = {role for line in losses((3.0, 2.0, 1.0), (None, None, None), 40, 10) for _, role in line}
    assert WATCHED not in roles


def test_what_came_stands_on_the_ground_of_its_band():
    drawn = against(modelling.plot(), 60, 14)
    assert len(drawn) == 14
    assert any(role.endswith("/band90") for line in drawn for _, role in line)


def test_one_forecast_is_no_curve():
    one = modelling.plot()
    short = type(one)(14, "AAPL", one.sessions[:1], one.actual[:1], one.predicted[:1], one.q05[:1], one.q95[:1])
    assert against(short, 60, 14) == []
