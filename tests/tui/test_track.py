"""The track record beside the alarm: how alarms of its kind turned out."""

import pytest
from msgspec.structs import replace

from engine.protocol import AlarmTally, KindGrades
from tests.tui import data
from tui.reduce import reduce
from tui.state import State
from tui.widgets.alarm_feed import AlarmFeed


def feed(kinds: dict[str, KindGrades]) -> str:
    """All lines of the feed."""
    view, tally = data.view(), AlarmTally(1, 2, 24.0, kinds=kinds)
    pane = AlarmFeed()
    pane.state = reduce(State(now=data.NOW), replace(view, status=replace(view.status, alarms=tally)))
    return "\n".join("".join(words for words, _ in line) for line in pane.paint(120, 14))


def test_a_list_without_a_market_says_so_where_there_is_no_alarm_yet() -> None:
    tally = AlarmTally(0, 0, 8.0, no_market="needs 5 tickers of an exchange, has 4")
    pane = AlarmFeed()
    pane.state = reduce(State(now=data.NOW), data.view(alarms=(), status=data.status(alarms=tally)))
    said = ["".join(words for words, _ in line) for line in pane.paint(120, 14)]
    assert "no alarm so far · market: needs 5 tickers of an exchange, has 4" in said[2]


def test_the_chosen_alarm_is_explained_with_the_record_of_its_kind() -> None:
    record = KindGrades(21, 0.31, 0.29, 8, 0.381, 0.208, 0.591, 0.17, 2.24)
    assert "such alarms: 8 of 21 right, base 17 %" in feed(
        dict.fromkeys(("volatility_shock", "predicted_reversal"), record)
    )


@pytest.mark.parametrize("kinds", [{}, {"volatility_shock": KindGrades(0, None, 0.29, 0, *[None] * 5)}])
def test_without_graded_alarms_nothing_is_said_of_a_record(kinds: dict[str, KindGrades]) -> None:
    assert "such alarms" not in feed(kinds)
