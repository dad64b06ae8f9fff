"""Tuning as values: the settings there are to choose from, a study of them, and what its trials came to.

A trial's value is its loss on the validation rows. Rows for calibration and for the test are no part of it: what no
window for training or validation covers is not even handed over.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.core.fitting import Epoch, FitJob, Hyper
from engine.core.lstm import ACTIVATIONS
from engine.errors import DataError, TooShort

LAYERS = (1, 2, 3)
UNITS = (16, 32, 50, 64, 100)
WINDOWS = (10, 20, 30, 45, 60)
FACTORS = (0.5, 1.0, 2.0, 4.0)
"""Of the present batch and number of epochs."""
RATES = 10.0
"""The learning rate is sought from a tenth of the present one to ten times of it, evenly by its logarithm."""

TRIALS_AT_ONCE = 30

Choice: TypeAlias = int | float | str
TrialState: TypeAlias = Literal["begun", "done", "pruned", "diverged"]


@dataclass(frozen=True, slots=True)
class Space:
    """The settings to choose from: some values each, and a learning rate between two; `units` are those of each layer.

    What is not named stays as it is.
    """

    choices: Mapping[str, tuple[Choice, ...]]
    learning_rate: tuple[float, float]

    @classmethod
    def around(cls, hyper: Hyper) -> "Space":
        """A space that the present settings are part of."""
        rate = hyper.learning_rate
        return cls(
            {
                "layers": _with(LAYERS, len(hyper.units)),
                "units": _with(UNITS, hyper.units[0]),
                "window": _with(WINDOWS, hyper.window),
                "activation": tuple(ACTIVATIONS),
                "batch": tuple(sorted({max(int(hyper.batch * factor), 1) for factor in FACTORS})),
                "epochs": tuple(sorted({max(int(hyper.epochs * factor), 1) for factor in FACTORS})),
            },
            (rate / RATES, min(rate * RATES, 0.5)),
        )

    @property
    def longest(self) -> int:
        """The largest window of it: no row at which a window of a job ends may stand before its last."""
        return int(max(self.choices["window"]))

    def chosen(self, hyper: Hyper) -> dict[str, Choice]:
        """What these settings are in it; of layers of different sizes the first one's."""
        own: dict[str, Choice] = {name: getattr(hyper, name) for name in self.choices if name != "layers"}
        return own | {"layers": len(hyper.units), "units": hyper.units[0], "learning_rate": hyper.learning_rate}

    def settings(self, base: Hyper, chosen: Mapping[str, Any]) -> Hyper:
        """The settings `base` with what was chosen in their place."""
        rest = {name: value for name, value in chosen.items() if name not in ("layers", "units")}
        return replace(base, units=(chosen["units"],) * chosen["layers"], **rest)


@dataclass(frozen=True, slots=True)
class Study:
    """Trials of a space, `trials` in all, those on record among them, the first of them `hyper`, the present settings.

    They are kept under `name` in the file `storage`; `reset` forgets those of before. The seed is that of `hyper`. A
    process makes `at_once` of them at most, for what is compiled for each stays in its memory: another one goes on.
    """

    name: str
    storage: str
    trials: int
    hyper: Hyper
    space: Space
    reset: bool = False
    at_once: int = TRIALS_AT_ONCE

    def to_header(self) -> dict[str, Any]:
        """The study as JSON values."""
        return {
            "name": self.name,
            "storage": self.storage,
            "trials": self.trials,
            "reset": self.reset,
            "at_once": self.at_once,
            "hyper": self.hyper.to_header(),
            "space": {"choices": dict(self.space.choices), "learning_rate": list(self.space.learning_rate)},
        }

    @classmethod
    def from_header(cls, header: Mapping[str, Any]) -> "Study":
        """The study that `to_header` gave."""
        space = header["space"]
        low, high = space["learning_rate"]
        choices = {name: tuple(values) for name, values in space["choices"].items()}
        plain = {name: header[name] for name in ("name", "storage", "trials", "reset", "at_once")}
        return cls(**plain, hyper=Hyper.from_header(header["hyper"]), space=Space(choices, (low, high)))


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial has begun or ended, the number `number` of `trials`, from 1; `best` is the lowest value so far.

    A trial that was doing worse than most is pruned: it is not carried to its end. None where there is no number.
    """

    number: int
    trials: int
    state: TrialState
    value: float | None
    best: float | None
    hyper: Hyper

    def to_header(self) -> dict[str, Any]:
        """The trial as JSON values."""
        plain = {name: getattr(self, name) for name in ("number", "trials", "state", "value", "best")}
        return plain | {"hyper": self.hyper.to_header()}

    @classmethod
    def from_header(cls, header: Mapping[str, Any]) -> "Trial":
        """The trial that `to_header` gave."""
        plain = {name: header[name] for name in ("number", "trials", "state", "value", "best")}
        return cls(**plain, hyper=Hyper.from_header(header["hyper"]))


@dataclass(frozen=True, slots=True)
class Found:
    """The settings of the lowest value, beside that of the settings of before (NaN: it did not end), after `trials`."""

    hyper: Hyper
    value: float
    value_before: float
    trials: int

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything, by name, as for an .npz."""
        return {
            "hyper": np.array(json.dumps(self.hyper.to_header())),
            "value": np.array(self.value),
            "value_before": np.array(self.value_before),
            "trials": np.array(self.trials),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Found":
        """The result that `to_arrays` gave. Raises DataError."""
        try:
            hyper = Hyper.from_header(json.loads(str(arrays["hyper"])))
            return cls(hyper, float(arrays["value"]), float(arrays["value_before"]), int(arrays["trials"]))
        except (KeyError, ValueError) as error:
            raise DataError("Not the result of a study", received=", ".join(sorted(arrays))) from error


def study_name(preset: str, symbols: Sequence[str], hyper: Hyper, space: Space, rows: str) -> str:
    """The preset, and twelve digits for the symbols, the present settings, the space and the rows (`rows_hash`).

    Only values found on the same rows can be compared: new data begin a new study.
    """
    told = repr((sorted(symbols), hyper, sorted(space.choices.items()), space.learning_rate, rows))
    return f"{preset}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def rows_hash(job: FitJob) -> str:
    """Sixteen digits for the rows that a job trains and validates on."""
    digest = hashlib.sha256()
    for array in (job.x, job.y, job.train, job.val):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def value(history: Sequence[Epoch], patience: int) -> float:
    """The validation loss of the weights that a training has come to, the mean of its members; NaN if none has any.

    Where members rest they keep the weights of their best epoch, else those of the last one.
    """
    losses = np.stack([epoch.val_loss for epoch in history]).astype(np.float64)
    kept = np.where(np.isnan(losses), np.inf, losses).min(axis=0) if patience else losses[-1]
    known = kept[np.isfinite(kept)]
    return float(known.mean()) if len(known) else math.nan


def blinded(job: FitJob) -> FitJob:
    """The same job, zero wherever none of its windows reaches. Raises TooShort if it has no validation rows."""
    if not job.rows_val.any():
        raise TooShort("There are no validation rows to judge settings by", do="Take longer histories")
    inputs, targets = (np.zeros(job.x.shape[:2], bool) for _ in range(2))
    before = np.arange(job.hyper.window)
    for series in range(len(job.x)):
        for ends, count in ((job.train, job.rows_train), (job.val, job.rows_val)):
            own = ends[series, : count[series]]
            targets[series, own] = True
            inputs[series, own[:, None] - before] = True
    x, y = (
        np.where(seen[..., None], array, 0).astype(np.float32) for seen, array in ((inputs, job.x), (targets, job.y))
    )
    return replace(job, x=x, y=y)


def _with(values: tuple[int, ...], present: int) -> tuple[int, ...]:
    return tuple(sorted({*values, present}))
