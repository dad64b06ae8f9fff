"""A large CSV file, read by pyarrow: ten times as fast, but it cannot say what is wrong with a row, only with which."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.adapters.files import table
from engine.adapters.files.table import IntArray, Place, Table
from engine.core.bars import DateArray, FloatArray
from engine.errors import BadFile

_DELIMITERS = ",;\t"
BoolArray = npt.NDArray[np.bool_]


_MOST_LEFT = 0.01
"""The share of rows that may be left to the other reader: of more it takes as long as of all."""

_NUMBER = r"^([-+]?(\d+\.?\d*|\.\d+))?$"
_DAY = r"^\d{4}-\d\d-\d\d$"


@dataclass(frozen=True, slots=True)
class Large:
    """The rows that were read, and the lines of those that were not."""

    table: Table
    left: IntArray


def read_large_csv(path: Path) -> Large | None:
    """The rows of a CSV file with ISO dates and plain numbers, and which rows hold anything else.

    None where that is more than one row in a hundred, and where the lines cannot be told apart: a blank one is enough.
    """
    import pyarrow  # noqa: PLC0415 - its import costs more than a small file
    from pyarrow import csv  # noqa: PLC0415

    with path.open("rb") as file:
        first = file.readline(65_536).decode("utf-8-sig", errors="replace")
        lines, last = 0, b"\n"
        while block := file.read(1 << 20):
            lines, last = lines + block.count(b"\n"), block[-1:]
    lines += last != b"\n"
    delimiter = max(_DELIMITERS, key=first.count)
    header = [name.strip().strip('"') for name in first.strip().split(delimiter)]
    try:
        position = table.pick(header, Place(path), 1)
        names = {name: str(at) for name, at in position.items()}
        read = csv.read_csv(
            path,
            read_options=csv.ReadOptions(column_names=[str(at) for at in range(len(header))], skip_rows=1),
            parse_options=csv.ParseOptions(delimiter=delimiter),
            convert_options=csv.ConvertOptions(
                include_columns=list(names.values()), column_types=dict.fromkeys(names.values(), pyarrow.string())
            ),
        )
        # a blank line or a line break within a cell: the lines would be counted wrongly
        if read.num_rows != lines:
            return None
        cells = {name: read.column(at) for name, at in names.items()}
        return _whole(path, cells) or _sound(path, cells, commas=delimiter != ",")
    except (pyarrow.ArrowException, BadFile):
        return None


def _whole(path: Path, cells: dict[str, Any]) -> Large | None:
    """All of it, where all of it can be read: half the work of finding out which rows can."""
    import pyarrow  # noqa: PLC0415

    try:
        days = cells["date"].cast(pyarrow.date32()).to_numpy().astype("datetime64[D]")
        return Large(_table(path, np.arange(2, len(days) + 2), days, cells), np.empty(0, np.int64))
    except pyarrow.ArrowInvalid:
        return None


def _table(path: Path, lines: IntArray, days: DateArray, cells: dict[str, Any]) -> Table:
    """These rows. Raises ArrowInvalid for a number that is none, or has an exponent."""
    return Table(
        place=Place(path),
        lines=lines,
        dates=days,
        columns={name: _numbers(column) for name, column in cells.items() if name != "date"},
        places={name: _decimals(cells[name]) for name in ("close", "adjusted") if name in cells},
    )


def _sound(path: Path, cells: dict[str, Any], *, commas: bool) -> Large | None:
    """What can be read of these columns of text; `commas` says that numbers might have decimal ones."""
    from pyarrow import compute  # noqa: PLC0415

    lines = np.arange(2, len(cells["date"]) + 2)
    dates, good = _days(cells["date"])
    for name, column in cells.items():
        if name != "date":
            good &= compute.match_substring_regex(column, _NUMBER).to_numpy()
    if good.mean() < 1 - _MOST_LEFT or (commas and _has_commas(cells, good)):
        return None
    kept = {name: column.filter(good) for name, column in cells.items()}
    return Large(_table(path, lines[good], dates[good], kept), lines[~good])


def _days(column: Any) -> tuple[DateArray, BoolArray]:
    """(R,) the days, and which cells hold one."""
    import pyarrow  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    written = compute.match_substring_regex(column, _DAY).to_numpy()
    column = compute.if_else(pyarrow.array(written), column, "2000-01-01")
    year, month, day = (
        compute.utf8_slice_codeunits(column, *span).cast(pyarrow.int64()).to_numpy()
        for span in ((0, 4), (5, 7), (8, 10))
    )
    months = (12 * (year - 1970) + month - 1).astype("datetime64[M]")
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
    good = written & (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= length)
    return months.astype("datetime64[D]") + (day - 1), good


def _has_commas(cells: dict[str, Any], good: BoolArray) -> bool:
    from pyarrow import compute  # noqa: PLC0415

    rest = (column.filter(~good) for name, column in cells.items() if name != "date")
    return any(compute.any(compute.match_substring(column, ",")).as_py() for column in rest)


def _numbers(column: Any) -> FloatArray:
    import pyarrow  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    known = compute.if_else(compute.equal(column, ""), None, column)
    return np.array(known.cast(pyarrow.float64()).to_numpy(), dtype=np.float64)


def _decimals(column: Any) -> IntArray:
    """(R,) digits after the point. Raises ArrowInvalid for a number with an exponent."""
    import pyarrow  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    if compute.any(compute.match_substring(column, "e", ignore_case=True)).as_py():
        raise pyarrow.ArrowInvalid("an exponent")
    point = compute.find_substring(column, ".").to_numpy()
    places: IntArray = np.where(point < 0, 0, compute.binary_length(column).to_numpy() - point - 1).astype(np.int64)
    return places
