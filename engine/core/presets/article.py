"""The `article` preset: the how-to's own model, one LSTM a ticker on scaled closes, without the how-to's four faults.

The scale is fitted on training rows only; T rows give T - window pairs and one live window; a forecast carries its
sessions; the test block is looked at once, for the figures that are shown. The band comes from errors on validation and
test rows, neither of which the weights have seen, but for the newest sessions, on which a new model is compared with
the one in charge; its middle comes from how the price forecast moves, not from where it stands.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from engine.core.bars import DateArray, FloatArray, History, as_date, log_returns, split_factor
from engine.core.conformal import Band, Said, bands, ladder
from engine.core.fitting import FitJob, Fitted, Hyper, IntArray, stacked
from engine.core.forecast import TAUS, Outlook
from engine.core.lstm import forward
from engine.core.models import ModelRecord, TrainedModel
from engine.core.panel import Listed, Panel
from engine.core.presets.preset import Before, Plan, Preset, data_hash, fingerprint, rows_for_bands
from engine.core.volatility import ewma_sigma
from engine.core.windows import Split, split, windows
from engine.errors import TooShort

NAME = "article"
MAX_ROWS = 756
MIN_ROWS = 120
HORIZON = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Member:
    """One ticker's part of the job: its last rows, its scale, and where its blocks end."""

    history: History
    level: FloatArray
    scaled: FloatArray
    low: float
    high: float
    blocks: Split
    window: int

    @property
    def unseen(self) -> int:
        """The first row whose forecast is for a session that the weights have not seen."""
        return self.window - 1 + self.blocks.train

    @property
    def train(self) -> IntArray:
        """The rows at which training windows end."""
        return np.arange(self.window - 1, self.unseen)

    @property
    def validation(self) -> IntArray:
        """The rows at which validation windows end."""
        return np.arange(self.unseen, self.unseen + self.blocks.validation)


def shortfall(history: History, max_rows: int = MAX_ROWS) -> str | None:
    """Why a history cannot take part in training, in words; None if it can."""
    if len(history) < MIN_ROWS:
        return f"{len(history)} rows, the model needs {MIN_ROWS}"
    member = _member(history, max_rows, Hyper().window)
    return None if member.high > member.low else "its price never changes over the training rows"


def plan(panel: Panel, hyper: Hyper, max_rows: int = MAX_ROWS, warm: TrainedModel | None = None) -> Plan:
    """The training of these tickers, each by itself. Raises TooShort if any of them cannot take part."""
    for listed in panel:
        if why := shortfall(listed.history, max_rows):
            raise TooShort(f"{listed.symbol}: {why}")
    members = tuple(_member(listed.history, max_rows, hyper.window) for listed in panel)
    job = FitJob(
        x=stacked([member.scaled.astype(np.float32) for member in members])[..., None],
        y=stacked([np.append(member.scaled[1:], np.nan).astype(np.float32) for member in members])[..., None],
        train=stacked([member.train for member in members]),
        rows_train=np.array([len(member.train) for member in members]),
        val=stacked([member.validation for member in members]),
        rows_val=np.array([len(member.validation) for member in members]),
        seeds=np.array([zlib.crc32(member.history.symbol.encode()) for member in members]),
        hyper=hyper,
        start=warm.draft if warm else None,
    )
    return Plan(job, partial(_finish, members, hyper), _unseen_from(members))


def _finish(members: Sequence[_Member], hyper: Hyper, fitted: Fitted) -> TrainedModel:
    """The trained bank with its bands."""
    draft = TrainedModel(
        record=ModelRecord(
            id=0,
            preset=NAME,
            symbols=tuple(member.history.symbol for member in members),
            trained_from=min(as_date(member.history.sessions[0]) for member in members),
            trained_to=max(as_date(member.history.sessions[-1]) for member in members),
            data_hash=data_hash((each.history.symbol, (each.history.sessions, each.level)) for each in members),
            seed=hyper.seed,
        ),
        weights=fitted.weights,
        draft=fitted.weights,
        scale={
            "low": np.array([member.low for member in members]),
            "high": np.array([member.high for member in members]),
            "window": np.array([float(hyper.window)]),
        },
        offsets=np.empty((0,)),
        unseen_from=_unseen_from(members),
    )
    offsets = [_offsets(member, predicted_mean(predicted_level(draft, member.history))) for member in members]
    return draft.completed(np.array(offsets))


def _unseen_from(members: Sequence[_Member]) -> DateArray:
    return np.array([member.history.sessions[member.unseen] for member in members])


def outlooks(
    model: TrainedModel, panel: Panel, raws: Sequence[FloatArray], before: Before = None
) -> tuple[Outlook, ...]:
    """The forecasts for the next session from the means (R, 1) of each ticker's last rows."""
    said = [
        _said(model, listed, raw[:, 0], earlier)
        for listed, raw, earlier in zip(panel, raws, before or [None] * len(panel), strict=True)
    ]
    return tuple(
        Outlook((HORIZON,), raw[:, 0], band.quantiles, band.shares)
        for raw, band in zip(raws, bands(said, (HORIZON,)), strict=True)
    )


def _said(model: TrainedModel, listed: Listed, mean: FloatArray, before: Outlook | None) -> Said:
    """The mean stands for every quantile: it is the errors that tell them apart."""
    returns, member = listed.returns, model.record.symbols.index(listed.symbol)
    start = len(listed) - len(mean)
    trained = np.datetime64(model.record.trained_to, "D")
    return Said(
        quantiles=np.broadcast_to(mean[:, None, None], (len(mean), 1, len(TAUS))),
        scale=ewma_sigma(returns)[start:, None],
        returns=returns,
        ladder=model.offsets[member],
        calibrated=int(np.searchsorted(listed.history.sessions[start:], trained, side="right")),
        before=Band(before.quantiles, before.shares) if before else None,
    )


def predicted_mean(level: FloatArray) -> FloatArray:
    """(T,) log return forecast at each row for the session after it, from the price forecasts (T,).

    m(t) = ln(f(t) / f(t-1)), with f(t) the price forecast at t: the price model errs by much the same tomorrow as it
    did today, far more than a price moves in a day, so today's error is taken out. NaN where either price is unknown or
    not above zero.
    """
    mean = np.full(len(level), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean[1:] = np.diff(np.log(level))
    return np.where(np.isfinite(mean), mean, np.nan)


def predicted_level(model: TrainedModel, history: History, start: int = 0) -> FloatArray:
    """(T,) the price forecast at each row from `start` on for the session after it; NaN for sessions it has seen.

    Prices are read and given as of `trained_to`, so that a later split changes neither the input's scale nor the
    forecast.
    """
    member, window = model.record.symbols.index(history.symbol), int(model.scale["window"][0])
    predicted = np.full(len(history), np.nan)
    first = max(int(np.searchsorted(history.sessions, model.unseen_from[member])), window - 1, start)
    if first < len(history):
        level = _levels(history, model)[first - window + 1 :]
        low, high = model.scale["low"][member], model.scale["high"][member]
        inputs = windows((level - low) / (high - low), window)[None, :, :, None]
        output = forward(model.weights.member([member]), inputs)[0, :, 0].astype(np.float64)
        predicted[first:] = low + output * (high - low)
    return predicted


def _raws(model: TrainedModel, panel: Panel, starts: Sequence[int]) -> tuple[FloatArray, ...]:
    """(T - start, 1) the means; the price forecast of the row before the start is needed too."""
    told = zip(panel, starts, strict=True)
    return tuple(
        predicted_mean(predicted_level(model, listed.history, max(start - 1, 0)))[start:, None]
        for listed, start in told
    )


def _as_it_is(_model: TrainedModel, _panel: Panel, _hyper: Hyper, _warm: TrainedModel | None = None) -> None:
    """The how-to's model is used as trained: it is not fitted once more on all rows."""


def warm_hyper(hyper: Hyper) -> Hyper:
    """A tenth of the epochs."""
    return replace(hyper, epochs=max(hyper.epochs // 10, 1))


HYPER = Hyper()

PRESET = Preset(
    name=NAME,
    horizons=(HORIZON,),
    reads_market=False,
    hyper=HYPER,
    fingerprint=fingerprint(NAME, ("close",), 1, HYPER.window, (HORIZON,)),
    shortfall=shortfall,
    plan=plan,
    refit=_as_it_is,
    raws=_raws,
    outlooks=outlooks,
    warm_hyper=warm_hyper,
)


def _levels(history: History, model: TrainedModel) -> FloatArray:
    return history.close * split_factor(history, model.record.trained_to)


def _member(history: History, max_rows: int, window: int) -> _Member:
    last = history.rows(slice(max(len(history) - max_rows, 0), None))
    level = last.close * split_factor(last, as_date(last.sessions[-1]))
    blocks = split(len(level) - window)
    training = level[: window + blocks.train]
    low, high = float(training.min()), float(training.max())
    scale = high - low if high > low else 1.0
    return _Member(last, level, (level - low) / scale, low, high, blocks, window)


def _offsets(member: _Member, mean: FloatArray) -> FloatArray:
    """(1, 5, 199) the ladder of errors in sigmas before the gate's sessions, the same for every quantile."""
    returns = log_returns(member.history)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = (returns[1:] - mean[:-1]) / ewma_sigma(returns)[:-1]
    errors = errors[np.isfinite(errors)]
    steps = ladder(errors[: rows_for_bands(len(errors))])
    return np.broadcast_to(steps, (1, len(TAUS), len(steps)))
