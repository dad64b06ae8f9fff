"""What Yahoo's chart endpoint answers for a history: split-adjusted to its own day, in single precision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from engine.core.bars import Action, History, as_date
from engine.ports import IntradayBar

_DAY = 86_400
_RANGES = ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"]


@dataclass(frozen=True, slots=True)
class Listing:
    """One symbol as Yahoo knows it; prices as traded."""

    history: History
    name: str = ""
    currency: str = "USD"
    kind: str = "EQUITY"
    zone: str = "America/New_York"
    intraday: Mapping[str, Sequence[IntradayBar]] = field(default_factory=dict)


def chart(listing: Listing, query: Mapping[str, str], now: float) -> dict[str, Any]:
    """The answer to a request for bars."""
    zone = ZoneInfo(listing.zone)
    interval = query.get("interval", "1d")
    today = datetime.fromtimestamp(now, UTC).astimezone(zone).date()
    upto = listing.history.upto(today)
    first, last = _stretch(query, upto, zone, daily=interval == "1d")
    if interval == "1d":
        near = upto.sessions >= np.datetime64(int(first - _DAY), "s").astype("datetime64[D]")
        rows = _daily(upto.rows(near), zone)
    else:
        rows = _intraday(listing, interval, upto, zone)
    within = [row for row in rows if first <= row[0] <= min(last, now)]
    result: dict[str, Any] = {
        "meta": _meta(listing, upto, query, zone, [row[0] for row in within], now=now),
        "timestamp": [int(row[0]) for row in within],
        "indicators": {"quote": [_columns(within)]},
    }
    if interval == "1d":
        result["indicators"]["adjclose"] = [{"adjclose": [row[4] for row in within]}]
    if events := _events(upto, zone, first, last):
        result["events"] = events
    return {"chart": {"result": [result], "error": None}}


def _stretch(query: Mapping[str, str], upto: History, zone: ZoneInfo, *, daily: bool) -> tuple[float, float]:
    if "period1" in query:
        return float(query["period1"]), float(query.get("period2", "inf"))
    assert query.get("range") in ("1d", "5d"), query
    back = {"1d": 1, "5d": 5}[query["range"]]
    if not len(upto):
        return 0.0, float("inf")
    start = as_date(upto.sessions[max(-back, -len(upto))])
    return _instant(start, zone, clock_time(0)), float("inf")


def _instant(day: date, zone: ZoneInfo, at: clock_time = clock_time(9, 30)) -> float:
    return datetime.combine(day, at, zone).timestamp()


def _later(upto: History, day: date) -> float:
    """The product of all splits after a day: by that much Yahoo divides."""
    return float(np.prod([each.split for each in upto.actions if each.ex_date > day]))


def _daily(upto: History, zone: ZoneInfo) -> list[tuple[float, ...]]:
    days = [as_date(each) for each in upto.sessions]
    later = np.array([_later(upto, day) for day in days]) if upto.actions else np.ones(len(days))
    prices = [(column / later).astype(np.float32).tolist() for column in (upto.open, upto.high, upto.low, upto.close)]
    volume = (upto.volume * later).tolist()
    times = [_instant(day, zone) for day in days]
    return list(zip(times, *prices, volume, strict=True))


def _intraday(listing: Listing, interval: str, upto: History, zone: ZoneInfo) -> list[tuple[float, ...]]:
    rows = []
    for bar in listing.intraday.get(interval, ()):
        later = _later(upto, datetime.fromtimestamp(bar.time, zone).date())
        prices = [float(np.float32(value / later)) for value in (bar.open, bar.high, bar.low, bar.close)]
        rows.append((bar.time, *prices, bar.volume * later))
    return rows


def _columns(rows: Sequence[tuple[float, ...]]) -> dict[str, list[float | None]]:
    columns = list(zip(*rows, strict=True)) or [()] * 6
    names = ("open", "high", "low", "close", "volume")
    return {
        name: [None if np.isnan(value) else value for value in column]
        for name, column in zip(names, columns[1:], strict=True)
    }


def _events(upto: History, zone: ZoneInfo, first: float, last: float) -> dict[str, Any]:
    def dated(action: Action) -> int:
        return int(_instant(action.ex_date, zone))

    known = [each for each in upto.actions if first <= dated(each) <= last]
    events: dict[str, Any] = {}
    for each in known:
        if each.dividend:
            amount = each.dividend / _later(upto, each.ex_date)
            events.setdefault("dividends", {})[str(dated(each))] = {"amount": amount, "date": dated(each)}
        if each.split != 1.0:
            split = {"date": dated(each), "numerator": each.split, "denominator": 1, "splitRatio": f"{each.split}:1"}
            events.setdefault("splits", {})[str(dated(each))] = split
    return events


def _meta(
    listing: Listing, upto: History, query: Mapping[str, str], zone: ZoneInfo, times: Sequence[float], *, now: float
) -> dict[str, Any]:
    interval = query.get("interval", "1d")
    day = upto.last or date(2024, 1, 2)
    meta: dict[str, Any] = {
        "currency": listing.currency,
        "symbol": listing.history.symbol,
        "exchangeName": "NMS",
        "instrumentType": listing.kind,
        "regularMarketTime": int(min(now, _instant(day, zone, clock_time(16)))),
        "gmtoffset": 0,
        "timezone": "EST",
        "exchangeTimezoneName": listing.zone,
        "regularMarketPrice": float(upto.close[-1]) if len(upto) else None,
        "chartPreviousClose": float(upto.close[-2]) if len(upto) > 1 else None,
        "previousClose": float(upto.close[-2]) if len(upto) > 1 else None,
        "longName": listing.name,
        "shortName": listing.name,
        "dataGranularity": interval,
        "range": query.get("range", ""),
        "validRanges": _RANGES,
        "currentTradingPeriod": {name: _period(day, zone, name) for name in ("pre", "regular", "post")},
    }
    if interval != "1d":
        days = sorted({datetime.fromtimestamp(each, zone).date() for each in times})
        meta["tradingPeriods"] = (
            {name: [[_period(day, zone, name)] for day in days] for name in ("pre", "regular", "post")}
            if query.get("includePrePost", "").lower() == "true"
            else [[_period(day, zone, "regular")] for day in days]
        )
    return meta


_HOURS = {
    "pre": (clock_time(4), clock_time(9, 30)),
    "regular": (clock_time(9, 30), clock_time(16)),
    "post": (clock_time(16), clock_time(20)),
}


def _period(day: date, zone: ZoneInfo, name: str) -> dict[str, Any]:
    start, end = (int(_instant(day, zone, each)) for each in _HOURS[name])
    return {"timezone": "EST", "start": start, "end": end, "gmtoffset": 0}


def spoilt(chart: dict[str, Any], misdeed: str) -> dict[str, Any]:
    """The same answer with a part missing: "no bars", "no timestamp", "no meta" or "last nan"."""
    result = chart["chart"]["result"][0]
    quote = result["indicators"]["quote"][0]
    if misdeed == "no bars":
        result["indicators"] = {"quote": [{}]}
        del result["timestamp"]
    elif misdeed == "no timestamp":
        del result["timestamp"]
    elif misdeed == "no meta":
        del result["meta"]["instrumentType"]
    else:
        for column in quote.values():
            column[-1] = None
    return chart
