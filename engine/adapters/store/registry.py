"""Models with their weights, and the forecasts they made."""

import json
import logging
import math
import sqlite3
import zipfile
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.forecast import Vintage
from engine.core.lstm import Weights
from engine.core.models import Figures, ModelRecord, Standing, TrainedModel
from engine.errors import DataError, StoreDamaged, StoreUnread

log = logging.getLogger(__name__)

_COLUMNS = (
    "preset, symbols, trained_from, trained_to, data_hash, seed, standing, fingerprint, made_at, seconds, rows, "
    "losses, val_losses, metrics, warm_from, trials, reason, asked"
)


def add_model(db: sqlite3.Connection, record: ModelRecord) -> int:
    """The number of the new record."""
    places = ", ".join("?" * len(_COLUMNS.split(",")))
    cursor = db.execute(f"INSERT INTO models ({_COLUMNS}) VALUES ({places})", _values(record))  # noqa: S608
    return int(cursor.lastrowid or 0)


def records(db: sqlite3.Connection) -> tuple[ModelRecord, ...]:
    """All records, newest first."""
    return tuple(_record(row) for row in db.execute(f"SELECT id, {_COLUMNS} FROM models ORDER BY id DESC"))  # noqa: S608


def set_standing(db: sqlite3.Connection, number: int, standing: Standing, reason: str | None) -> None:
    """A model stands otherwise from now on; its reason stays where none is given."""
    db.execute(
        "UPDATE models SET standing = ?, reason = ifnull(?, reason) WHERE id = ?",
        (standing, reason, number),
    )


def _values(record: ModelRecord) -> tuple[object, ...]:
    figures = asdict(record.figures) if record.figures else None
    return (
        record.preset,
        json.dumps(record.symbols),
        record.trained_from.isoformat(),
        record.trained_to.isoformat(),
        record.data_hash,
        record.seed,
        record.standing,
        record.fingerprint,
        record.made_at,
        record.seconds,
        record.rows,
        json.dumps([_known(loss) for loss in record.losses]),
        json.dumps([_known(loss) for loss in record.val_losses]),
        json.dumps({"figures": figures and _without_nan(figures)}),
        record.warm_from,
        record.trials,
        record.reason,
        record.asked,
    )


def _record(row: tuple[Any, ...]) -> ModelRecord:
    number, preset, symbols, first, last, data_hash, seed, standing, fingerprint, *rest = row
    made_at, seconds, rows, losses, val_losses, metrics, warm_from, trials, reason, asked = rest
    told = json.loads(metrics)
    figures = told.get("figures")
    return ModelRecord(
        id=number,
        preset=preset,
        symbols=tuple(json.loads(symbols)),
        trained_from=date.fromisoformat(first),
        trained_to=date.fromisoformat(last),
        data_hash=data_hash,
        seed=seed,
        standing=standing,
        fingerprint=fingerprint,
        made_at=made_at,
        seconds=seconds,
        rows=rows,
        losses=tuple(_with_nan(dict(enumerate(json.loads(losses)))).values()),
        val_losses=tuple(json.loads(val_losses)),
        figures=Figures(**_with_nan(figures)) if figures else None,
        warm_from=warm_from,
        trials=trials,
        reason=reason,
        asked=bool(asked),
    )


def _known(value: Any) -> Any:
    """JSON has no NaN."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _known(value) for name, value in values.items()}


def _with_nan(values: dict[Any, Any]) -> dict[Any, Any]:
    return {name: math.nan if value is None else value for name, value in values.items()}


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


def remove_weights(path: Path) -> None:
    """Remove a weights file; one that cannot be removed is only in the way."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s cannot be removed: %s", path, error)


def read_weights(path: Path, record: ModelRecord) -> TrainedModel:
    """A model from its record and its arrays. Raises StoreDamaged; StoreUnread where the file may be whole."""
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
    except (FileNotFoundError, ValueError, KeyError, EOFError, zipfile.BadZipFile, DataError) as error:
        raise StoreDamaged(
            f"the weights of model #{record.id} cannot be read",
            received=f"{path.name}: {error}",
            do="train again; older models stay usable",
        ) from error
    except OSError as error:
        raise StoreUnread(
            f"the weights of model #{record.id} cannot be read just now",
            received=f"{path.name}: {error.strerror or error}",
            do="it is tried again",
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
    """The vintages of one session, newest model first; none of a model that had seen later ones."""
    rows = db.execute(
        "SELECT model, target_date, horizon, mean, q05, q25, q50, q75, q95 FROM forecasts "
        "JOIN models ON models.id = model "
        "WHERE symbol = ? AND forecasts.made_at = ? AND trained_to <= forecasts.made_at ORDER BY model DESC, horizon",
        (symbol, made_at.isoformat()),
    )
    return tuple(
        Vintage(model, symbol, made_at, date.fromisoformat(target), horizon, mean, tuple(quantiles))
        for model, target, horizon, mean, *quantiles in rows
    )


def vintages(db: sqlite3.Connection, symbol: str, since: date) -> tuple[Vintage, ...]:
    """The vintages for the next session made on a day or later, oldest first, of each session the newest model last."""
    rows = db.execute(
        "SELECT model, made_at, target_date, horizon, mean, q05, q25, q50, q75, q95 FROM forecasts "
        "WHERE symbol = ? AND made_at >= ? AND horizon = 1 ORDER BY made_at, model",
        (symbol, since.isoformat()),
    )
    return tuple(
        Vintage(model, symbol, date.fromisoformat(made_at), date.fromisoformat(target), horizon, mean, tuple(quantiles))
        for model, made_at, target, horizon, mean, *quantiles in rows
    )
