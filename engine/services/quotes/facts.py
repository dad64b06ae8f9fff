"""What is known of the wanted symbols beside their quotes: their markets' hours and their last stored closes."""

import logging
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.core.bars import as_date, split_factor
from engine.core.money import Rate
from engine.core.quotes import DayBar, Quote, is_price
from engine.core.ticks import daily_limit
from engine.errors import EngineError
from engine.gate import Gate
from engine.ports import Calendar, MarketHours, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Market:
    """An exchange as last looked at."""

    hours: MarketHours
    completed: date

    def open_at(self, now: float) -> bool:
        """Whether it is open then; right for some time after the look, over one opening or closing."""
        turned = self.hours.until is not None and now >= self.hours.until
        return self.hours.open != turned

    def day(self, instant: float) -> date:
        """That instant's date in the exchange's time zone."""
        return datetime.fromtimestamp(instant, ZoneInfo(self.hours.zone) if self.hours.zone else UTC).date()


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it, read at one time; symbols on an unknown exchange have no market."""

    exchanges: Mapping[str, str] = field(default_factory=dict)
    markets: Mapping[str, Market] = field(default_factory=dict)
    bars: Mapping[str, DayBar] = field(default_factory=dict)
    """The last stored session of each symbol, in the shares of today."""
    currencies: Mapping[str, str] = field(default_factory=dict)

    def market(self, symbol: str) -> Market | None:
        """The market a symbol trades on."""
        return self.markets.get(self.exchanges.get(symbol, ""))

    def day(self, quote: Quote) -> date:
        """The quote's date where it is traded; in UTC where that is not known."""
        market = self.market(quote.symbol)
        return market.day(quote.time) if market else datetime.fromtimestamp(quote.time, UTC).date()

    def limit(self, symbol: str) -> float | None:
        """How far its exchange lets it trade from the close before, as a fraction."""
        return daily_limit(self.exchanges.get(symbol, ""))

    def close_before(self, quote: Quote) -> float | None:
        """The close that a quote is measured by: its own word, else the stored one if it is just the one before."""
        if is_price(quote.previous_close):
            return quote.previous_close
        bar, market = self.bars.get(quote.symbol), self.market(quote.symbol)
        if bar is None or market is None:
            return None
        day = self.day(quote)
        if bar.session == day:
            return bar.close if quote.phase == "post" else bar.previous_close
        return bar.close if bar.session < day and bar.session == market.completed else None

    def rate(self, symbol: str) -> Rate | None:
        """The last stored close of a symbol as a rate of that instant."""
        bar = self.bars.get(symbol)
        return Rate(bar.close, bar.at) if bar else None

    def open(self, symbol: str, now: float) -> bool:
        """Whether its market is open."""
        market = self.market(symbol)
        return market is not None and market.open_at(now)


def look(store: Store, gate: Gate, calendar: Calendar, symbols: Collection[str], *, now: float, before: Facts) -> Facts:
    """Read what is known; blocks. Stored bars are read anew where `before` lacks them or a session has ended since."""
    exchanges = {symbol: calendar.exchange(symbol) for symbol in symbols}
    markets = {name: market for name in set(exchanges.values()) if (market := _market(calendar, name, now))}
    bars: dict[str, DayBar] = {}
    for symbol, exchange in exchanges.items():
        market, known = markets.get(exchange), before.bars.get(symbol)
        if market is None:
            continue
        earlier = before.market(symbol)
        fresh = known is not None and earlier is not None and earlier.completed == market.completed
        bar = known if fresh else _last_bar(store, gate, exchange, symbol, market.day(now))
        if bar is not None:
            bars[symbol] = bar
    currencies = {symbol: known.currency for symbol, known in store.profiles().items() if symbol in exchanges}
    return Facts(exchanges, markets, bars, currencies)


def _market(calendar: Calendar, exchange: str, now: float) -> Market | None:
    try:
        return Market(calendar.hours(exchange, now), calendar.completed(exchange, now))
    except EngineError as error:
        log.warning("no hours of %s: %s", exchange, error)
        return None


def _last_bar(store: Store, gate: Gate, exchange: str, symbol: str, today: date) -> DayBar | None:
    """The last stored session, its prices in the shares of today."""
    history = gate.read(symbol, last=3).history
    if not len(history):
        return None
    factor = split_factor(history, today)
    high, low, close = ((values * factor) for values in (history.high, history.low, history.close))
    session = as_date(history.sessions[-1])
    return DayBar(
        symbol=symbol,
        session=session,
        at=_closed_at(store, exchange, symbol, session),
        high=float(high[-1]),
        low=float(low[-1]),
        close=float(close[-1]),
        previous_close=float(close[-2]) if len(close) > 1 and math.isfinite(close[-2]) else None,
    )


def _closed_at(store: Store, exchange: str, symbol: str, session: date) -> float:
    """When a session closed: by the stored hours, else the end of its day in UTC, but not after it was fetched."""
    _, sessions = store.sessions(exchange)
    known = next((each.closes for each in reversed(sessions) if each.session == session), None)
    if known is not None:
        return known
    end = (datetime(session.year, session.month, session.day, tzinfo=UTC) + timedelta(days=1)).timestamp()
    fetched = store.coverage(symbol).fetched_at
    return end if fetched is None else min(end, fetched)
