"""Each known fault of Yahoo through the real yfinance and a local Yahoo: what is said of it, what it costs."""

import http.client
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from engine.adapters.yahoo import YahooSource
from engine.adapters.yahoo.answer import Answer
from engine.errors import EmptyHistory, EngineError, Fault, SourceError, UnknownSymbol
from tests.engine.adapters.test_yahoo import NewYork, Shelf
from tests.worlds import history
from tests.yahoo import InProcess, LocalYahoo, Misdeed, serving

FIRST, SINCE = date(2024, 1, 2), date(2024, 3, 1)
EVENING = datetime(2024, 4, 1, 22, tzinfo=UTC).timestamp()


@dataclass
class Desk:
    """A source on a local Yahoo, with a clock that moves only by waiting."""

    yahoo: LocalYahoo
    source: YahooSource
    waits: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=lambda: [EVENING])
    meanwhile: Callable[[], None] = field(default=lambda: None)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock[0] += seconds
        self.meanwhile()

    def fails(self, misdeed: Misdeed | None = None, symbol: str = "AAA", times: float = float("inf")) -> EngineError:
        """The error of one call."""
        if misdeed:
            self.yahoo.misbehave(misdeed, symbol, times)
        with pytest.raises(EngineError) as caught:
            self.source.history(symbol, SINCE)
        return caught.value

    def asked(self, symbol: str = "AAA") -> int:
        """Requests for a symbol's bars since the last call of this."""
        seen = len(self.yahoo.charts(symbol))
        before, self._seen = getattr(self, "_seen", 0), seen
        return seen - before


@pytest.fixture
def timeout(request: pytest.FixtureRequest) -> float:
    """Short only where Yahoo is slow on purpose: a busy machine is not to be taken for a slow Yahoo."""
    callspec = getattr(request.node, "callspec", None)
    case = callspec.params.get("case") if callspec else None
    return 3.0 if case and case.misdeed == "slow" else 20.0


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, timeout: float) -> Iterator[Desk]:
    """AAA, BBB, CCC and DDD are listed; AAA was fetched once: its time zone is known."""
    with serving(tmp_path, lambda: EVENING) as yahoo:
        yahoo.reached(monkeypatch)
        made = Desk(yahoo, None)  # type: ignore[arg-type]
        made.source = YahooSource(
            tmp_path / "cache",
            NewYork(),
            now=lambda: made.clock[0],
            wait=made.wait,
            library=partial(InProcess, tmp_path / "cache", timeout),
        )
        for symbol in ("AAA", "BBB", "CCC", "DDD"):
            yahoo.add(history(symbol, 64, start=FIRST))
        made.source.history("AAA", SINCE)
        made.asked()
        yield made
        made.source.close()


@dataclass(frozen=True)
class Case:
    """A misdeed, what is said of it, and how many requests one call then makes."""

    misdeed: Misdeed
    fault: Fault
    words: str
    requests: int


CASES = [
    Case("429", "limited", "Yahoo takes no more requests for now (429)", 1),
    Case("500", "down", "Yahoo Finance is down (status 500)", 1),
    Case("502", "down", "Yahoo Finance is down (status 502)", 1),
    Case("503", "down", "Yahoo Finance is down (status 503)", 1),
    Case("503 html", "down", "Yahoo Finance is down (status 503)", 1),
    Case("right back", "down", "Yahoo Finance is down (status 503)", 1),
    Case("bad json", "garbled", "Yahoo's answer was not data", 3),
    Case("html", "garbled", "Yahoo's answer was not data", 3),
    Case("404 html", "garbled", "Yahoo's answer was not data (status 404)", 3),
    Case("no timestamp", "garbled", "Yahoo's answer was not data", 3),
    Case("no meta", "garbled", "Yahoo's answer was not data", 3),
    Case("slow", "slow", "Yahoo did not answer in time", 1),
    Case("short", "cut", "Yahoo's answer was cut short", 3),
    # libcurl itself asks once more where a connection that it used before is found dead
    Case("reset", "unreachable", "Yahoo cannot be reached", 4),
    Case("half-closed", "unreachable", "Yahoo cannot be reached", 4),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.misdeed)


@each_case
def test_each_fault_is_classified_and_said_in_words(desk: Desk, case: Case) -> None:
    error = desk.fails(case.misdeed)
    assert isinstance(error, SourceError)
    assert (error.fault, error.message) == (case.fault, case.words)


@each_case
def test_each_fault_costs_so_many_requests(desk: Desk, case: Case) -> None:
    desk.fails(case.misdeed)
    assert desk.asked() == case.requests


@each_case
def test_each_fault_leaves_one_line_in_the_log(desk: Desk, case: Case, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        desk.fails(case.misdeed)
    assert [record.getMessage().split(" (received")[0] for record in caplog.records] == [f"AAA: {case.words}"]


@each_case
def test_a_symbol_is_fetched_as_soon_as_yahoo_has_recovered(desk: Desk, case: Case) -> None:
    desk.fails(case.misdeed)
    desk.yahoo.behave()
    desk.clock[0] += 61
    assert desk.source.history("AAA", SINCE).last == date(2024, 3, 29)


@pytest.mark.parametrize("misdeed", ["bad json", "html", "short", "reset", "half-closed", "no timestamp"])
def test_one_bad_answer_is_made_good_by_a_second_try(desk: Desk, misdeed: Misdeed) -> None:
    desk.yahoo.misbehave(misdeed, "AAA", times=1)
    assert desk.source.history("AAA", SINCE).last == date(2024, 3, 29)
    assert desk.asked() == 2


def test_tries_are_some_time_apart(desk: Desk) -> None:
    desk.fails("html")
    assert len(desk.waits) == 2
    assert 0.25 <= desk.waits[0] <= 0.5 <= desk.waits[1] <= 1.0


# --- what is no fault of the source ---


def test_an_unknown_symbol_costs_one_request(desk: Desk) -> None:
    assert isinstance(desk.fails(symbol="NOPE"), UnknownSymbol)
    assert len(desk.yahoo.charts("NOPE")) == 1


def test_an_unknown_symbol_is_never_called_delisted_after_one_answer(desk: Desk) -> None:
    assert "delisted" not in str(desk.fails(symbol="NOPE"))


def test_unknown_symbols_do_not_stop_the_others(desk: Desk) -> None:
    for _ in range(5):
        desk.fails(symbol="NOPE")
    assert desk.source.history("AAA", SINCE).last == date(2024, 3, 29)


def test_a_known_symbol_without_bars_is_an_empty_history(desk: Desk) -> None:
    assert isinstance(desk.fails("no bars"), EmptyHistory)


def test_a_last_bar_without_a_close_is_left_out(desk: Desk) -> None:
    desk.yahoo.misbehave("last nan", "AAA")
    assert desk.source.history("AAA", SINCE).last == date(2024, 3, 28)


def test_an_error_page_in_the_first_look_up_of_a_time_zone_is_not_remembered(desk: Desk) -> None:
    desk.yahoo.add(history("FRESH", 64, start=FIRST))
    desk.fails("html", "FRESH", times=3)
    assert desk.source.history("FRESH", SINCE).last == date(2024, 3, 29)


# --- the breaker ---


def opened(desk: Desk) -> float:
    """Until when the source rests after one 429."""
    desk.fails("429")
    desk.yahoo.behave()
    retry_at = desk.source.state().retry_at
    assert retry_at is not None
    return retry_at


def test_after_429_nothing_is_asked_for_about_a_minute(desk: Desk) -> None:
    assert EVENING + 48 <= opened(desk) <= EVENING + 60


def test_while_it_rests_no_symbol_costs_a_request(desk: Desk) -> None:
    opened(desk)
    before = len(desk.yahoo.requests)
    for symbol in ("AAA", "BBB", "NOPE"):
        desk.fails(symbol=symbol)
    assert len(desk.yahoo.requests) == before


def test_while_it_rests_the_error_says_why_and_when_it_is_tried_again(desk: Desk) -> None:
    again = datetime.fromtimestamp(opened(desk), UTC)
    error = desk.fails(symbol="BBB")
    assert isinstance(error, SourceError)
    assert error.fault == "limited"
    assert str(error) == (
        "Yahoo takes no more requests for now (429) (received: BBB). "
        f"Nothing is asked for a while; it is tried again at {again:%H:%M} UTC"
    )


def test_the_state_says_why_it_rests(desk: Desk) -> None:
    opened(desk)
    assert desk.source.state().fault == "Yahoo takes no more requests for now (429)"


def test_three_symbols_that_find_it_down_open_it(desk: Desk) -> None:
    for symbol in ("AAA", "BBB", "CCC"):
        assert desk.source.state().retry_at is None
        desk.fails("500", symbol)
    assert desk.source.state().retry_at is not None


def test_garbled_answers_for_single_symbols_never_open_it(desk: Desk) -> None:
    for symbol in ("AAA", "BBB", "CCC", "DDD"):
        desk.fails("bad json", symbol)
    assert desk.source.state().retry_at is None


def test_a_probe_that_fails_makes_the_pause_longer(desk: Desk) -> None:
    desk.clock[0] = opened(desk)
    desk.fails("429")
    retry_at = desk.source.state().retry_at
    assert retry_at is not None
    assert retry_at - desk.clock[0] >= 96


def test_only_one_probe_goes_through(desk: Desk) -> None:
    desk.clock[0] = opened(desk)
    desk.asked()
    desk.yahoo.misbehave("slow", "AAA")
    probe = threading.Thread(target=desk.fails, daemon=True)
    probe.start()
    desk.yahoo.until(desk.asked)
    assert isinstance(desk.fails(symbol="BBB"), SourceError)
    assert desk.yahoo.charts("BBB") == []
    desk.source.close()
    probe.join()


# --- the budget ---


def test_requests_are_counted_as_they_are_made(desk: Desk) -> None:
    before, made = desk.source.state().used, len(desk.yahoo.requests)
    desk.source.history("AAA", SINCE)
    desk.fails("html", "BBB")
    assert desk.source.state().used - before == len(desk.yahoo.requests) - made == 4


def test_a_used_up_budget_is_said_and_asks_nothing(tmp_path: Path, desk: Desk) -> None:
    small = YahooSource(
        tmp_path / "small",
        NewYork(),
        requests_an_hour=30,
        now=lambda: EVENING,
        wait=lambda seconds: None,
        library=partial(InProcess, tmp_path / "small", 20.0),
    )
    for _ in range(8):
        small.history("AAA", SINCE)
    with pytest.raises(SourceError, match="the budget of 30 requests an hour is used up"):
        for _ in range(8):
            small.history("AAA", SINCE)
    small.close()
    assert small.state().used <= 10


# --- the end ---


def test_closing_lets_go_of_whoever_waits_for_an_answer(desk: Desk) -> None:
    desk.yahoo.misbehave("slow", "AAA")
    said: list[EngineError] = []
    desk.asked()
    waiting = threading.Thread(target=lambda: said.append(desk.fails()), daemon=True)
    waiting.start()
    desk.yahoo.until(desk.asked)
    desk.source.close()
    waiting.join()
    assert str(said[0]) == "the engine is stopping. What is stored stays"


def test_closing_lets_go_of_whoever_polls_for_quotes(desk: Desk) -> None:
    desk.yahoo.misbehave("slow", "AAA")
    said: list[str] = []

    def poll() -> None:
        with pytest.raises(SourceError) as caught:
            desk.source.quotes(["AAA", "BBB"])
        said.append(caught.value.message)

    desk.asked()
    waiting = threading.Thread(target=poll, daemon=True)
    waiting.start()
    desk.yahoo.until(desk.asked)
    desk.source.close()
    waiting.join()
    assert said == ["the engine is stopping"]


def test_whoever_waited_for_a_second_try_makes_none_after_closing(desk: Desk) -> None:
    desk.meanwhile = desk.source.close
    desk.asked()
    desk.fails("html")
    assert desk.asked() == 1


def test_whoever_is_left_behind_by_closing_does_not_enter_the_library_again(tmp_path: Path) -> None:
    entered: list[threading.Thread] = []

    class Cut(Shelf):
        """An answer that breaks off, and not before the source is closed."""

        def newest(self, symbol: str) -> Answer:
            entered.append(threading.current_thread())
            source.close()
            raise http.client.IncompleteRead(b"")

    source = YahooSource(tmp_path, NewYork(), now=lambda: EVENING, library=lambda _: Cut(ValueError()))
    with pytest.raises(SourceError, match="the engine is stopping"):
        source.history("AAA", SINCE)
    entered[0].join()
    assert len(entered) == 1


def test_only_yahoo_is_ever_spoken_to(desk: Desk) -> None:
    desk.fails("500")
    assert desk.yahoo.refused == []
