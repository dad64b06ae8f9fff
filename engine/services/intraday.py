"""Bars within the day, for the ranges 1D and 5D: fetched when a screen asks, stored, and shown as a chart."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from math import prod
from zoneinfo import ZoneInfo

import numpy as np
from msgspec.structs import replace

from engine.charting import overlays
from engine.errors import BadRequest, SourceError, UnknownSymbol
from engine.format import unit_words
from engine.ports import Calendar, Clock, Interval, IntradayBar, LiveSource, Store, Ticker
from engine.protocol import Chart, Range

INTERVALS: dict[Range, tuple[Interval, int]] = {"1D": ("5m", 1), "5D": ("15m", 5)}
"""What a range is made of: an interval, and how many sessions."""

_SECONDS: dict[Interval, float] = {"5m": 300.0, "15m": 900.0, "1h": 3600.0}
_CALENDAR_DAYS = 86_400.0
_REREAD = 3600.0
"""Seconds of the newest bars that are asked for again: where prices come late, they were not complete."""
_LONGEST_CLOSURE = 6
"""Days: a long weekend with holidays lies between two sessions at most that long."""


class Intraday:
    """Blocking: call it in a thread. `source` is None where prices come without times within the day."""

    def __init__(self, store: Store, source: LiveSource | None, calendar: Calendar, clock: Clock) -> None:
        self._store = store
        self._source = source
        self._calendar = calendar
        self._clock = clock
        self._asked: dict[tuple[str, Interval], float] = {}

    def then(self, ticker: Ticker, span: Range, as_of: date, preferred: Interval | None = None) -> Chart:
        """The sessions of a ticker up to an earlier one, from what was kept of them. Raises UnknownSymbol."""
        interval, sessions = INTERVALS[span]
        noon = datetime.combine(as_of, time(12), UTC).timestamp()
        bars = self._store.intraday(
            ticker.symbol, preferred or interval, noon - (sessions + _LONGEST_CLOSURE) * _CALENDAR_DAYS
        )
        known = [bar for bar in bars if _day(bar, self._zone(ticker.symbol, bar.time)) <= as_of]
        if not known:
            raise UnknownSymbol(
                f"no prices within the day of {ticker.symbol} are kept of {as_of}", do="choose 1M or more with ]"
            )
        return self._chart(ticker, span, known, sessions)

    def chart(self, ticker: Ticker, span: Range, preferred: Interval | None = None) -> Chart:
        """The last sessions of a ticker, pre- and post-market among them, in the list's own interval if it has one.

        What is stored is shown where the source fails, with the fault. Raises BadRequest without such a source,
        SourceError or UnknownSymbol where nothing is stored either.
        """
        if self._source is None:
            raise BadRequest("this source has no prices within the day", do="choose a range of 1M or more with ]")
        interval, sessions = INTERVALS[span]
        interval = preferred or interval
        failure = self._fetched(self._source, ticker.symbol, interval, sessions)
        since = self._clock.now() - (sessions + _LONGEST_CLOSURE) * _CALENDAR_DAYS
        bars = self._store.intraday(ticker.symbol, interval, since)
        if not bars:
            raise failure or UnknownSymbol(f"no prices within the day of {ticker.symbol}", do="try again later")
        chart = self._chart(ticker, span, bars, sessions)
        return chart if failure is None else replace(chart, fault=str(failure))

    def _fetched(
        self, source: LiveSource, symbol: str, interval: Interval, sessions: int
    ) -> SourceError | UnknownSymbol | None:
        """Ask for what is new, at most once an interval; the fault, if there was one."""
        now = self._clock.now()
        if now - self._asked.get((symbol, interval), 0.0) < _SECONDS[interval]:
            return None
        span = (sessions + _LONGEST_CLOSURE) * _CALENDAR_DAYS
        stored = self._store.intraday(symbol, interval, now - span)
        self._asked[symbol, interval] = now
        try:
            bars = source.intraday(symbol, interval, stored[-1].time - _REREAD if stored else now - span)
        except (SourceError, UnknownSymbol) as error:
            # nothing came: the next look asks again, as far as the source takes requests
            del self._asked[symbol, interval]
            return error
        self._store.add_intraday(symbol, interval, bars, source=source.name, fetched_at=now)
        if profile := source.profile(symbol):
            self._store.add_profile(profile, now)
        return None

    def _in_shares_of_today(
        self, symbol: str, shown: Sequence[tuple[date, IntradayBar]]
    ) -> Sequence[tuple[date, IntradayBar]]:
        """The bars with later splits taken into their prices: a split within the range is no fall."""
        splits = [each for each in self._store.bars(symbol, last=1).actions if each.split != 1.0]
        last = shown[-1][0]
        if not any(shown[0][0] < each.ex_date <= last for each in splits):
            return shown
        later = {day: prod(each.split for each in splits if day < each.ex_date <= last) for day, _ in shown}
        return [(day, _split(bar, later[day])) for day, bar in shown]

    def _zone(self, symbol: str, now: float) -> ZoneInfo:
        return ZoneInfo(self._calendar.hours(self._calendar.exchange(symbol), now).zone or "UTC")

    def _chart(self, ticker: Ticker, span: Range, bars: Sequence[IntradayBar], sessions: int) -> Chart:
        zone = self._zone(ticker.symbol, bars[-1].time)
        days = [_day(bar, zone) for bar in bars]
        first = sorted(set(days))[-sessions:][0]
        shown = self._in_shares_of_today(
            ticker.symbol, [(day, bar) for day, bar in zip(days, bars, strict=True) if day >= first]
        )
        profile = self._store.profiles().get(ticker.symbol)
        return Chart(
            symbol=ticker.symbol,
            name=ticker.name or (profile.name if profile else ""),
            currency=profile.currency if profile else "",
            unit=unit_words(profile.currency) if profile else "",
            range=span,
            sessions=tuple(day for day, _ in shown),
            open=tuple(bar.open for _, bar in shown),
            high=tuple(bar.high for _, bar in shown),
            low=tuple(bar.low for _, bar in shown),
            close=tuple(bar.close for _, bar in shown),
            volume=tuple(bar.volume for _, bar in shown),
            times=tuple(bar.time for _, bar in shown),
            phases=tuple(bar.phase for _, bar in shown),
            overlays=overlays(np.array([bar.close for _, bar in shown])),
        )


def _split(bar: IntradayBar, later: float) -> IntradayBar:
    prices = (bar.open / later, bar.high / later, bar.low / later, bar.close / later)
    return IntradayBar(bar.time, *prices, bar.volume * later, bar.phase)


def _day(bar: IntradayBar, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(bar.time, UTC).astimezone(zone).date()
