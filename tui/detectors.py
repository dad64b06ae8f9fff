"""The table of detectors: what each kind of alarm scores, how far it is from a threshold, what keeps it from one."""

import math
from collections.abc import Callable
from typing import Final

from engine.format import day, fit, number, plain, rarity_short
from engine.protocol import KindExplained, KindState, Tier
from tui.evidence import kind_words, value_words
from tui.spans import Spans, mark, wrapped

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


def table(kinds: tuple[KindExplained, ...], chosen: str | None, room: int, rows: int) -> list[Spans]:
    """A head and a line a kind, below each its reason where there are rows for all; else that of the chosen one."""
    figures = _that_fit(room)
    name = room - _STATE - sum(cells for _, cells in figures)
    lines: list[Spans] = [_head(figures, name)]
    below = next((form for form in (_at_length, _in_short) if _taken(kinds, form, room) <= rows), None)
    for each in kinds:
        lines.append(_line(each, figures, name, chosen=each.kind == chosen))
        lines += below(each, room) if below else []
    told = next((each for each in kinds if each.kind == chosen), None)
    if below or told is None:
        return lines
    # more kinds than rows: those around the chosen one, and its reason in what is left
    top = max(min(kinds.index(told) + 3 - rows, len(lines) - rows), 0)
    seen = [lines[0], *lines[1 + top : rows + top]]
    return [*seen, *_at_length(told, room)[: max(rows - len(seen), 0)]]


def _taken(kinds: tuple[KindExplained, ...], form: Callable[[KindExplained, int], list[Spans]], room: int) -> int:
    return 1 + sum(1 + len(form(each, room)) for each in kinds)


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


def _line(of: KindExplained, figures: tuple[tuple[str, int], ...], name: int, *, chosen: bool) -> Spans:
    sign, word, role = _STATES[of.state]
    live = of.state in ("open", "reached")
    if live:
        tier: Tier = "alert" if of.score is not None and of.alert is not None and of.score >= of.alert else "watch"
        sign, role = mark(tier, "none"), tier
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
    said = f"{plain(of.words)} · {reason(of)}" if of.words else reason(of)
    return [[("   ", "text"), (line, "dim")] for line in wrapped(said, room - 3)]


def _in_short(of: KindExplained, room: int) -> list[Spans]:
    return [[("   ", "text"), (fit(reason(of), room - 3), "dim")]]


def summary(kinds: tuple[KindExplained, ...]) -> str:
    """How many are open, of how many."""
    unseen = sum(each.state == "open" for each in kinds)
    return f"{unseen} of {len(kinds)} open" if kinds else ""
