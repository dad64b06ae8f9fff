"""The `article` preset: the how-to's own model, one LSTM a ticker on scaled closes, without the how-to's four faults.

The scale is fitted on training rows only; T rows give T - 30 pairs and one live window; a forecast carries its
sessions; the test block is looked at once, for the errors that are shown. The band comes from errors on validation and
test rows, neither of which the weights have seen, and its middle from how the price forecast moves, not from where it
stands.
"""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.bars import FloatArray, History, as_date, log_returns, split_factor
from engine.core.fitting import FitJob, Fitted, Hyper
from engine.core.forecast import band_offsets
from engine.core.lstm import forward
from engine.core.models import Errors, ModelRecord, TrainedModel
from engine.core.volatility import ewma_sigma
from engine.core.windows import Split, split, windows
from engine.errors import TooShort

PRESET = "article"
WINDOW = 30
MAX_ROWS = 756
MIN_ROWS = 120


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One ticker's part of the job: its last rows, its scale, and where its blocks end."""

    history: History
    level: FloatArray
    scaled: FloatArray
    low: float
    high: float
    blocks: Split

    @property
    def unseen(self) -> int:
        """The first row whose forecast is for a session that the weights have not seen."""
        return WINDOW - 1 + self.blocks.train


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A job for the trainer, and what its result will be read with."""

    members: tuple[Member, ...]
    job: FitJob


def shortfall(history: History, max_rows: int = MAX_ROWS) -> str | None:
    """Why a history cannot take part in training, in words; None if it can."""
    if len(history) < MIN_ROWS:
        return f"{len(history)} rows, the model needs {MIN_ROWS}"
    member = _member(history, max_rows)
    return None if member.high > member.low else "its price never changes over the training rows"


def prepare(histories: Sequence[History], hyper: Hyper, max_rows: int = MAX_ROWS) -> Prepared:
    """The training job for these histories, each by itself; every row given may be used, so hand in an as-of view.

    Raises TooShort if any of them cannot take part: ask `shortfall` first.
    """
    for history in histories:
        if why := shortfall(history, max_rows):
            raise TooShort(f"{history.symbol}: {why}")
    members = tuple(_member(history, max_rows) for history in histories)
    train = [_pairs(member, 0, member.blocks.train) for member in members]
    validation = [
        _pairs(member, member.blocks.train, member.blocks.train + member.blocks.validation) for member in members
    ]
    job = FitJob(
        x_train=_stack([x for x, _ in train]),
        y_train=_stack([y for _, y in train]),
        rows_train=np.array([len(x) for x, _ in train]),
        x_val=_stack([x for x, _ in validation]),
        y_val=_stack([y for _, y in validation]),
        rows_val=np.array([len(x) for x, _ in validation]),
        hyper=hyper,
        seeds=np.array([zlib.crc32(member.history.symbol.encode()) for member in members]),
    )
    return Prepared(members, job)


def finish(prepared: Prepared, fitted: Fitted) -> TrainedModel:
    """The trained bank with its bands and its errors, not yet numbered."""
    members, seed = prepared.members, prepared.job.hyper.seed
    draft = TrainedModel(
        record=ModelRecord(
            id=0,
            preset=PRESET,
            symbols=tuple(member.history.symbol for member in members),
            trained_from=min(as_date(member.history.sessions[0]) for member in members),
            trained_to=max(as_date(member.history.sessions[-1]) for member in members),
            errors=Errors(*(0.0,) * 6),
            data_hash=_data_hash(members),
            seed=seed,
        ),
        weights=fitted.weights,
        low=np.array([member.low for member in members]),
        high=np.array([member.high for member in members]),
        offsets=np.zeros((len(members), 5)),
        unseen_from=np.array([member.history.sessions[member.unseen] for member in members]),
    )
    offsets = [_offsets(member, predicted_mean(draft, member.history)) for member in members]
    errors = [_errors(member, predicted_level(draft, member.history)) for member in members]
    return draft.completed(np.array(offsets), Errors(*(float(value) for value in np.mean(errors, axis=0))))


def predicted_mean(model: TrainedModel, history: History, level: FloatArray | None = None) -> FloatArray:
    """(T,) log return forecast at each row for the session after it; NaN where the model has seen either session.

    m(t) = ln(f(t) / f(t-1)), with f(t) the price forecast at t (`level`, where it is known already): the price model
    errs by much the same tomorrow as it did today, far more than a price moves in a day, so today's error is taken out.
    A price not above zero gives NaN.
    """
    level = predicted_level(model, history) if level is None else level
    mean = np.full(len(history), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean[1:] = np.diff(np.log(level))
    return np.where(np.isfinite(mean), mean, np.nan)


def predicted_level(model: TrainedModel, history: History, start: int = 0) -> FloatArray:
    """(T,) the price forecast at each row from `start` on for the session after it; NaN for sessions it has seen.

    Prices are read and given as of `trained_to`, so that a later split changes neither the input's scale nor the
    forecast.
    """
    member = model.record.symbols.index(history.symbol)
    predicted = np.full(len(history), np.nan)
    first = max(int(np.searchsorted(history.sessions, model.unseen_from[member])), WINDOW - 1, start)
    if first < len(history):
        level = _levels(history, model)[first - WINDOW + 1 :]
        low, high = model.low[member], model.high[member]
        inputs = windows((level - low) / (high - low), WINDOW)[None, :, :, None]
        output = forward(model.weights.member([member]), inputs)[0, :, 0].astype(np.float64)
        predicted[first:] = low + output * (high - low)
    return predicted


def _levels(history: History, model: TrainedModel) -> FloatArray:
    return history.close * split_factor(history, model.record.trained_to)


def _member(history: History, max_rows: int) -> Member:
    last = history.rows(slice(max(len(history) - max_rows, 0), None))
    level = last.close * split_factor(last, as_date(last.sessions[-1]))
    blocks = split(len(level) - WINDOW)
    training = level[: WINDOW + blocks.train]
    low, high = float(training.min()), float(training.max())
    scale = high - low if high > low else 1.0
    return Member(last, level, (level - low) / scale, low, high, blocks)


def _pairs(member: Member, start: int, end: int) -> tuple[FloatArray, FloatArray]:
    inputs = windows(member.scaled, WINDOW)[start:end, :, None]
    targets = member.scaled[WINDOW + start : WINDOW + end, None]
    return inputs, targets


def _stack(blocks: Sequence[FloatArray]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    longest = max(len(block) for block in blocks)
    stacked = np.zeros((len(blocks), longest, *blocks[0].shape[1:]), np.float32)
    for member, block in enumerate(blocks):
        stacked[member, : len(block)] = block
    return stacked


def _offsets(member: Member, mean: FloatArray) -> FloatArray:
    returns = log_returns(member.history)
    sigma = ewma_sigma(returns)
    return band_offsets(returns[1:], mean[:-1], sigma[:-1])


def _errors(member: Member, predicted: FloatArray) -> tuple[float, ...]:
    first = WINDOW - 1 + member.blocks.train + member.blocks.validation
    today, tomorrow = member.level[first:-1], member.level[first + 1 :]
    level, before = predicted[first:-1], predicted[first - 1 : -2]
    misses = [tomorrow - forecast for forecast in (today * level / before, today, level)]
    return tuple(float(value) for miss in misses for value in (np.mean(miss**2), np.mean(np.abs(miss))))


def _data_hash(members: Sequence[Member]) -> str:
    digest = hashlib.sha256()
    for member in members:
        digest.update(member.history.symbol.encode())
        digest.update(member.history.sessions.tobytes())
        digest.update(member.level.tobytes())
    return digest.hexdigest()[:16]
