"""The table of detectors: what each kind of alarm scores, how far it is from a threshold, what keeps it from one."""

import math
from typing import Final

from engine.format import day, fit, number, plain, rarity_short, width
from engine.protocol import Alarm, KindExplained, KindState, Tier
from tui.evidence import kind_words, value_words
from tui.spans import Spans, clipped, mark, wrapped

_STATES: Final[dict[KindState, tuple[str, str, str]]] = {
    "open": ("", "open", "watch"),
    "cooling": ("◷", "cooling", "dim"),
    "folded": ("≈", "market", "watch"),
    "reached": ("", "reached", "watch"),
    "below": ("·", "below", "text"),
    "silent": ("○", "silent", "dim"),
    "off": ("–", "off", "dim"),
}
"""A sign, a word and a role for each state; where a tier is reached its own sign says which."""
_LEAST_NAME = 19
_FIGURES: Final = (("score", 6), ("p", 7), ("rarity", 8), ("watch", 7), ("alert", 7))
"""Columns in their order, with their cells; the last one is the first to give way."""
_STATE = 10
_BETWEEN = " · "
"""Between two facts of a reason."""


def table(
    kinds: tuple[KindExplained, ...], chosen: str | None, room: int, rows: int, alarms: tuple[Alarm, ...] = ()
) -> list[Spans]:
    """A head and a line a kind, below each its reason where there are rows for all; else that of the chosen one.

    A kind that is open has the sign that its alarm, if it is one of `alarms`, has elsewhere.
    """
    figures = _that_fit(room)
    name = room - _STATE - sum(cells for _, cells in figures)
    below = _below(kinds, chosen, room, rows - 1 - len(kinds))
    signs = {alarm.kind: mark(alarm.tier, alarm.direction) for alarm in alarms if alarm.closed is None}
    lines: list[Spans] = []
    seen = 0
    for each, told in zip(kinds, below, strict=True):
        lines += [_line(each, figures, name, signs.get(each.kind), chosen=each.kind == chosen), *told]
        seen = len(lines) if each.kind == chosen else seen
    # more lines than rows: those around the chosen kind, its reason among them
    top = max(seen - (rows - 1), 0)
    return [_head(figures, name), *lines[top : top + rows - 1]]


def _below(kinds: tuple[KindExplained, ...], chosen: str | None, room: int, spare: int) -> list[list[Spans]]:
    """What is told below each kind in so many rows: all there is, else the reasons, else the chosen one's alone.

    Where not every reason has the rows it needs, the chosen one's has, then those that lose most by being cut.
    """
    for form in (_at_length, _reasons):
        whole = [form(each, room) for each in kinds]
        if sum(map(len, whole)) <= spare:
            return whole
    if spare < sum(len(lines) if each.kind == chosen else 1 for each, lines in zip(kinds, whole, strict=True)):
        most = max(spare + len(kinds) - 1, 0)
        return [lines[:most] if each.kind == chosen else [] for each, lines in zip(kinds, whole, strict=True)]
    told, spare = [_in_short(each, room) for each in kinds], spare - len(kinds)
    for at in sorted(range(len(kinds)), key=lambda at: (kinds[at].kind != chosen, _facts(kinds[at]) > 1)):
        more = len(whole[at]) - 1
        if 0 < more <= spare:
            told[at], spare = whole[at], spare - more
    return told


def _facts(of: KindExplained) -> int:
    return len(reason(of).split(_BETWEEN))


def reason(of: KindExplained) -> str:
    """Why there is no alarm, or since when there is one."""
    muted = " · muted" if of.muted else ""
    return f"{_why(of)}{muted}"


def _why(of: KindExplained) -> str:
    lacks = f" · {plain(of.lacks)}" if of.lacks else ""
    until = day(of.until) if of.until else ""
    if of.state in ("below", "reached"):
        return f"{_short(of)}{lacks}"
    return {
        "open": f"open since {until}{lacks}" if until else f"an alarm is open{lacks}",
        "cooling": f"the next may open on {until}" if until else "the last one opened a short while ago",
        "folded": "part of the market's alarm",
        "silent": plain(of.why or "it has nothing to say of this session"),
        "off": "off for this list" if of.kind == "market" else "off for this ticker",
    }[of.state]


def _short(of: KindExplained) -> str:
    if of.short is None:
        return "a tier is reached" if of.state == "reached" else "no threshold yet"
    tier = "watch" if of.threshold is not None and (of.score or 0.0) < of.threshold else "alert"
    return f"{value_words(of.short)} short of {tier}"


def _that_fit(room: int) -> tuple[tuple[str, int], ...]:
    figures: tuple[tuple[str, int], ...] = _FIGURES
    while len(figures) > 1 and room - _STATE - sum(cells for _, cells in figures) < _LEAST_NAME:
        figures = figures[:-1]
    return figures


def _head(figures: tuple[tuple[str, int], ...], name: int) -> Spans:
    names = {"rarity": "rare"}
    columns = "".join(f"{names.get(each, each):>{cells}}" for each, cells in figures)
    return [(f"{' kind':<{name}}{columns}{'state':>{_STATE}}", "dim")]


def _line(
    of: KindExplained, figures: tuple[tuple[str, int], ...], name: int, own: str | None, *, chosen: bool
) -> Spans:
    sign, word, role = _STATES[of.state]
    live = of.state in ("open", "reached")
    if live:
        tier: Tier = "alert" if of.score is not None and of.alert is not None and of.score >= of.alert else "watch"
        sign, role = (own if own and of.state == "open" else mark(tier, "none")), tier
    cells = {
        "score": number(of.score, 2 if abs(of.score or 0.0) < 100 else 0),
        "p": _chance(of.p),
        "rarity": rarity_short(of.rarity_days, rarer=of.rarer) or "·",
        "watch": value_words(of.threshold) if of.threshold is not None else "·",
        "alert": value_words(of.alert) if of.alert is not None else "·",
    }
    line: Spans = [
        ("▌" if chosen else " ", "key"),
        (fit(kind_words(of.kind), name - 1), "text bold" if live else "text"),
        *((fit(cells[each], width_, right=True), "text" if live else "dim") for each, width_ in figures),
        (fit(f"{sign} {word}", _STATE, right=True), role),
    ]
    return [(text, f"{role}/selected") for text, role in line] if chosen else line


def _chance(p: float | None) -> str:
    """Two digits that count."""
    if p is None or p >= 0.1:
        return number(p, 2)
    return "<.0001" if p < 0.0001 else number(p, 1 - math.floor(math.log10(p)))


def _at_length(of: KindExplained, room: int) -> list[Spans]:
    """What was seen, and the reason."""
    return _under(f"{plain(of.words)}{_BETWEEN}{reason(of)}" if of.words else reason(of), room)


def _reasons(of: KindExplained, room: int) -> list[Spans]:
    return _under(reason(of), room)


def _under(said: str, room: int) -> list[Spans]:
    return [[("   ", "text"), (line, "dim")] for line in wrapped(said, room - 3)]


def _in_short(of: KindExplained, room: int) -> list[Spans]:
    """The reason in one line: as many of its facts as fit, a mark for the others."""
    facts, whole = reason(of).split(_BETWEEN), len(reason(of).split(_BETWEEN))
    while len(facts) > 1 and width(_shown(facts, whole)) > room - 3:
        facts.pop()
    return [[("   ", "text"), (clipped(_shown(facts, whole), room - 3), "dim")]]


def _shown(facts: list[str], whole: int) -> str:
    return _BETWEEN.join([*facts, *(["…"] if len(facts) < whole else [])])


def summary(kinds: tuple[KindExplained, ...]) -> str:
    """How many are open, of how many."""
    unseen = sum(each.state == "open" for each in kinds)
    return f"{unseen} of {len(kinds)} open" if kinds else ""
