"""A large CSV file that is in order, read by pyarrow: ten times as fast, but it cannot say where something is wrong."""

from pathlib import Path
from typing import Any

import numpy as np

from engine.adapters.files import table
from engine.adapters.files.table import IntArray, Place, Table
from engine.core.bars import DateArray, FloatArray
from engine.errors import BadFile

_DELIMITERS = ",;\t"


def read_large_csv(path: Path) -> Table | None:
    """The rows of a CSV file with ISO dates and plain numbers; None where it holds anything else, even a blank line."""
    import pyarrow  # noqa: PLC0415 - its import costs more than a small file
    from pyarrow import csv  # noqa: PLC0415

    with path.open("rb") as file:
        first = file.readline(65_536).decode("utf-8-sig", errors="replace")
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
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
        if not 0 <= read.num_rows - lines <= 1:
            return None
        columns = {name: _numbers(read.column(at)) for name, at in names.items() if name != "date"}
        return Table(
            place=Place(path),
            lines=np.arange(2, read.num_rows + 2),
            dates=_days(read.column(names["date"])),
            columns=columns,
            places={name: _decimals(read.column(names[name])) for name in ("close", "adjusted") if name in names},
        )
    except (pyarrow.ArrowException, BadFile):
        return None


def _days(column: Any) -> DateArray:
    import pyarrow  # noqa: PLC0415

    days: DateArray = column.cast(pyarrow.date32()).to_numpy().astype("datetime64[D]")
    return days


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
