"""A CSV file as columns; the standard library's reader, because it knows the line of every row."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.adapters.files import table
from engine.adapters.files.table import Place, Table

_DELIMITERS = ",;\t"
# rows become arrays so many at a time: a million rows of text at once keep the garbage collector busy for seconds
_CHUNK = 1024


def read_csv(path: Path) -> Table:
    """The rows of a CSV file: UTF-8, with or without a byte order mark; comma, semicolon or tab between cells.

    Raises BadFile.
    """
    place = Place(path)
    text = _text(path, place)
    # the header alone decides: a row may hold anything, a header holds names
    names = text.lstrip().partition("\n")[0].partition("\r")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=names.count))
    numbered = ((reader.line_num, row) for row in reader if any(map(str.strip, row)))
    try:
        line, header = next(numbered, (0, []))
        if not header:
            raise place.error("the file is empty", do="Its first line names the columns, Date and Close among them")
        columns = _Columns(path, header, table.pick(header, place, line))
        return _join([columns.table(lines, rows) for lines, rows in _chunks(numbered)])
    except csv.Error as error:
        raise place.error(str(error), reader.line_num, do="Save it again as CSV") from None


def _text(path: Path, place: Place) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        received = " ".join(f"{byte:02x}" for byte in data[error.start : error.start + 4])
        raise place.error("not UTF-8 text", line, f"bytes {received}", "Save it as UTF-8") from None


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


@dataclass(frozen=True, slots=True)
class _Columns:
    """The header of a file, and which of its columns are used."""

    path: Path
    header: list[str]
    position: dict[str, int]

    def table(self, lines: list[int], rows: list[list[str]]) -> Table:
        """Some rows as arrays."""
        self._check_widths(lines, rows)
        by_column = list(zip(*rows, strict=False)) or [()] * len(self.header)
        cells = {name: by_column[at] for name, at in self.position.items()}
        places = {name: Place(self.path, self.header[at]) for name, at in self.position.items()}
        return Table(
            place=Place(self.path),
            lines=np.array(lines, dtype=np.int64),
            dates=table.days(cells["date"], lines, places["date"]),
            columns={name: table.numbers(cells[name], lines, places[name]) for name in cells if name != "date"},
            places={name: table.decimals(cells[name]) for name in ("close", "adjusted") if name in cells},
        )

    def _check_widths(self, lines: list[int], rows: list[list[str]]) -> None:
        width = len(self.header)
        if set(map(len, rows)) <= {width}:
            return
        for line, row in zip(lines, rows, strict=True):
            if len(row) != width and (len(row) < width or any(row[width:])):
                received = f"{len(row)} cells: {', '.join(row)}"
                what, do = f"the header names {width} columns", "Every row has as many cells as the header"
                raise Place(self.path).error(what, line, received, do)


def _join(parts: list[Table]) -> Table:
    return Table(
        place=parts[0].place,
        lines=np.concatenate([part.lines for part in parts]),
        dates=np.concatenate([part.dates for part in parts]),
        columns={name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
        places={name: np.concatenate([part.places[name] for part in parts]) for name in parts[0].places},
    )
