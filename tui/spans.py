"""Pieces of text with a role: what every pane is drawn with.

A role names a colour of `tui.theme.ROLES`; "up bold" is bold, "text/selected" stands on the ground of a selected row.
Widths are terminal cells.
"""

import re
from collections.abc import Iterable
from typing import TypeAlias

from engine.format import fit, width
from engine.protocol import Direction, Tier

Span: TypeAlias = tuple[str, str]
Spans: TypeAlias = list[Span]

REPAIRED, DOUBTFUL = "≈", "!"
"""Marks of the quality gate: the bar is a repaired one; it found something else."""

_WIDEST = 2
"""Cells of the widest character."""
_BREAK = r" (?![%σ](?:\W|$))"
"""Where a line may end: not before the unit of a number."""
_COUNT = r"\b(\d+) of (\d+)\b"
_MARKS: dict[tuple[Tier, Direction], str] = {
    ("alert", "up"): "▲",
    ("alert", "down"): "▼",
    ("alert", "none"): "◆",
    ("watch", "up"): "△",
    ("watch", "down"): "▽",
    ("watch", "none"): "◇",
}


def mark(tier: Tier, direction: Direction) -> str:
    """The glyph of an alarm: filled for an alert, its shape says the direction."""
    return _MARKS[tier, direction]


def trend(value: float | None) -> str:
    """The role of a change: up, down, or neither."""
    if not value:
        return "dim"
    return "up" if value > 0 else "down"


def cells(spans: Iterable[Span]) -> int:
    """Terminal cells these spans take."""
    return sum(width(text) for text, _ in spans)


def cut(spans: Spans, room: int) -> Spans:
    """The spans in exactly that many cells, cut with an ellipsis or padded."""
    fitted: Spans = []
    for text, role in spans:
        taken = width(text)
        if taken > room:
            return [*fitted, (fit(text, room), role)] if room > 0 else fitted
        fitted.append((text, role))
        room -= taken
    return [*fitted, (" " * room, "text")] if room else fitted


def apart(left: Spans, right: Spans, room: int) -> Spans:
    """One piece at each end; the left one gives way."""
    free = room - cells(right)
    return [*cut(left, free), *right] if free > 0 else cut(right, room)


def joined(parts: Iterable[Spans], separator: Span) -> Spans:
    """The parts that are not empty, with a separator between them."""
    spans: Spans = []
    for part in parts:
        if part:
            spans += [separator, *part] if spans else part
    return spans


def wrapped(text: str, room: int) -> list[str]:
    """The text in lines of at most so many cells, broken between words; a longer word is broken too.

    A number and its unit are one word.
    """
    lines: list[str] = []
    for word in re.split(_BREAK, " ".join(text.split())) if text.strip() else []:
        if lines and width(lines[-1]) + 1 + width(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines += _pieces(word, room)
    return lines


def clipped(text: str, room: int) -> str:
    """The text in at most so many cells: as many whole words as fit, and a mark for the others.

    Where whole words would leave half of the room empty the next one is cut.
    """
    if width(text) <= room:
        return text
    words = text.split(" ")
    told = next(
        (f"{' '.join(words[:kept])} …" for kept in range(len(words) - 1, 0, -1) if _fits(words[:kept], room)), ""
    )
    return told if width(told) > room // 2 else fit(text, max(room, 0))


def told(text: str, room: int) -> str:
    """As many whole sentences as fit, at least the first one, which is clipped where it does not."""
    sentences = text.split(". ")
    whole = (". ".join(sentences[:kept]) for kept in range(len(sentences), 0, -1))
    return next((each for each in whole if width(each) <= room), clipped(sentences[0], room))


def _fits(words: list[str], room: int) -> bool:
    return width(" ".join(words)) + 2 <= room


def _pieces(word: str, room: int) -> list[str]:
    if width(word) <= room or room < _WIDEST:
        return [fit(word, min(width(word), max(room, 0)))]
    pieces = [""]
    for character in word:
        if width(pieces[-1] + character) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def shortened(path: str, room: int) -> str:
    """A path in at most so many cells, its end kept: folders in its middle give way first, then letters."""
    if width(path) <= room:
        return path
    names = path.split("/")
    for kept in range(len(names) - 1, 1, -1):
        behind = (kept + 1) // 2
        told = "/".join([*names[: kept - behind], "…", *names[-behind:]])
        if width(told) <= room:
            return told
    end = names[-1]
    while end and width(end) > room - 1:
        end = end[1:]
    return f"…{end}" if room > 0 else ""


def steady(text: str) -> str:
    """The text with each count as wide as what it counts up to: "epoch  9 of 12"."""
    return re.sub(_COUNT, lambda found: f"{found[1]:>{len(found[2])}} of {found[2]}", text)


def framed(
    body: list[Spans], title: Spans, info: Spans, size: tuple[int, int], role: str, *, foot: Spans | None = None
) -> list[Spans]:
    """The body in a frame: its title set into the top left, its counts into the top right, `foot` into the bottom."""
    columns, rows = size
    inner = columns - 2
    if info and cells(info) + 8 > inner:
        info = []
    room = inner - 4 - (cells(info) + 3 if info else 0)
    if cells(title) > room:
        title = cut(title, max(room, 0))
    head: Spans = [("╭─ ", role), *title, (" ", role)]
    tail: Spans = [(" ", role), *info, (" ─╮", role)] if info else [("─╮", role)]
    rule = columns - cells(head) - cells(tail)
    lines = [[*head, ("─" * rule, role), *tail]]
    for index in range(rows - 2):
        line = body[index] if index < len(body) else []
        lines.append([("│", role), *cut(line, inner), ("│", role)])
    return [*lines, _lower_edge(foot or [], columns, role)]


def _lower_edge(foot: Spans, columns: int, role: str) -> Spans:
    room = columns - 8
    if not foot or room < 8:
        return [("╰" + "─" * (columns - 2) + "╯", role)]
    if cells(foot) > room:
        foot = cut(foot, room)
    return [("╰" + "─" * (columns - cells(foot) - 5) + " ", role), *foot, (" ─╯", role)]
