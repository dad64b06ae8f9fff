"""Lists of other tools: a symbol a line, or a CSV file with a column of symbols, as portfolios are exported.

What a line holds that cannot be taken over is said, with the line and what was received; the rest is taken.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.adapters.watchlists.amounts import amount
from engine.adapters.watchlists.document import is_symbol
from engine.adapters.watchlists.fields import NUMBERS
from engine.adapters.watchlists.lots import Lot, merged
from engine.core.symbols import normal
from engine.errors import BadFile
from engine.format import plain
from engine.ports import Imported, Ticker

MAX_BYTES = 2_000_000
MAX_NOTES = 100
MAX_TICKERS = 5_000
_RECEIVED = 60
_PREAMBLE = 20
_DELIMITERS = ",;\t"
_AROUND = f' "{_DELIMITERS}'
_LINE_END = re.compile(r"\r\n|\r|\n")
_COLUMNS = {
    "symbol": ("symbol", "ticker", "ticker symbol"),
    "name": ("name", "company", "company name", "description"),
    "group": ("group",),
    "shares": ("quantity", "shares", "qty", "units"),
    "cost": (
        "purchase price",
        "cost",
        "cost per share",
        "cost/share",
        "average cost",
        "avg cost",
        "average cost basis",
        "price paid",
    ),
    "above": ("high limit", "above"),
    "below": ("low limit", "below"),
    "move": ("move",),
    "type": ("transaction type",),
    "comment": ("comment", "notes"),
}
"""What a column may be called, in small letters; Yahoo's own names first."""


@dataclass(slots=True)
class _Notes:
    """What there is to say, kept to a readable length."""

    said: list[str] = field(default_factory=list)
    more: int = 0

    def say(self, words: str) -> None:
        if len(self.said) < MAX_NOTES:
            self.said.append(words)
        else:
            self.more += 1

    def line(self, number: int, what: str, received: str) -> None:
        shown = plain(received)
        shown = f"{shown[:_RECEIVED]}…" if len(shown) > _RECEIVED else shown
        self.say(f"line {number}: {what} (received: {shown or 'nothing'})")

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.said, f"and {self.more:,} more like these") if self.more else tuple(self.said)


def load(path: Path) -> Imported:
    """The tickers of a file, each once: several lots of one symbol become its shares and its average cost.

    UTF-8 with or without a byte order mark; comma, semicolon or tab between cells; lines that begin with # are
    comments. Symbols are spelt as Yahoo does, which is said where it differs. Raises BadFile.
    """
    notes = _Notes()
    text = _text(path)
    try:
        tickers = merged(_lots(text, notes), notes.say)
    except csv.Error as error:
        raise BadFile(f"{path}: not a CSV file", received=str(error), do="Save it again as CSV") from None
    if not tickers:
        received = notes.said[0] if notes.said else "an empty file"
        raise BadFile(f"{path}: no symbol found", received=received, do="Write one a line, or a column named Symbol")
    if len(tickers) > MAX_TICKERS:
        raise BadFile(f"{path}: a list has {MAX_TICKERS:,} symbols at most", received=f"{len(tickers):,}")
    return Imported(tickers, notes.all)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadFile(f"{path}: too large for a list", received=f"{path.stat().st_size:,} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path}: cannot be read", received=error.strerror) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFile(f"{path}, line {line}: not UTF-8 text", do="Save it as UTF-8") from None


def _lots(text: str, notes: _Notes) -> Iterator[Lot]:
    lines = [(row, line) for row, line in enumerate(_LINE_END.split(text), 1) if _counts(line)]
    for at, (_, header) in enumerate(lines[:_PREAMBLE]):
        delimiter = max(_DELIMITERS, key=header.count)
        columns = _columns(header, delimiter)
        if "symbol" in columns:
            for row, line in lines[:at]:
                notes.line(row, "left out, it stands above the names of the columns", line)
            # each line by itself: a quote that is never closed is the fault of one line, not of all below it
            rows = ((row, next(csv.reader([line], delimiter=delimiter), [])) for row, line in lines[at + 1 :])
            return _table(rows, _Row(columns, delimiter == ";", notes))
    return _plain_list(lines, notes)


def _counts(line: str) -> bool:
    """Whether a line holds anything but a comment."""
    bare = line.strip(f' \ufeff"{_DELIMITERS}')
    return bool(bare) and not bare.startswith("#")


def _columns(header: str, delimiter: str) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in next(csv.reader([header], delimiter=delimiter), [])]
    found = {key: next((names.index(name) for name in known if name in names), None) for key, known in _COLUMNS.items()}
    return {key: at for key, at in found.items() if at is not None}


def _plain_list(lines: list[tuple[int, str]], notes: _Notes) -> Iterator[Lot]:
    for number, line in lines:
        if symbol := _symbol(line.partition("#")[0].strip(_AROUND), number, notes):
            yield Lot(number, Ticker(symbol))


def _symbol(text: str, number: int, notes: _Notes) -> str | None:
    symbol, why = normal(text)
    if not is_symbol(symbol):
        notes.line(number, "not a symbol", text)
        return None
    if why:
        notes.say(f"line {number}: {plain(why)}")
    return symbol


@dataclass(frozen=True, slots=True)
class _Row:
    """How the cells of a row are read."""

    columns: dict[str, int]
    decimal_comma: bool
    notes: _Notes

    def text(self, row: list[str], key: str) -> str:
        at = self.columns.get(key)
        return row[at].strip() if at is not None and at < len(row) else ""

    def number(self, row: list[str], key: str, line: int) -> float | None:
        text = self.text(row, key)
        # an empty purchase is exported as zero
        if not text.strip(" -0.,"):
            return None
        value = amount(text, decimal_comma=self.decimal_comma)
        if value is None or not NUMBERS[key].holds(value):
            self.notes.line(line, f"{key} is left out, it is not {NUMBERS[key].allowed}", text)
            return None
        return value


def _table(rows: Iterator[tuple[int, list[str]]], read: _Row) -> Iterator[Lot]:
    for line, row in rows:
        symbol = _symbol(read.text(row, "symbol"), line, read.notes)
        if symbol is None:
            continue
        if comment := read.text(row, "comment"):
            read.notes.line(line, f"the comment on {symbol} is not taken over", comment)
        numbers: dict[str, Any] = {key: read.number(row, key, line) for key in NUMBERS}
        if numbers["shares"] and read.text(row, "type").casefold().startswith("sell"):
            numbers["shares"] = -abs(numbers["shares"])
        name, group = plain(read.text(row, "name")), plain(read.text(row, "group"))
        yield Lot(line, Ticker(symbol, name, group, **numbers))
