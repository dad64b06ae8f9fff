"""What a preset is: how bars become a training job, its result a model, and a model's output a forecast."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.core.bars import FloatArray, History
from engine.core.fitting import FitJob, Fitted, Hyper
from engine.core.forecast import Outlook
from engine.core.models import TrainedModel
from engine.core.panel import Listed, Panel


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A job for the trainer, and how its result is read: `finish` gives the model, not yet numbered."""

    job: FitJob
    finish: Callable[[Fitted], TrainedModel]


@dataclass(frozen=True, slots=True)
class Preset:
    """One way to model a list, as functions of values; every row given may be used, so hand in as-of views.

    `shortfall(history, max_rows)` says in words why a history cannot take part, None if it can. `plan(panel, hyper,
    max_rows)` is a training from fresh weights or, where a model is given, from its own; it raises TooShort where
    somebody cannot take part. `refit(model, panel, hyper)` is the training of a model on all rows, once it has been
    judged; None where the preset leaves it as it is. `raw(model, listed, start)` is (T, out), what the bank puts out at
    each row from `start` on, NaN before and where the weights in question have seen the outcome; rows once computed
    stay the same when rows are added. `reads_market` says whether it leans on the market's returns. `outlook(model,
    listed, raw)` turns it into a forecast.
    """

    name: str
    horizons: tuple[int, ...]
    reads_market: bool
    shortfall: Callable[[History, int], str | None]
    plan: Callable[[Panel, Hyper, int, TrainedModel | None], Plan]
    refit: Callable[[TrainedModel, Panel, Hyper], Plan | None]
    raw: Callable[[TrainedModel, Listed, int], FloatArray]
    outlook: Callable[[TrainedModel, Listed, FloatArray], Outlook]
