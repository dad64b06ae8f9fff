"""Models with their weights, and the forecasts they made."""

import json
import sqlite3
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.forecast import Vintage
from engine.core.lstm import Weights
from engine.core.models import Errors, ModelRecord, TrainedModel
from engine.errors import DataError, StoreDamaged

_ERRORS = "mse, mae, mse_persistence, mae_persistence, mse_level, mae_level"
_COLUMNS = f"id, preset, symbols, trained_from, trained_to, {_ERRORS}, data_hash, seed"


def add_model(db: sqlite3.Connection, model: TrainedModel) -> int:
    """The number of the new record."""
    record, errors = model.record, model.record.errors
    cursor = db.execute(
        f"INSERT INTO models (preset, symbols, trained_from, trained_to, {_ERRORS}, data_hash, seed, weights_file) "  # noqa: S608
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record.preset,
            json.dumps(record.symbols),
            record.trained_from.isoformat(),
            record.trained_to.isoformat(),
            errors.mse,
            errors.mae,
            errors.mse_persistence,
            errors.mae_persistence,
            errors.mse_level,
            errors.mae_level,
            record.data_hash,
            record.seed,
            "",
        ),
    )
    return int(cursor.lastrowid or 0)


def records(db: sqlite3.Connection) -> tuple[ModelRecord, ...]:
    """All records, newest first."""
    return tuple(_record(row) for row in db.execute(f"SELECT {_COLUMNS} FROM models ORDER BY id DESC"))  # noqa: S608


def _record(row: tuple[object, ...]) -> ModelRecord:
    number, preset, symbols, first, last, *errors, data_hash, seed = row
    return ModelRecord(
        id=int(str(number)),
        preset=str(preset),
        symbols=tuple(json.loads(str(symbols))),
        trained_from=date.fromisoformat(str(first)),
        trained_to=date.fromisoformat(str(last)),
        errors=Errors(*(float(str(value)) for value in errors)),
        data_hash=str(data_hash),
        seed=int(str(seed)),
    )


def write_weights(path: Path, model: TrainedModel) -> None:
    """Write the arrays of a model, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {"offsets": model.offsets, "unseen_from": model.unseen_from}
    arrays |= {f"scale.{name}": array for name, array in model.scale.items()}
    arrays |= {f"weights.{name}": array for name, array in model.weights.to_arrays().items()}
    if model.draft is not model.weights:
        arrays |= {f"draft.{name}": array for name, array in model.draft.to_arrays().items()}
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    part.replace(path)


def read_weights(path: Path, record: ModelRecord) -> TrainedModel:
    """A model from its record and its arrays. Raises StoreDamaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
        weights = Weights.from_arrays(_under("weights.", arrays))
        draft = _under("draft.", arrays)
        return TrainedModel(
            record,
            weights,
            Weights.from_arrays(draft) if draft else weights,
            _under("scale.", arrays),
            arrays["offsets"],
            arrays["unseen_from"],
        )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, DataError) as error:
        raise StoreDamaged(
            f"the weights of model #{record.id} cannot be read",
            received=f"{path.name}: {error}",
            do="train again; older models stay usable",
        ) from error


def _under(prefix: str, arrays: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def add_forecasts(db: sqlite3.Connection, vintages: Iterable[Vintage]) -> None:
    """Insert vintages; one that is there already stays."""
    db.executemany(
        "INSERT OR IGNORE INTO forecasts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                vintage.model,
                vintage.symbol,
                vintage.made_at.isoformat(),
                vintage.target_date.isoformat(),
                vintage.horizon,
                vintage.mean,
                *vintage.quantiles,
            )
            for vintage in vintages
        ],
    )


def forecasts(db: sqlite3.Connection, symbol: str, made_at: date) -> tuple[Vintage, ...]:
    """The vintages of one session, newest model first."""
    rows = db.execute(
        "SELECT model, target_date, horizon, mean, q05, q25, q50, q75, q95 FROM forecasts "
        "WHERE symbol = ? AND made_at = ? ORDER BY model DESC, horizon",
        (symbol, made_at.isoformat()),
    )
    return tuple(
        Vintage(model, symbol, made_at, date.fromisoformat(target), horizon, mean, tuple(quantiles))
        for model, target, horizon, mean, *quantiles in rows
    )
