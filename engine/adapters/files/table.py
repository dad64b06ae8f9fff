"""A price file as columns: which columns there are, and what a date and a number look like in it."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray, FloatArray
from engine.errors import BadFile
from engine.format import plain

_NAMES = {
    "date": "date",
    "datetime": "date",
    "open": "open",
    "high": "high",
    "low": "low",
    "close": "close",
    "volume": "volume",
    "adjclose": "adjusted",
    "adjustedclose": "adjusted",
    "split": "split",
    "dividend": "dividend",
}
_REQUIRED = ("date", "close")
_MISSING = frozenset({"", "-", "nan", "null", "none", "n/a", "na", "#n/a"})
_DAY = re.compile(r"(\d{4})(-?)(\d{2})\2(\d{2})(?:[T ].*)?", re.ASCII | re.DOTALL)
_DECIMAL_COMMA = re.compile(r"[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()
_A_NUMBER = "A number is written with a decimal point and without separators; a missing one is left empty"
_A_DATE = "A date is written 2024-12-31 or 20241231, with nothing or a time after it"

MOST_REFUSED = 0.01
"""The share of rows that may be refused before the file as a whole is."""

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands, for the words of an error."""

    path: Path
    column: str = ""
    unit: str = "line"

    def error(self, what: str, line: int | None = None, received: str | None = None, do: str | None = None) -> BadFile:
        """A BadFile that names folder, file, line and column."""
        where = f"{self.path.parent.name}/{self.path.name}"
        where += f", {self.unit} {line}" if line is not None else ""
        where += f", column {clean(self.column)}" if self.column else ""
        return BadFile(f"{where}: {what}", received=None if received is None else clean(received), do=do)


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be read: its line, why, and its day where that can be read."""

    line: int
    error: BadFile
    day: np.datetime64 | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file as they stand in it; `lines` are their numbers, `places` the decimals written in each row.

    `columns` maps open, high, low, close, volume, adjusted, split, dividend (those the file has) to (R,) arrays, NaN
    where missing; `places` does so for close and adjusted. `refused` are the rows that could not be read.
    """

    place: Place
    lines: IntArray
    dates: DateArray
    columns: dict[str, FloatArray]
    places: dict[str, IntArray]
    refused: tuple[Refused, ...] = ()


def clean(text: str) -> str:
    """Text from a file, fit for a terminal: without control characters, not longer than 60 characters."""
    printable = plain(text[:1000])
    return printable if len(printable) <= 60 else f"{printable[:59]}…"


def pick(header: Sequence[str], place: Place, line: int | None) -> dict[str, int]:
    """The position of every column that is used, by its plain name. Raises BadFile."""
    found: dict[str, int] = {}
    for position, title in enumerate(header):
        name = _NAMES.get(re.sub(r"[\s_-]", "", title).lower())
        if name in found:
            raise place.error("two columns of one name", line, title, f"Keep one column for {name}")
        if name is not None:
            found[name] = position
    for name in _REQUIRED:
        if name not in found:
            allowed = "Columns are Date and Close, and if you like Open, High, Low, Volume, Adj Close"
            raise place.error(f"no column {name.title()}", line, ", ".join(header) or "nothing", allowed)
    return found


def days(cells: Sequence[str], lines: Sequence[int], place: Place) -> DateArray:
    """(R,) datetime64[D] of ISO dates; what comes after the day is not looked at. Raises BadFile."""
    texts = np.array(cells, dtype=np.str_)
    if texts.dtype.itemsize == np.dtype("U10").itemsize:
        with suppress(ValueError):
            plain = texts.astype("datetime64[D]")
            # numpy takes more than a file may say, a month without a day for one
            if np.array_equal(np.datetime_as_string(plain), texts):
                return plain
    found = np.array([_day(cell, line, place) for cell, line in zip(cells, lines, strict=True)], dtype=np.int64)
    return found.astype("datetime64[D]")


def _day(cell: str, line: int, place: Place) -> int:
    match = _DAY.fullmatch(cell.strip())
    try:
        if match:
            return date(int(match[1]), int(match[3]), int(match[4])).toordinal() - _EPOCH
    except ValueError:
        pass
    raise place.error("not a date", line, cell, _A_DATE)


def has_decimal_commas(cells: Sequence[str]) -> bool:
    """Whether all numbers are written 1.234,5 or 12,5 or 12, and at least one with a comma."""
    written = [cell for cell in map(str.strip, cells) if cell.lower() not in _MISSING]
    return any("," in cell for cell in written) and all(map(_DECIMAL_COMMA.fullmatch, written))


def with_points(cells: Sequence[str]) -> list[str]:
    """The same numbers with a decimal point, and nothing between thousands."""
    return [cell.replace(".", "").replace(",", ".") for cell in cells]


def numbers(cells: Sequence[str], lines: Sequence[int], place: Place) -> FloatArray:
    """(R,) float64, NaN where nothing is written. Raises BadFile."""
    try:
        return np.array(list(map(float, cells)), dtype=np.float64)
    except ValueError:
        return np.array([_number(cell, line, place) for cell, line in zip(cells, lines, strict=True)], dtype=np.float64)


def _number(cell: str, line: int, place: Place) -> float:
    try:
        return float("nan") if cell.strip().lower() in _MISSING else float(cell)
    except ValueError:
        raise place.error("not a number", line, cell, _A_NUMBER) from None


def decimals(cells: Sequence[str]) -> IntArray:
    """(R,) how many digits stand after the decimal point."""
    texts = np.strings.strip(np.array(cells, dtype=np.str_))
    point = np.strings.find(texts, ".")
    places = np.where(point < 0, 0, np.strings.str_len(texts) - point - 1)
    for row in np.flatnonzero((np.strings.find(texts, "e") >= 0) | (np.strings.find(texts, "E") >= 0)):
        places[row] = _exponent(str(texts[row]))
    return places


def _exponent(cell: str) -> int:
    try:
        exponent = Decimal(cell).as_tuple().exponent
    except InvalidOperation:
        return 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
