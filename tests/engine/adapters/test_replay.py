"""A replay shows nothing after its session."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest

from engine.adapters.replay import ReplaySource
from engine.core.bars import Action, History, empty
from engine.errors import BadRequest, EmptyHistory, UnknownSymbol


class Shelf:
    """Histories by symbol, and how often each was asked for."""

    name = "shelf"

    def __init__(self, *histories: History) -> None:
        self._histories = {history.symbol: history for history in histories}
        self.asked: list[str] = []

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        self.asked.append(symbol)
        if symbol not in self._histories:
            raise UnknownSymbol("no such symbol", received=symbol)
        return self._histories[symbol]

    def symbols(self) -> tuple[str, ...]:
        return tuple(sorted(self._histories))


def bars(symbol: str, *days: str, actions: tuple[Action, ...] = ()) -> History:
    prices = np.arange(1.0, len(days) + 1)
    return History(symbol, np.array(days, "datetime64[D]"), prices, prices, prices, prices, prices, actions)


A = bars("A", "2007-12-31", "2008-01-02", "2008-01-03", "2008-01-04")
B = bars("B", "2008-01-03", "2008-01-07")


def replay(start: date = date(2008, 1, 2), *histories: History) -> ReplaySource:
    shelf = Shelf(*(histories or (A, B)))
    return ReplaySource(shelf, shelf.symbols(), start)


def played(source: ReplaySource) -> list[date]:
    days = [source.session]
    while not source.ended:
        days.append(source.advance())
    return days


def test_its_sessions_are_the_days_on_which_any_symbol_has_a_bar() -> None:
    assert [day.isoformat() for day in played(replay(date(2000, 1, 1)))] == [
        "2007-12-31",
        "2008-01-02",
        "2008-01-03",
        "2008-01-04",
        "2008-01-07",
    ]


def test_it_starts_at_the_last_session_on_or_before_its_start() -> None:
    assert replay(date(2008, 1, 6)).session == date(2008, 1, 4)


def test_it_starts_at_the_first_session_when_there_is_none_before() -> None:
    assert replay(date(1999, 1, 1)).session == date(2007, 12, 31)


def test_it_has_ended_on_its_last_session() -> None:
    assert replay(date(2030, 1, 1)).ended


def test_it_does_not_go_on_after_its_end() -> None:
    with pytest.raises(BadRequest, match="the replay has ended"):
        replay(date(2030, 1, 1)).advance()


@pytest.mark.parametrize("end", [None, date(2008, 1, 3), date(2030, 1, 1)])
def test_no_bar_after_its_session_is_seen_whatever_end_is_asked_for(end: date | None) -> None:
    assert replay(date(2008, 1, 2)).history("A", end=end).last == date(2008, 1, 2)


def test_an_earlier_end_is_kept() -> None:
    assert replay(date(2008, 1, 4)).history("A", end=date(2008, 1, 2)).last == date(2008, 1, 2)


def test_no_action_after_its_session_is_seen() -> None:
    split = Action(date(2008, 1, 3), split=2.0)
    assert replay(date(2008, 1, 2), bars("A", "2008-01-02", "2008-01-03", actions=(split,))).history("A").actions == ()


def test_an_action_is_seen_from_its_day_on() -> None:
    split = Action(date(2008, 1, 3), split=2.0)
    source = replay(date(2008, 1, 3), bars("A", "2008-01-02", "2008-01-03", actions=(split,)))
    assert source.history("A").actions == (split,)


def test_history_can_begin_later() -> None:
    assert replay(date(2008, 1, 4)).history("A", start=date(2008, 1, 3)).first == date(2008, 1, 3)


def test_a_symbol_whose_bars_come_later_has_none_and_is_not_announced() -> None:
    with pytest.raises(EmptyHistory) as caught:
        replay(date(2008, 1, 2)).history("B")
    assert str(caught.value) == "no bars up to 2008-01-02 (received: B)"


def test_a_symbol_that_fails_does_not_stop_the_others() -> None:
    source = ReplaySource(Shelf(A), ("A", "C"), date(2008, 1, 2))
    assert source.history("A").last == date(2008, 1, 2)


def test_what_the_source_said_of_a_symbol_is_said_again() -> None:
    with pytest.raises(UnknownSymbol):
        ReplaySource(Shelf(A), ("A", "C"), date(2008, 1, 2)).history("C")


def test_nothing_to_replay_is_said_at_once() -> None:
    with pytest.raises(EmptyHistory, match="nothing to replay"):
        replay(date(2008, 1, 2), empty("A"))


def test_every_history_is_loaded_once() -> None:
    shelf = Shelf(A, B)
    source = ReplaySource(shelf, shelf.symbols(), date(2008, 1, 3))
    for _ in range(3):
        source.history("A")
        source.history("B")
    assert shelf.asked == ["A", "B"]


def test_its_place_counts_within_the_calendar_year() -> None:
    source = replay(date(2007, 12, 31))
    places = [source.place()]
    while not source.ended:
        source.advance()
        places.append(source.place())
    assert places == [(1, 1), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_paused_it_is_so_in_the_next_process_too_until_it_goes_on(tmp_path) -> None:
    def next_process() -> ReplaySource:
        return ReplaySource(Shelf(A), ("A",), date(2008, 1, 2), tmp_path / "paused")

    next_process().pause(paused=True)
    assert next_process().paused
    next_process().pause(paused=False)
    assert not next_process().paused


def test_a_pause_that_cannot_be_kept_holds_in_this_process(tmp_path, caplog) -> None:
    source = ReplaySource(Shelf(A), ("A",), date(2008, 1, 2), tmp_path / "missing" / "paused")
    source.pause(paused=True)
    assert source.paused
    assert "cannot be kept" in caplog.text


def test_threads_that_advance_together_skip_no_session() -> None:
    days = [str(day) for day in np.arange("2008-01-01", "2009-01-01", dtype="datetime64[D]")]
    source = replay(date(2008, 1, 1), bars("A", *days))
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: source.advance().isoformat(), range(365)))
    assert sorted(seen) == days[1:]
