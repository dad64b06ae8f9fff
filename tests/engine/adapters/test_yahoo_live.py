"""Bars within the day, quotes, search and names, through the real yfinance and a local Yahoo."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.adapters.yahoo import YahooSource
from engine.core.bars import Action
from engine.errors import SourceError, UnknownSymbol
from engine.ports import Found, IntradayBar, Profile
from tests.engine.adapters.test_yahoo import NewYork
from tests.worlds import history
from tests.yahoo import InProcess, LocalYahoo, serving

ZONE = ZoneInfo("America/New_York")
DAY = 86_400.0
EARLIER, LATER = date(2024, 3, 27), date(2024, 3, 28)


def at(day: date, hour: int, minute: int = 0) -> float:
    """An instant in New York."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE).timestamp()


def bars(day: date, minutes: int, base: float) -> list[IntradayBar]:
    """From 4:00 to 20:00, each a little higher than the one before."""
    count = 16 * 60 // minutes
    return [
        IntradayBar(at(day, 4) + 60 * minutes * row, base + row, base + row + 1, base + row - 1, base + row, 60.0)
        for row in range(count)
    ]


@dataclass
class Desk:
    """A source on a local Yahoo, both with the same clock."""

    yahoo: LocalYahoo
    source: YahooSource
    now: list[float]

    def charts(self, symbol: str) -> int:
        return len(self.yahoo.charts(symbol))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """LIVE is listed, with bars within two days, and was asked for once: its time zone is known."""
    now = [at(LATER, 21)]
    with serving(tmp_path, lambda: now[0]) as yahoo:
        yahoo.reached(monkeypatch)
        within = {
            "15m": bars(EARLIER, 15, 100) + bars(LATER, 15, 200),
            "5m": bars(LATER, 5, 200),
            "1h": bars(LATER, 60, 200),
            "1m": bars(LATER, 1, 200),
        }
        world = replace(history("LIVE", 63, start=date(2024, 1, 2)), actions=())
        yahoo.add(world, name="Alive\x1b[31m Inc", currency="GBp", kind="ETF", intraday=within)
        source = YahooSource(
            tmp_path / "cache",
            NewYork(),
            now=lambda: now[0],
            library=partial(InProcess, tmp_path / "cache", 5.0),
        )
        source.history("LIVE", date(2024, 3, 20))
        yield Desk(yahoo, source, now)
        source.close()


# --- bars within the day ---


def test_bars_within_the_day_come_with_their_prices_and_times(desk: Desk) -> None:
    read = desk.source.intraday("LIVE", "15m", at(LATER, 4))
    assert read == tuple(replace(bar, phase=each.phase) for bar, each in zip(bars(LATER, 15, 200), read, strict=True))


def test_each_bar_is_of_before_within_or_after_the_session(desk: Desk) -> None:
    phases = {bar.time: bar.phase for bar in desk.source.intraday("LIVE", "15m", at(LATER, 4))}
    assert [phases[at(LATER, *hour)] for hour in ((4,), (9, 15), (9, 30), (15, 45), (16,), (19, 45))] == [
        "pre", "pre", "regular", "regular", "post", "post",
    ]  # fmt: skip


@pytest.mark.parametrize(("interval", "count"), [("5m", 192), ("15m", 64), ("1h", 16)])
def test_every_interval_is_read(desk: Desk, interval: str, count: int) -> None:
    assert len(desk.source.intraday("LIVE", interval, at(LATER, 4))) == count  # type: ignore[arg-type]


def test_a_bar_that_is_still_forming_is_left_out(desk: Desk) -> None:
    desk.now[0] = at(LATER, 10, 20)
    assert desk.source.intraday("LIVE", "15m", at(LATER, 4))[-1].time == at(LATER, 10)


def test_bars_before_the_instant_asked_for_are_left_out(desk: Desk) -> None:
    assert desk.source.intraday("LIVE", "15m", at(LATER, 12))[0].time == at(LATER, 12)


def test_a_split_is_taken_out_of_the_days_before_it_and_not_of_its_own_pre_market(desk: Desk) -> None:
    listed = desk.yahoo.listings["LIVE"]
    desk.yahoo.listings["LIVE"] = replace(listed, history=replace(listed.history, actions=(Action(LATER, split=4.0),)))
    read = {bar.time: bar for bar in desk.source.intraday("LIVE", "15m", at(EARLIER, 4))}
    assert (read[at(EARLIER, 4)].close, read[at(EARLIER, 4)].volume) == (100, 60)
    assert (read[at(LATER, 4)].close, read[at(LATER, 4)].volume) == (200, 60)


@pytest.mark.parametrize(("interval", "days"), [("5m", 60), ("15m", 60), ("1h", 730)])
def test_no_more_is_asked_for_than_yahoo_gives(desk: Desk, interval: str, days: int) -> None:
    desk.source.intraday("LIVE", interval, 0.0)  # type: ignore[arg-type]
    asked = float(desk.yahoo.charts("LIVE")[-1].query["period1"])
    assert 0 < asked - (desk.now[0] - days * DAY) <= 120


def test_bars_within_the_day_cost_one_request(desk: Desk) -> None:
    before = desk.charts("LIVE")
    desk.source.intraday("LIVE", "15m", at(LATER, 4))
    assert desk.charts("LIVE") - before == 1


def test_an_unknown_symbol_within_the_day_is_unknown(desk: Desk) -> None:
    with pytest.raises(UnknownSymbol):
        desk.source.intraday("NOPE", "15m", at(LATER, 4))


# --- quotes ---


@pytest.mark.parametrize(("hour", "phase"), [(8, "pre"), (11, "regular"), (18, "post")])
def test_a_quote_is_of_before_within_or_after_the_session(desk: Desk, hour: int, phase: str) -> None:
    desk.now[0] = at(LATER, hour)
    assert [quote.phase for quote in desk.source.quotes(["LIVE"])] == [phase]


def test_a_quote_outside_the_session_is_the_last_trade_there(desk: Desk) -> None:
    desk.now[0] = at(LATER, 8)
    quote = desk.source.quotes(["LIVE"])[0]
    assert (quote.price, quote.time) == (200 + 4 * 60, at(LATER, 8))


def test_a_quote_within_the_session_is_of_this_moment(desk: Desk) -> None:
    desk.now[0] = at(LATER, 11) + 30
    assert desk.source.quotes(["LIVE"])[0].time == desk.now[0]


def test_a_quote_names_its_currency_and_the_close_before(desk: Desk) -> None:
    quote = desk.source.quotes(["LIVE"])[0]
    assert quote.currency == "GBp"
    assert quote.previous_close == pytest.approx(desk.yahoo.listings["LIVE"].history.close[-2])


def test_each_quote_costs_one_request(desk: Desk) -> None:
    before = desk.charts("LIVE")
    desk.source.quotes(["LIVE"])
    assert desk.charts("LIVE") - before == 1


def test_an_unknown_symbol_takes_no_quote_from_the_others(desk: Desk) -> None:
    assert [quote.symbol for quote in desk.source.quotes(["NOPE", "LIVE"])] == ["LIVE"]


def test_quotes_that_yahoo_refuses_are_a_fault(desk: Desk) -> None:
    desk.yahoo.misbehave("429")
    with pytest.raises(SourceError) as caught:
        desk.source.quotes(["LIVE"])
    assert caught.value.fault == "limited"


def test_quotes_leave_half_of_what_may_be_asked_at_once_to_history(tmp_path: Path, desk: Desk) -> None:
    small = YahooSource(
        tmp_path / "cache",
        NewYork(),
        requests_an_hour=90,
        now=lambda: desk.now[0],
        wait=lambda seconds: None,
        library=partial(InProcess, tmp_path / "cache", 5.0),
    )
    for _ in range(40):
        try:
            small.quotes(["LIVE"])
        except SourceError:
            break
    assert 10 <= small.state().used <= 16
    assert len(small.history("LIVE", date(2024, 3, 20)))
    small.close()


# --- search, and names ---


def test_a_search_finds_symbols_by_name(desk: Desk) -> None:
    assert desk.source.search("alive") == (Found("LIVE", "Alive [31m Inc", "NASDAQ", "etf"),)


def test_a_search_without_a_hit_is_empty(desk: Desk) -> None:
    assert desk.source.search("zzz") == ()


def test_a_search_costs_one_request(desk: Desk) -> None:
    before = desk.source.state().used
    desk.source.search("ali")
    assert desk.source.state().used - before == 1


def test_a_search_that_yahoo_refuses_is_a_fault(desk: Desk) -> None:
    desk.yahoo.misbehave("503 html")
    with pytest.raises(SourceError, match="Yahoo Finance is down"):
        desk.source.search("alive")


def test_the_profile_comes_with_the_bars_and_without_control_characters(desk: Desk) -> None:
    assert desk.source.profile("LIVE") == Profile("LIVE", "Alive [31m Inc", "GBp", "etf")


def test_there_is_no_profile_of_what_was_not_fetched(desk: Desk) -> None:
    assert desk.source.profile("OTHER") is None
