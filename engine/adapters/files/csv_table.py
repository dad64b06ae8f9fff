"""A CSV file as columns; the standard library's reader, because it knows the line of every row."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

import numpy as np

from engine.adapters.files import table
from engine.adapters.files.table import IntArray, Place, Refused, Table
from engine.errors import BadFile

_DELIMITERS = ",;\t"
# rows become arrays so many at a time: a million rows of text at once keep the garbage collector busy for seconds
_CHUNK = 1024
# bytes from which a file is worth the import of a faster reader
_LARGE = 4_000_000
_HEAD = 65_536
# beyond this many, and one in ten of those read so far, nobody reads on
_MANY = 1_000


def read_csv(path: Path) -> Table:
    """The rows of a CSV file: UTF-8, with or without a byte order mark; comma, semicolon or tab between cells.

    Where cells are not divided by commas, numbers may have decimal commas. A row that cannot be read is refused by
    itself, with its line; the file as a whole is where more than one row in a hundred is. Raises BadFile.
    """
    if path.stat().st_size >= _LARGE:
        from engine.adapters.files.large_csv import read_large_csv  # noqa: PLC0415 - pyarrow costs more than small files

        if (quick := read_large_csv(path)) is not None:
            return _with_left(quick.table, quick.left) if len(quick.left) else quick.table
    place = Place(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(file, place)
    except UnicodeDecodeError:
        raise _not_text(path, place) from None


def _with_left(sound: Table, left: IntArray) -> Table:
    """The rows of a file with those on the lines that are left, which are read one by one."""
    place, wanted = sound.place, {1, *left.tolist()}
    with place.path.open(encoding="utf-8-sig", newline="") as file:
        lines, texts = zip(*((line, text) for line, text in enumerate(file, 1) if line in wanted), strict=True)
    header, *rows = csv.reader(texts, delimiter=delimiter_of(texts[0]))
    columns = _Columns(place.path, header, table.pick(header, place, 1), commas=False)
    joined = _join([sound, *columns.sound(list(lines[1:]), rows)], tuple(columns.refused))
    order = np.argsort(joined.lines)
    return replace(
        joined,
        lines=joined.lines[order],
        dates=joined.dates[order],
        columns={name: values[order] for name, values in joined.columns.items()},
        places={name: values[order] for name, values in joined.places.items()},
    )


def _read(file: TextIO, place: Place) -> Table:
    delimiter = delimiter_of(file.read(_HEAD))
    file.seek(0)
    reader = csv.reader(file, delimiter=delimiter)
    numbered = ((reader.line_num, row) for row in reader if any(map(str.strip, row)))
    try:
        line, header = next(numbered, (0, []))
        if not header:
            raise place.error("the file is empty", do="Its first line names the columns, Date and Close among them")
        columns = _Columns(place.path, header, table.pick(header, place, line), commas=delimiter != ",")
        parts = [part for lines, rows in _chunks(numbered) for part in columns.sound(lines, rows)]
    except csv.Error as error:
        raise place.error(str(error), reader.line_num, do="Save it again as CSV") from None
    return _join([*parts, columns.table([], [])], tuple(columns.refused))


def delimiter_of(text: str) -> str:
    """What stands between cells; the header alone decides: a row may hold anything, a header holds names."""
    names = text.lstrip().partition("\n")[0].partition("\r")[0]
    return max(_DELIMITERS, key=names.count)


def _not_text(path: Path, place: Place) -> BadFile:
    data = path.read_bytes()
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        received = " ".join(f"{byte:02x}" for byte in data[error.start : error.start + 4])
        return place.error("not UTF-8 text", line, f"bytes {received}", "Save it as UTF-8")
    return place.error("it changed while it was read", do="Try again")


def _chunks(numbered: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[list[int], list[list[str]]]]:
    lines: list[int] = []
    rows: list[list[str]] = []
    for line, row in numbered:
        lines.append(line)
        rows.append(row)
        if len(rows) == _CHUNK:
            yield lines, rows
            lines, rows = [], []
    yield lines, rows


@dataclass(slots=True)
class _Columns:
    """The header of a file, which of its columns are used, and the rows that could not be read."""

    path: Path
    header: list[str]
    position: dict[str, int]
    commas: bool
    """Whether numbers may have decimal commas: decided by the first rows that have a close."""
    refused: list[Refused] = field(default_factory=list)
    _decided: bool = False

    def sound(self, lines: list[int], rows: list[list[str]]) -> list[Table]:
        """Parts of what can be read; the others are kept in `refused`. Raises BadFile when there is no end of them."""
        self._decide(rows)
        try:
            return [self.table(lines, rows)]
        except BadFile as error:
            if len(rows) > 1:
                half = len(rows) // 2
                return [*self.sound(lines[:half], rows[:half]), *self.sound(lines[half:], rows[half:])]
            self.refused.append(Refused(lines[0], error, self._day(lines, rows)))
            if len(self.refused) > max(_MANY, lines[0] / 10):
                raise self.refused[0].error from None
            return []

    def table(self, lines: list[int], rows: list[list[str]]) -> Table:
        """Some rows as arrays."""
        self._check_widths(lines, rows)
        by_column = list(zip(*rows, strict=False)) or [()] * len(self.header)
        cells: dict[str, Sequence[str]] = {name: by_column[at] for name, at in self.position.items()}
        if self.commas:
            cells = {name: cell if name == "date" else table.with_points(cell) for name, cell in cells.items()}
        places = {name: Place(self.path, self.header[at]) for name, at in self.position.items()}
        return Table(
            place=Place(self.path),
            lines=np.array(lines, dtype=np.int64),
            dates=table.days(cells["date"], lines, places["date"]),
            columns={name: table.numbers(cells[name], lines, places[name]) for name in cells if name != "date"},
            places={name: table.decimals(cells[name]) for name in ("close", "adjusted") if name in cells},
        )

    def _decide(self, rows: list[list[str]]) -> None:
        if not self._decided:
            at = self.position["close"]
            self.commas = self.commas and table.has_decimal_commas([row[at] for row in rows if at < len(row)])
            self._decided = True

    def _day(self, lines: list[int], rows: list[list[str]]) -> np.datetime64 | None:
        at = self.position["date"]
        with suppress(BadFile):
            if at < len(rows[0]):
                day: np.datetime64 = table.days([rows[0][at]], lines, Place(self.path))[0]
                return day
        return None

    def _check_widths(self, lines: list[int], rows: list[list[str]]) -> None:
        width = len(self.header)
        if set(map(len, rows)) <= {width}:
            return
        for line, row in zip(lines, rows, strict=True):
            if len(row) != width and (len(row) < width or any(row[width:])):
                received = f"{len(row)} cells: {', '.join(row)}"
                what, do = f"the header names {width} columns", "Every row has as many cells as the header"
                raise Place(self.path).error(what, line, received, do)


def _join(parts: list[Table], refused: tuple[Refused, ...]) -> Table:
    return Table(
        place=parts[0].place,
        lines=np.concatenate([part.lines for part in parts]),
        dates=np.concatenate([part.dates for part in parts]),
        columns={name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
        places={name: np.concatenate([part.places[name] for part in parts]) for name in parts[0].places},
        refused=refused,
    )
