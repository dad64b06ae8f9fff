"""How alarms turned out, and why there are some and no others, as the command line tells it."""

from collections.abc import Callable
from typing import Any

import msgspec

from engine import format as fmt
from engine.protocol import Explanation, Grades, KindExplained, KindGrades, Previewed

_KIND = 20
_Column = tuple[str, int, Callable[[KindGrades], str]]
_MEANING = """\
Right, {horizon} sessions after: the price went where the alarm pointed by more than half a sigma, or, of volatility
shock, volume spike and market, moved more than in two thirds of the past. Base: how often that is so after any session.
A year: alarms a ticker and year, the market's a list and year."""


def named(kind: str) -> str:
    """A kind's name for people."""
    return kind.replace("_", " ")


def grades_as_json(of: Grades) -> Any:
    """The record of each kind, by its name."""
    return msgspec.to_builtins(of.kinds)


def grades(of: Grades) -> str:
    """A table, a kind a line."""
    names = "".join(fmt.fit(name, cells, right=True) for name, cells, _ in _COLUMNS)
    head = fmt.fit(f"after {of.horizon} sessions", _KIND) + names
    lines = [
        fmt.fit(fmt.plain(named(kind)), _KIND)
        + "".join(fmt.fit(cell(record), cells, right=True) for _, cells, cell in _COLUMNS)
        for kind, record in of.kinds.items()
    ]
    return "\n".join([head, *lines, "", _MEANING.format(horizon=of.horizon)])


def previewed(of: Previewed) -> str:
    """What other settings would have meant: "31 alarms instead of 14 in the past year on mine"."""
    name, then, now = fmt.plain(of.watchlist), of.then, of.now
    if of.start is None:
        return f"what this would have given cannot be told: no ticker of {name} is scored yet"
    market = "" if now.market == then.market else f", and {then.market} of the market instead of {now.market}"
    return f"this would have given {then.alarms} alarms instead of {now.alarms} in the past year on {name}{market}"


def explanation(of: Explanation) -> str:
    """A paragraph a kind."""
    head = f"{fmt.plain(of.symbol)} after {of.session or 'no session'}"
    if not of.scored:
        return f"{head}: not scored: {fmt.plain(of.why or '')}"
    doubt = ", by a model without skill" if of.word == "no skill" else ""
    return "\n".join([head + doubt, *(line for kind in of.kinds for line in _kind(kind))])


def _kind(of: KindExplained) -> list[str]:
    state = _STATES[of.state].format(until=of.until)
    head = f"  {fmt.fit(named(of.kind), _KIND)} {state}{', muted' if of.muted else ''}"
    told = [
        of.why,
        None if of.p is None else _against(of),
        fmt.rarity(of.rarity_days, rarer=of.rarer) if of.rarity_days is not None else None,
        of.lacks,
    ]
    lines = [" · ".join(fmt.plain(each) for each in told if each), fmt.plain(of.words)]
    return [head, *(f"    {line}" for line in lines if line)]


def _against(of: KindExplained) -> str:
    score = "nothing to say" if of.score is None else f"score {fmt.number(of.score, 2)}"
    tier = "alert" if of.threshold is not None and (of.score or 0.0) >= of.threshold else "watch"
    limit, p = (of.alert, of.alert_p) if tier == "alert" else (of.threshold, of.threshold_p)
    short = f", {fmt.number(of.short, 2)} short of {tier} at {fmt.number(limit, 2)}" if of.short is not None else ""
    known = f" (p {fmt.number(of.p, 4)}{f' against {fmt.number(p, 4)}' if p is not None and short else ''})"
    return f"{score}{short}{known}"


_STATES = {
    "open": "open since {until}",
    "cooling": "cooling down until {until}",
    "folded": "part of the market's alarm",
    "reached": "reaches a tier",
    "below": "below its threshold",
    "silent": "not scored",
    "off": "off",
}


def _share(value: float | None) -> str:
    return fmt.percent(None if value is None else 100 * value, 0)


def _interval(of: KindGrades) -> str:
    return f"{_share(of.precision_low)}–{_share(of.precision_high)}" if of.precision is not None else fmt.UNKNOWN


_COLUMNS: tuple[_Column, ...] = (
    ("alarms", 8, lambda of: f"{of.alarms:,}"),
    ("right", 7, lambda of: f"{of.hits:,}"),
    ("precision", 11, lambda of: _share(of.precision)),
    ("95 %", 11, _interval),
    ("base", 7, lambda of: _share(of.base_rate)),
    ("lift", 7, lambda of: fmt.number(of.lift, 2)),
    ("a year", 8, lambda of: fmt.number(of.per_ticker_year, 2)),
    ("budget", 8, lambda of: fmt.number(of.budget, 2)),
)
