"""How the pooled network is trained, and trained once more on all rows when it has been judged."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray, FloatArray, History, as_date
from engine.core.conformal import ladder
from engine.core.fitting import FitJob, Fitted, Hyper
from engine.core.forecast import TAUS, split_heads
from engine.core.inputs import BOUND, scaler, standardised
from engine.core.lstm import Weights
from engine.core.models import ModelRecord, TrainedModel
from engine.core.panel import Panel
from engine.core.presets.pooled.blocks import MIN_ROWS, Blocks, cut
from engine.core.presets.pooled.outlook import raws
from engine.core.presets.pooled.rows import Rows, stack
from engine.core.presets.preset import Plan, data_hash
from engine.core.slopes import slopes, stretched
from engine.errors import TooShort

NAME = "pooled"
VERSION = 2
"""Changes whenever the form of the model does, or what its arrays mean."""

SEEDS = 3
REFIT_EPOCHS = 1
"""What the draft knows of what is linear is learnt anew from all rows; more passes of the network changed nothing."""

WARM_ROWS, WARM_SHARE = 4_000, 8
"""Windows that a warm start learns from, drawn from all of its rows, and its refit again; of few rows one in eight."""

HYPER = Hyper(epochs=12, batch=256, learning_rate=3e-4, loss="scales", patience=3)


def shortfall(history: History, _max_rows: int = 0) -> str | None:
    """Why a history cannot take part in training, in words; None if it can. All of its rows are used."""
    if len(history) < MIN_ROWS:
        return f"{len(history)} rows, the model needs {MIN_ROWS}"
    close = history.close[np.isfinite(history.close)]
    if len(close) < MIN_ROWS:
        return f"{len(close)} closes, the model needs {MIN_ROWS}"
    return None if close.min() < close.max() else "its price never changes"


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """The rows of a panel, how they are cut and scaled, and how the network is to learn from them."""

    panel: Panel
    rows: Rows
    blocks: Blocks
    mean: FloatArray
    deviation: FloatArray
    base: FloatArray
    slopes: FloatArray
    hyper: Hyper

    @property
    def seen(self) -> FloatArray:
        """(R, F) the inputs as the network has them."""
        return standardised(self.rows.inputs, self.mean, self.deviation)


def plan(panel: Panel, hyper: Hyper, _max_rows: int = 0, warm: TrainedModel | None = None) -> Plan:
    """The training of one network on all these tickers. Raises TooShort if any of them cannot take part.

    A warm start is from the other model's draft, as its weights have seen rows that are held out here, and on the scale
    that the draft knows its inputs on. The quantiles that are stretched are of these rows: older ones cost loss.
    """
    for listed in panel:
        if why := shortfall(listed.history):
            raise TooShort(f"{listed.symbol}: {why}")
    rows = stack(panel, hyper.window)
    blocks = cut(rows.sessions)
    train = rows.whole & blocks.train(rows.made, rows.until) & np.isfinite(rows.targets).all(axis=1)
    validate = rows.whole & blocks.validate(rows.made, rows.until) & np.isfinite(rows.targets).all(axis=1)
    if not train.any():
        raise TooShort("no row with all inputs is left to train on", do="fetch more history")
    mean, deviation = (warm.scale["mean"], warm.scale["deviation"]) if warm else scaler(rows.inputs[train])
    base = np.quantile(rows.targets[train], TAUS, axis=0).T
    known = standardised(rows.inputs[train], mean, deviation)
    learnt = slopes(known, rows.targets[train], base, warm.as_draft().scale["slopes"] if warm else None)
    task = _Task(panel, rows, blocks, mean, deviation, base, learnt, hyper)
    job = _job(task, replace(hyper, loss="scales"), train, validate, warm.draft if warm else None)
    return Plan(job, partial(_finish, task), np.array([blocks.validation]))


def refit(model: TrainedModel, panel: Panel, hyper: Hyper, warm: TrainedModel | None = None) -> Plan:
    """A few passes over all rows, those held out too, from the draft on; the bands stay as they are.

    After a warm start the draft is moved first by what the other model's own fit on all rows had added to its draft:
    it need not be learnt again.
    """
    rows = stack(panel, int(model.scale["window"][0]))
    mean, deviation, base = (model.scale[name] for name in ("mean", "deviation", "base"))
    known = rows.whole & np.isfinite(rows.targets[:, 0])
    seen = standardised(rows.inputs[known], mean, deviation)
    learnt = slopes(seen, rows.targets[known], base, warm.scale["slopes"] if warm else None)
    task = _Task(panel, rows, cut(rows.sessions), mean, deviation, base, learnt, hyper)
    short = replace(
        hyper,
        units=model.draft.units,
        window=int(model.scale["window"][0]),
        epochs=REFIT_EPOCHS,
        loss="scales",
        patience=0,
    )
    start = model.draft.moved(warm.draft, warm.weights) if warm else model.draft
    job = _job(task, short, known, np.zeros_like(known), start)
    finish = partial(_refitted, model, learnt)
    return Plan(job, finish, np.array([as_date(rows.sessions[-1])], "datetime64[D]"))


def _refitted(model: TrainedModel, learnt: FloatArray, fitted: Fitted) -> TrainedModel:
    return model.refitted(fitted.weights, {"slopes": learnt})


def warm_hyper(hyper: Hyper) -> Hyper:
    """One pass over some rows at a tenth of the rate, and as many for the refit: the rest is known already."""
    return replace(hyper, epochs=1, epoch_rows=WARM_ROWS, learning_rate=hyper.learning_rate / 10, patience=0)


def judged_from(model: TrainedModel) -> DateArray:
    """(1,) the first session of the calibration block: the one before said when to stop."""
    return model.scale["calibrated_from"].astype(np.int64).astype("datetime64[D]")


def _job(
    task: _Task, hyper: Hyper, train: npt.NDArray[np.bool_], validate: npt.NDArray[np.bool_], start: Weights | None
) -> FitJob:
    rows, seen = task.rows, np.nan_to_num(task.seen)
    # what lies beyond 6 sigma says no more to a quantile than that it is beyond, and too much to a mean
    y = np.clip(rows.targets, -BOUND, BOUND)
    given = stretched(seen, task.slopes, task.base).reshape(len(y), -1)
    ends, val = np.flatnonzero(train), np.flatnonzero(validate)
    if hyper.epoch_rows:
        hyper = replace(hyper, epoch_rows=min(hyper.epoch_rows, -(-len(ends) // WARM_SHARE)))
    return FitJob(
        x=seen.astype(np.float32)[None],
        y=np.concatenate((y, given), axis=1).astype(np.float32)[None],
        train=ends[None],
        rows_train=np.array([len(ends)]),
        val=val[None],
        rows_val=np.array([len(val)]),
        seeds=np.arange(SEEDS),
        hyper=hyper,
        start=start,
        prior=np.append(np.zeros(y.shape[1]), np.nanmean(y[ends, 0])).astype(np.float32),
    )


def _finish(task: _Task, fitted: Fitted) -> TrainedModel:
    """The network with its bands."""
    panel, blocks = task.panel, task.blocks
    draft = TrainedModel(
        record=ModelRecord(
            id=0,
            preset=NAME,
            symbols=tuple(listed.symbol for listed in panel),
            trained_from=min(as_date(listed.history.sessions[0]) for listed in panel),
            trained_to=max(as_date(listed.history.sessions[-1]) for listed in panel),
            data_hash=data_hash((listed.symbol, _columns(listed.history)) for listed in panel),
            seed=task.hyper.seed,
        ),
        weights=fitted.weights,
        draft=fitted.weights,
        scale={
            "mean": task.mean,
            "deviation": task.deviation,
            "base": task.base,
            "slopes": task.slopes,
            "window": np.array([float(task.hyper.window)]),
            "calibrated_from": np.array([float(blocks.calibration.astype(np.int64))]),
            "calibrated_to": np.array([float((blocks.gate - np.timedelta64(1, "D")).astype(np.int64))]),
        },
        offsets=np.empty(0),
        unseen_from=np.array([blocks.validation]),
    )
    said = raws(draft, panel, [0] * len(panel))
    return draft.completed(_offsets(task, np.concatenate(said)))


def _offsets(task: _Task, raw: FloatArray) -> FloatArray:
    rows = task.rows
    chosen = rows.whole & task.blocks.calibrate(rows.made, rows.until)
    if not chosen.any():
        raise TooShort("no row with all inputs is left for the bands", do="fetch more history")
    return ladder(rows.targets[chosen][..., None] - split_heads(raw[chosen])[0])[None]


def _columns(of: History) -> tuple[DateArray | FloatArray, ...]:
    return of.sessions, of.open, of.high, of.low, of.close, of.volume
