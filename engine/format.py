"""Values as text, the same on the screen and on the command line.

Text from outside (names, error bodies, files) goes through `plain` before it reaches a terminal. Widths are terminal
cells, not characters: a Korean syllable takes two.
"""

import math
import re
from datetime import UTC, date, datetime
from itertools import pairwise
from unicodedata import category, combining, normalize

from rich.cells import cell_len, set_cell_size

UNKNOWN = "·"
MINUS = "−"
UP, DOWN, FLAT = "▲", "▼", " "
SESSIONS_A_YEAR = 252

HIDDEN = "•••"
"""What stands for an amount that is not to be seen."""

_NO_DECIMALS = frozenset({"KRW", "JPY", "VND", "CLP", "ISK", "HUF", "IDR"})
_PENCE = frozenset({"GBp", "GBX"})
_UNITS = {
    "USD": "US dollars",
    "GBP": "pounds",
    "GBp": "pence",
    "GBX": "pence",
    "ZAc": "South African cents",
    "ILA": "agorot",
    "EUR": "euros",
    "CHF": "Swiss francs",
    "KRW": "won",
    "JPY": "yen",
    "CNY": "yuan",
    "HKD": "Hong Kong dollars",
    "TWD": "Taiwan dollars",
    "CAD": "Canadian dollars",
    "AUD": "Australian dollars",
    "INR": "rupees",
}
_SIZES = (("T", 1e12), ("B", 1e9), ("M", 1e6), ("k", 1e3))
_BLOCKS = "▁▂▃▄▅▆▇█"
_FLAG_A = 0x1F1E6
_VIRAMA = 9
"""The combining class of what joins two Indic consonants: into one cell or two, by the terminal."""
_DISPUTED = re.compile("[\u034f\u115f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U0001171e\U000e0100-\U000e01ef]")
"""Marks that are not seen, or that make another width of the character before them in some terminals."""
_LEFT_TO_RIGHT = "\u200e"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


def plain(text: str) -> str:
    """The text safe to write to a terminal or a log, in characters on whose width terminals agree.

    Controls become spaces; a flag is its two letters. Left out are bidirectional overrides, joiners, variation
    selectors, skin tones, marks on nothing, and of Indic scripts the signs that are a cell wide in some terminals and
    none in others. Syllables and accents are composed (Unicode NFC).
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    shown = ""
    for character in normalize("NFC", text):
        drawn = _drawn(character)
        if (shown.strip() and not shown.endswith(" ")) or not category(drawn or " ").startswith("M"):
            shown += drawn
    return shown.strip()


def _drawn(character: str) -> str:
    kind = category(character)
    if kind == "Cf" or combining(character) == _VIRAMA or _DISPUTED.match(character):
        return ""
    if not character.isprintable():
        return " "
    if "\U0001f1e6" <= character <= "\U0001f1ff":
        return chr(ord(character) - _FLAG_A + ord("A"))
    return character if cell_len(character) or kind in ("Mn", "Me") else ""


def closed(text: str) -> str:
    """The text, with a left-to-right mark behind it where some of it runs from right to left.

    Without one a terminal that reorders lines (UAX #9) takes the figures of the next column for a part of the name, and
    swaps the two. The mark takes no cell.
    """
    bare = text.rstrip()
    if bare.isascii() or bare.endswith(_LEFT_TO_RIGHT) or not _RIGHT_TO_LEFT.search(bare):
        return text
    return bare + _LEFT_TO_RIGHT + text[len(bare) :]


def width(text: str) -> int:
    """Terminal cells the text takes."""
    return cell_len(text)


def fit(text: str, cells: int, *, right: bool = False) -> str:
    """The text in exactly that many cells, cut with an ellipsis or padded; `right` aligns it to the right."""
    if cell_len(text) > cells:
        text = set_cell_size(text, cells - 1).rstrip() + "…" if cells > 1 else set_cell_size(text, cells)
    padding = " " * (cells - cell_len(text))
    return closed(padding + text if right else text + padding)


def number(value: float | None, decimals: int = 2, *, sign: bool = False) -> str:
    """A number with thousands separators and a real minus sign; UNKNOWN for None."""
    if value is None:
        return UNKNOWN
    return f"{value:{'+' if sign else ''},.{decimals}f}".replace("-", MINUS)


def money(value: float | None, currency: str = "USD") -> str:
    """A price in its currency's own decimals, without the currency's sign; UNKNOWN for None.

    Won and yen have none, pence as many as are quoted and a "p" behind, and what is worth less than one unit keeps four
    digits that count, as coins of many decimals need.
    """
    if value is None:
        return UNKNOWN
    if currency in _PENCE:
        return f"{number(value, 1 if math.isclose(value, round(value, 1), rel_tol=1e-9) else 2)}p"
    if value and abs(value) < 1:
        return number(value, _decimals_below_one(value))
    return number(value, 0 if currency in _NO_DECIMALS else 2)


def price(value: float | None, currency: str, symbol: str) -> str:
    """A quote: as money, but an exchange rate (EURUSD=X) in five digits, whatever currency it is quoted in."""
    if value is None or not symbol.endswith("=X") or not value:
        return money(value, currency)
    return number(value, max(4 - math.floor(math.log10(abs(value))), 0))


def _decimals_below_one(value: float) -> int:
    return min(3 - math.floor(math.log10(abs(value))), 12) if abs(value) < 0.1 else 4


def unit_words(currency: str) -> str:
    """How a price in that currency is quoted, in words: "US dollars", "pence"; a code that is not known stays."""
    return _UNITS.get(currency, currency)


def compact(value: float | None, *, sign: bool = False) -> str:
    """An amount in three digits: "983", "12.3 k", "1.24 M"; UNKNOWN for None."""
    if value is None:
        return UNKNOWN
    for letter, size in _SIZES:
        # 999,600 is 1.00 M, for 1,000 k has four digits
        if abs(value) >= 0.9995 * size:
            scaled = value / size
            return f"{number(scaled, _three_digits(scaled), sign=sign)} {letter}"
    return number(value, 0, sign=sign)


def bytes_of(count: int | None) -> str:
    """A number of bytes in three digits: "983 B", "12.3 kB", "1.24 GB"; UNKNOWN for None."""
    if count is None:
        return UNKNOWN
    figure, _, letter = compact(count).replace(" B", " G").partition(" ")
    return f"{figure} {letter}B"


def _three_digits(value: float) -> int:
    return 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0


def percent(value: float | None, decimals: int = 2, *, sign: bool = False) -> str:
    """A number that already is in per cent, without the sign for it."""
    return number(value, decimals, sign=sign)


def skill(value: float | None, word: str | None, *, whole: bool = False) -> str:
    """A skill as "skill +0.8%"; "no skill" where it may be luck, and where `whole` how much was seen all the same."""
    if value is None:
        return "no skill" if word == "no skill" else "skill not known"
    seen = f"{number(100 * value, 1, sign=True)}%"
    if word == "no skill":
        return f"no skill ({seen})" if whole else "no skill"
    return f"skill {seen}"


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


def ago(seconds: float) -> str:
    """An age as a moment of the past: "now", "4m ago"."""
    span = age(seconds)
    return span if span == "now" else f"{span} ago"


def duration(seconds: float) -> str:
    """A span to the second: "8 s", "1 min 20 s", "2 h 5 min"."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3_600} h {whole % 3_600 // 60} min"


def countdown(seconds: float) -> str:
    """A span still to come, in the steps of the minute clock: "2 d", "1h28m", "4m", "<1m"."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "<1m"
    hours = minutes // 60
    if hours >= 48:
        return f"{hours // 24} d"
    return f"{hours}h{minutes % 60:02d}m" if hours else f"{minutes}m"


def local(instant: float, zone: str) -> datetime:
    """An instant (seconds since the epoch) in a time zone of the tz database; in UTC where that is not known."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - nothing here may hold up the first paint

    try:
        return datetime.fromtimestamp(instant, ZoneInfo(zone) if zone else UTC)
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.fromtimestamp(instant, UTC)


def moment(instant: float, zone: str, now: float) -> str:
    """An instant on that zone's clock: "09:00", with its weekday where it is not today's, and with UTC named."""
    then, today = local(instant, zone), local(now, zone)
    weekday = "" if then.date() == today.date() else f" {then:%a}"
    return f"{then:%H:%M}{' UTC' if then.tzinfo is UTC else ''}{weekday}"


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
