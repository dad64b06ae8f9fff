"""What a preset is: how bars become a training job, its result a model, and a model's output a forecast."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from engine.core.bars import DateArray, FloatArray, History
from engine.core.fitting import FitJob, Fitted, Hyper
from engine.core.forecast import TAUS, Outlook
from engine.core.models import TrainedModel
from engine.core.panel import Listed, Panel

GATE_SESSIONS = 40
"""The newest sessions, held out from everything: on them a challenger is compared with the champion, and neither has
seen them."""

LEAST_FOR_BANDS = 60

Before: TypeAlias = Sequence[Outlook | None] | None
"""What was said of each ticker's rows before some; None where that was nothing, or of nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A job for the trainer, and how its result is read: `finish` gives the model, not yet numbered.

    `unseen_from` (S,) is the first session of each series whose outcome the training does not see.
    """

    job: FitJob
    finish: Callable[[Fitted], TrainedModel]
    unseen_from: DateArray


class Outlooks(Protocol):
    """How raw output becomes forecasts."""

    def __call__(
        self, model: TrainedModel, panel: Panel, raws: Sequence[FloatArray], before: Before = ..., /
    ) -> tuple[Outlook, ...]:
        """The forecasts of each ticker's last rows, as many as it has raw output of."""


class Refit(Protocol):
    """How a model is trained on all rows, once it has been judged."""

    def __call__(
        self, model: TrainedModel, panel: Panel, hyper: Hyper, warm: TrainedModel | None = ..., /
    ) -> Plan | None:
        """The training; `warm` is the model that this one started from."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One way to model a list, as functions of values; every row given may be used, so hand in as-of views.

    `hyper` is how it is trained unless told otherwise. `fingerprint` changes with whatever a stored model's weights
    must agree with: inputs and their formulas, window, horizons, quantiles. `reads_market` says whether it leans on the
    market's returns.

    `shortfall(history, max_rows)` says in words why a history cannot take part, None if it can. `plan(panel, hyper,
    max_rows)` is a training from fresh weights or, where a model is given, from its own; it raises TooShort where
    somebody cannot take part. `refit(model, panel, hyper, warm)` is the training of a model on all rows, once it has
    been judged, `warm` the one that it was started from; None where the preset leaves it as it is. `raws(model, panel,
    starts)` is (T - start, out) a ticker, what the bank puts out at each row from its start on, NaN where the weights
    in question have seen the outcome; rows once computed stay the same when rows are added. `outlooks(model, panel,
    raws, before)` turns them into forecasts of the same rows; `before` is a ticker's outlook on the rows before them,
    from which they go on, or None. Many tickers are asked for together, for that is far faster than one by one.
    `judged_from(model)` is the first session (S,) whose forecasts say what a draft is worth: what it was stopped by
    does not. `warm_hyper(hyper)` are the settings of a training that starts from another model's weights, which have
    been over all rows but the newest, and of the refit after it.
    """

    name: str
    horizons: tuple[int, ...]
    reads_market: bool
    hyper: Hyper
    fingerprint: str
    shortfall: Callable[[History, int], str | None]
    plan: Callable[[Panel, Hyper, int, TrainedModel | None], Plan]
    refit: Refit
    raws: Callable[[TrainedModel, Panel, Sequence[int]], tuple[FloatArray, ...]]
    outlooks: Outlooks
    warm_hyper: Callable[[Hyper], Hyper]
    judged_from: Callable[[TrainedModel], DateArray] = lambda model: model.unseen_from

    def raw(self, model: TrainedModel, listed: Listed, start: int) -> FloatArray:
        """What the bank puts out for one ticker."""
        return self.raws(model, (listed,), (start,))[0]

    def outlook(self, model: TrainedModel, listed: Listed, raw: FloatArray) -> Outlook:
        """The forecast for one ticker."""
        return self.outlooks(model, (listed,), (raw,))[0]


def rows_for_bands(unseen: int) -> int:
    """How many of the forecasts for sessions a draft has not seen make its bands: all before the gate's sessions.

    Where fewer than 60 would remain, all of them do, and there are none left that judge the band.
    """
    return unseen - GATE_SESSIONS if unseen - GATE_SESSIONS >= LEAST_FOR_BANDS else unseen


def fingerprint(name: str, inputs: Sequence[str], formulas: int, window: int, horizons: Sequence[int]) -> str:
    """Sixteen hexadecimal digits that stand for all of this."""
    told = repr((name, tuple(inputs), formulas, window, tuple(horizons), TAUS))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def data_hash(of: Iterable[tuple[str, Sequence[DateArray | FloatArray]]]) -> str:
    """Sixteen hexadecimal digits for what a model was trained on: each symbol with the columns that were read of it."""
    digest = hashlib.sha256()
    for symbol, columns in of:
        digest.update(symbol.encode())
        for column in columns:
            digest.update(column.tobytes())
    return digest.hexdigest()[:16]
