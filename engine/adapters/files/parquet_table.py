"""A Parquet file as columns; pyarrow is imported when the first one is read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.adapters.files import table
from engine.adapters.files.table import Place, Table
from engine.core.bars import DateArray, FloatArray


def read_parquet(path: Path) -> Table:
    """The rows of a Parquet file; dates as dates, timestamps (the day in their own time zone), text or 20241231.

    Raises BadFile.
    """
    import pyarrow  # noqa: PLC0415 - its import costs more than a small file
    from pyarrow import parquet  # noqa: PLC0415

    place = Place(path, unit="row")
    try:
        with parquet.ParquetFile(path) as file:
            header = list(file.schema_arrow.names)
            position = table.pick(header, place, None)
            read = file.read(columns=[header[at] for at in position.values()])
    except (pyarrow.ArrowException, OSError) as error:
        raise place.error("not a Parquet file that can be read", received=str(error)) from None
    lines = range(1, read.num_rows + 1)
    found = {name: (read.column(header[at]), Place(path, header[at], "row")) for name, at in position.items()}
    columns = {name: _numbers(*found[name], lines) for name in found if name != "date"}
    return Table(
        place=place,
        lines=np.array(lines, dtype=np.int64),
        dates=_days(*found["date"], lines),
        columns=columns,
        # a float's shortest text has the decimals that were meant
        places={
            name: table.decimals([repr(value) for value in columns[name].tolist()])
            for name in ("close", "adjusted")
            if name in columns
        },
    )


def _days(column: Any, place: Place, lines: Sequence[int]) -> DateArray:
    from pyarrow import compute, types  # noqa: PLC0415

    if not types.is_temporal(column.type) or types.is_time(column.type) or types.is_duration(column.type):
        return table.days(_texts(column), lines, place)
    if types.is_timestamp(column.type) and column.type.tz is not None:
        column = compute.local_timestamp(column)
    found: DateArray = column.to_numpy().astype("datetime64[D]")
    missing = np.flatnonzero(np.isnat(found))
    if len(missing):
        raise place.error("no date", lines[int(missing[0])], "nothing", "Every row has a date")
    return found


def _numbers(column: Any, place: Place, lines: Sequence[int]) -> FloatArray:
    import pyarrow  # noqa: PLC0415
    from pyarrow import types  # noqa: PLC0415

    kind = column.type
    if types.is_floating(kind) or types.is_integer(kind) or types.is_decimal(kind) or types.is_null(kind):
        # not safe: a whole number beyond 2^53 loses its last digits, which no price needs
        return np.array(column.cast(pyarrow.float64(), safe=False).to_numpy(), dtype=np.float64)
    return table.numbers(_texts(column), lines, place)


def _texts(column: Any) -> list[str]:
    return ["" if value is None else str(value) for value in column.to_pylist()]
