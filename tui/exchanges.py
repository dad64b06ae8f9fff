"""Exchanges in words: open or closed and until when, each on its own clock; forms from long to short."""

from collections.abc import Callable

from engine.format import countdown, moment, plain
from engine.protocol import Market, Row, View
from tui.spans import Spans, joined

_NAMED = 3
"""Exchanges told one by one; how many more there are is said."""
_SOON = 3600
"""Seconds before an opening from which it is counted down."""


def zone_of(view: View | None, row: Row | None) -> str:
    """The time zone of a row's exchange, as far as the status names it; the only exchange's where there is but one."""
    markets = markets_of(view)
    for market in markets:
        if row and market.zone and row.exchange in (market.exchange, market.name) and row.exchange:
            return market.zone
    return markets[0].zone if len(markets) == 1 else ""


def markets_of(view: View | None) -> tuple[Market, ...]:
    """The exchanges of the list."""
    if view is None:
        return ()
    status = view.status
    return status.markets or ((status.market,) if status.market else ())


def market_forms(markets: tuple[Market, ...], now: float) -> list[Spans]:
    """The state of the exchanges, longest form first."""
    if not markets:
        return [[]]
    if len(markets) == 1:
        return [_alone(markets[0], now), _brief(markets[0], now), _word(markets[0]), _dot(markets[0]), []]
    return [_several(markets, now, _turn), _several(markets, now, _brief), _several(markets, now, _dot), []]


def _several(markets: tuple[Market, ...], now: float, form: Callable[[Market, float], Spans]) -> Spans:
    told = [form(market, now) for market in markets[:_NAMED]]
    more = len(markets) - _NAMED
    return joined([*told, [(f"+{more}", "dim")] if more > 0 else []], (" · ", "frame"))


def _dot(market: Market, _now: float = 0.0) -> Spans:
    return [(plain(market.name), "dim"), (" ●", "watch" if market.early else "well") if market.open else (" ○", "dim")]


def _word(market: Market) -> Spans:
    return [
        *_dot(market),
        (" early" if market.open and market.early else " open" if market.open else " closed", "text"),
    ]


def _alone(market: Market, now: float) -> Spans:
    if market.until is None:
        return _word(market)
    word = " open" if market.open else " closed"
    return [*_dot(market), (word, "text"), (f", {_change(market, now)}", _role(market))]


def _turn(market: Market, now: float) -> Spans:
    if market.until is None:
        return _word(market)
    if market.open and not market.early:
        return _brief(market, now)
    return [*_dot(market), (f" {_change(market, now)}", _role(market))]


def _brief(market: Market, now: float) -> Spans:
    if market.until is None:
        return _dot(market)
    if market.open:
        early = "early " if market.early else ""
        return [*_dot(market), (f" {early}{countdown(market.until - now)}", _role(market))]
    return [*_dot(market), (f" {_opening(market, now)}", "dim")]


def _change(market: Market, now: float) -> str:
    if market.until is None:
        return ""
    if market.open:
        return f"closes {'early ' if market.early else ''}in {countdown(market.until - now)}"
    soon = market.until - now < _SOON or not market.zone
    return f"opens {'in ' if soon else ''}{_opening(market, now)}"


def _opening(market: Market, now: float) -> str:
    """By the clock on its wall; counted down in the last hour, and where its zone is not known."""
    until = market.until or now
    return countdown(until - now) if until - now < _SOON or not market.zone else moment(until, market.zone, now)


def _role(market: Market) -> str:
    return "watch" if market.open and market.early else "dim"
