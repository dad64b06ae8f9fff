"""What yfinance gave as what the engine keeps: bars as traded, bars within the day, quotes, names."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from engine.adapters.yahoo.answer import Answer
from engine.core.bars import Action, DateArray, FloatArray, History, as_date
from engine.core.quotes import Phase, Quote
from engine.format import plain
from engine.ports import Found, IntradayBar, Profile

_OHLC = ("Open", "High", "Low", "Close")


def history(symbol: str, answer: Answer, first: date, last: date, known: date | None = None) -> History:
    """Daily bars as they came as bars as traded, of the rows from `first` to `last` that have a close.

    Its actions are those up to `known`; all of them without one, that of a day whose bar is still to come among them.

    A close that cannot be (zero, negative) is kept: judging it is the quality gate's work.
    """
    days, values = answer.days, answer.values
    splits = np.where(values["Stock Splits"] > 0, values["Stock Splits"], 1.0)
    later = _later_splits(days, splits)
    dividends = np.nan_to_num(values["Dividends"]) * later
    within = (days >= np.datetime64(first, "D")) & (days <= np.datetime64(last, "D"))
    keep = within & np.isfinite(values["Close"])
    # an action counts from the morning of its day, whose own bar is not there before the close
    told = (days >= np.datetime64(first, "D")) & (days <= np.datetime64(known or date.max, "D"))
    acted = np.flatnonzero(told & ((splits != 1) | (dividends != 0)))
    return History(
        symbol=symbol,
        sessions=days[keep],
        **{name.lower(): _digits(values[name] * later)[keep] for name in _OHLC},
        volume=(values["Volume"] / later)[keep],
        actions=tuple(_action(days[row], splits[row], _digits(dividends)[row]) for row in acted),
    )


def intraday(answer: Answer, seconds: float, since: float, now: float) -> tuple[IntradayBar, ...]:
    """The completed bars of `seconds` each from `since` on, as traded, that have a close; oldest first."""
    times, days, values = answer.times, answer.days, answer.values
    splits = np.where(values["Stock Splits"] > 0, values["Stock Splits"], 1.0)
    later = _later_splits(days, splits)
    opened, high, low, close = (_digits(values[name] * later) for name in _OHLC)
    keep = (times >= since) & (times + seconds <= now) & np.isfinite(values["Close"])
    return tuple(
        IntradayBar(
            time=float(times[row]),
            open=float(opened[row]),
            high=float(high[row]),
            low=float(low[row]),
            close=float(close[row]),
            volume=float(np.nan_to_num(values["Volume"][row]) / later[row]),
            phase=_phase(float(times[row]), answer.hours.get(str(days[row]))),
        )
        for row in np.flatnonzero(keep)
    )


def quote(symbol: str, answer: Answer) -> Quote | None:
    """The newest price among the minutes of a day; None where there is none yet."""
    close = answer.values["Close"]
    known = np.flatnonzero(np.isfinite(close))
    if not len(known):
        return None
    row, meta, stamp = int(known[-1]), answer.meta, answer.stamp
    time, price = float(answer.times[row]), float(close[row])
    phase = _phase(time, answer.hours.get(str(answer.days[row])))
    if phase == "regular" and stamp >= time and meta.get("regularMarketPrice"):
        time, price = stamp, float(meta["regularMarketPrice"])
    before = meta.get("previousClose") or meta.get("chartPreviousClose")
    volume = meta.get("regularMarketVolume")
    return Quote(
        symbol=symbol,
        price=float(_digits(np.array([price]))[0]),
        time=time,
        phase=phase,
        previous_close=float(before) if before else None,
        volume=float(volume) if volume is not None else None,
        currency=plain(str(meta.get("currency") or "")),
        high=float(meta.get("regularMarketDayHigh") or 0) or None,
        low=float(meta.get("regularMarketDayLow") or 0) or None,
    )


def profile(symbol: str, meta: Mapping[str, Any]) -> Profile | None:
    """Name, currency and kind, as far as they were said; None if nothing was."""
    said = [meta.get("longName") or meta.get("shortName"), meta.get("currency"), meta.get("instrumentType")]
    name, currency, kind = (plain(str(each or "")) for each in said)
    return Profile(symbol, name, currency, kind.lower()) if name or currency or kind else None


def found(hits: Sequence[Mapping[str, Any]]) -> tuple[Found, ...]:
    """Answers to a search that name a symbol."""
    return tuple(
        Found(
            symbol=plain(str(hit["symbol"])),
            name=plain(str(hit.get("longname") or hit.get("shortname") or "")),
            exchange=plain(str(hit.get("exchDisp") or hit.get("exchange") or "")),
            kind=plain(str(hit.get("quoteType") or "")).lower(),
        )
        for hit in hits
        if hit.get("symbol")
    )


def _later_splits(days: DateArray, splits: FloatArray) -> FloatArray:
    """(T,) the product of all splits on later days: a split counts for the whole of its own day, pre-market too."""
    each, place = np.unique(days, return_inverse=True)
    of_day = np.ones(len(each))
    np.multiply.at(of_day, place, splits)
    onward = np.append(np.cumprod(of_day[::-1])[::-1], 1.0)
    later: FloatArray = onward[1:][place]
    return later


def _digits(values: FloatArray) -> FloatArray:
    """The values with seven digits: Yahoo keeps prices in single precision, what follows was never traded."""
    known = np.isfinite(values) & (values != 0)
    size = np.floor(np.log10(np.abs(values), where=known, out=np.zeros_like(values)))
    scale = 10.0 ** (6 - size)
    rounded: FloatArray = np.round(values * scale) / scale
    return rounded


def _action(day: np.datetime64, split: float, dividend: float) -> Action:
    return Action(ex_date=as_date(day), split=float(split), dividend=float(dividend), known_at=as_date(day))


def _phase(time: float, hours: tuple[float, float] | None) -> Phase:
    if hours is None or hours[0] <= time < hours[1]:
        return "regular"
    return "pre" if time < hours[0] else "post"
