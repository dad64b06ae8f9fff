"""Values as text, the same on the screen and on the command line.

Text from outside (names, error bodies, files) goes through `plain` before it reaches a terminal. Widths are terminal
cells, not characters: a Korean syllable takes two.
"""

from datetime import date
from itertools import pairwise

from rich.cells import cell_len, set_cell_size

UNKNOWN = "·"
MINUS = "−"
UP, DOWN, FLAT = "▲", "▼", " "
SESSIONS_A_YEAR = 252

_NO_DECIMALS = frozenset({"KRW", "JPY", "VND", "CLP", "ISK", "HUF", "IDR"})
_BLOCKS = "▁▂▃▄▅▆▇█"


def plain(text: str) -> str:
    """The text without control characters and bidirectional overrides: safe to write to a terminal or a log."""
    return "".join(
        character if character.isprintable() and character not in "\u200e\u200f" else " " for character in text
    ).strip()


def width(text: str) -> int:
    """Terminal cells the text takes."""
    return cell_len(text)


def fit(text: str, cells: int, *, right: bool = False) -> str:
    """The text in exactly that many cells, cut with an ellipsis or padded; `right` aligns it to the right."""
    if cell_len(text) > cells:
        text = set_cell_size(text, cells - 1).rstrip() + "…" if cells > 1 else set_cell_size(text, cells)
    padding = " " * (cells - cell_len(text))
    return padding + text if right else text + padding


def number(value: float | None, decimals: int = 2, *, sign: bool = False) -> str:
    """A number with thousands separators and a real minus sign; UNKNOWN for None."""
    if value is None:
        return UNKNOWN
    return f"{value:{'+' if sign else ''},.{decimals}f}".replace("-", MINUS)


def money(value: float | None, currency: str = "USD") -> str:
    """A price in its currency's own decimals, without the currency's sign; small prices keep four digits."""
    if value is None:
        return UNKNOWN
    if currency in _NO_DECIMALS:
        return number(value, 0)
    return number(value, 2 if abs(value) >= 1 or value == 0 else 4)


def percent(value: float | None, decimals: int = 2, *, sign: bool = False) -> str:
    """A number that already is in per cent, without the sign for it."""
    return number(value, decimals, sign=sign)


def direction(value: float | None) -> str:
    """The glyph that says up, down or neither, so that colour never says it alone."""
    if not value:
        return FLAT
    return UP if value > 0 else DOWN


def day(session: date | None, today: date | None = None) -> str:
    """A session as "17 Sep", with the year if it is not that of `today`."""
    if session is None:
        return UNKNOWN
    short = f"{session.day:02d} {session:%b}"
    return short if today is None or session.year == today.year else f"{short} {session.year}"


def age(seconds: float | None) -> str:
    """A span in its largest unit: "now" under a minute, "4m", "3h", "12d"."""
    if seconds is None:
        return UNKNOWN
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{int(seconds // size)}{unit}"
    return "now"


def duration(seconds: float) -> str:
    """A span to the second: "8 s", "1 min 20 s", "2 h 5 min"."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3_600} h {whole % 3_600 // 60} min"


def rarity(sessions: float | None, *, rarer: bool = False) -> str:
    """Rarity in words: "about once in 90 days"; `rarer` marks a bound: "rarer than once in 4 years"."""
    if sessions is None:
        return "ordinary"
    span = _span(sessions)
    return f"rarer than once in {span}" if rarer else f"about once in {span}"


def rarity_short(sessions: float | None, *, rarer: bool = False) -> str:
    """Rarity for a narrow column: "1/90d", "<1/4y"; UNKNOWN when ordinary."""
    if sessions is None:
        return UNKNOWN
    value = f"{sessions / SESSIONS_A_YEAR:.0f}y" if sessions >= 2 * SESSIONS_A_YEAR else f"{sessions:.0f}d"
    return f"{'<' if rarer else ''}1/{value}"


def _span(sessions: float) -> str:
    if sessions >= 2 * SESSIONS_A_YEAR:
        return f"{sessions / SESSIONS_A_YEAR:.0f} years"
    return f"{sessions:.0f} days" if round(sessions) != 1 else "1 day"


def sparkline(values: tuple[float, ...], cells: int, *, ascii_only: bool = False) -> str:
    """The values as blocks of eight heights, the newest at the right; several to a cell are averaged."""
    if not values or cells <= 0:
        return " " * max(cells, 0)
    buckets = _buckets(values, min(cells, len(values)))
    low, high = min(buckets), max(buckets)
    glyphs = "_.-=^" if ascii_only else _BLOCKS
    top = len(glyphs) - 1
    scale = top / (high - low) if high > low else 0.0
    drawn = "".join(glyphs[round((value - low) * scale) if scale else top // 2] for value in buckets)
    return drawn.rjust(cells)


def _buckets(values: tuple[float, ...], count: int) -> list[float]:
    edges = [round(index * len(values) / count) for index in range(count + 1)]
    return [sum(values[start:end]) / (end - start) for start, end in pairwise(edges)]
