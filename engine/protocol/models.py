"""Models: trained and tuned, a card each, and how one of them did on prices it had not seen."""

from datetime import date
from typing import Any, Literal, TypeAlias

from msgspec import Struct

ModelStatus: TypeAlias = Literal["champion", "earlier", "rejected", "withdrawn", "expired", "pruned"]
"""champion: in charge of at least one symbol of the list; earlier: it would take over if that one were withdrawn;
rejected: worse than the champion when it was made; withdrawn: rolled back by a person; expired: too old to forecast;
pruned: so much older that its weights are gone, its record and its forecasts stay."""


class Train(Struct, frozen=True, tag=True):
    """Train a model on these symbols (none: the list): `TrainProgress` as progress, then `Trained`."""

    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    preset: str | None = None
    start: date | None = None
    end: date | None = None


class TrainProgress(Struct, frozen=True, tag=True):
    """One epoch is done; losses are means over the symbols, in scaled units; None where there are no such rows."""

    epoch: int
    epochs: int
    loss: float
    val_loss: float | None
    symbol: str | None = None


class Metrics(Struct, frozen=True):
    """Errors of the next session's log return on sessions the model had not seen: MAE in per cent, MSE in its square.

    Each session weighs the same, and in it each symbol; persistence says that the price stays. None where no session
    was left to judge by.
    """

    mse: float | None = None
    mae: float | None = None
    mse_persistence: float | None = None
    mae_persistence: float | None = None


class Trained(Struct, frozen=True, tag=True):
    """A model is trained, and in charge unless its status is "rejected"; `skipped` says who could not take part."""

    model: int
    preset: str
    symbols: tuple[str, ...]
    seconds: float
    metrics: Metrics
    skipped: dict[str, str] = {}
    status: ModelStatus = "champion"
    reason: str | None = None
    """The verdict of the gate, in words."""
    skill: float | None = None
    """Pinball skill against EWMA quantiles on rows it had not seen; None where there are too few to say."""
    word: Literal["passed", "no skill"] | None = None


class Tune(Struct, frozen=True, tag=True):
    """Try settings on these symbols (none: the list), then train under the best: `TuneProgress` a trial, then `Tuned`.

    Trials are kept: of `trials` in all, those on record are not made again, unless they are to be `reset`.
    """

    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    preset: str | None = None
    trials: int = 30
    reset: bool = False


class TriedSettings(Struct, frozen=True):
    """How a model was built and trained: layers by their sizes, sessions a window, windows a step, Adam's rate."""

    units: tuple[int, ...]
    window: int
    activation: str
    batch: int
    epochs: int
    learning_rate: float


class TuneProgress(Struct, frozen=True, tag=True):
    """A trial has ended, or was given up before; values are losses on validation rows, None if there is no number."""

    trial: int
    trials: int
    state: Literal["done", "pruned", "diverged"]
    value: float | None
    best: float | None
    settings: TriedSettings


class Tuned(Struct, frozen=True, tag=True):
    """The best settings of `trials`, and the model trained under them, which had to pass as any other does.

    `value_before` is what the settings in use came to; None if they came to no number.
    """

    trials: int
    value: float
    value_before: float | None
    settings: TriedSettings
    model: Trained


class GetModels(Struct, frozen=True, tag=True):
    """The models that know a symbol of the list shown (or of these). Answered by `Models`, newest first.

    With a `symbol` there is the plot of one model on it: of `model`, or of the one in charge of it.
    """

    symbol: str | None = None
    model: int | None = None
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None


class ModelMetrics(Struct, frozen=True):
    """What a model was worth before its final fit, on `rows` forecasts for sessions it had not seen; horizon 1.

    All of log returns, so that symbols can be pooled: `mse` in per cent squared and `mae` in per cent, each session and
    in it each symbol with the same weight, beside those of persistence, which says that the price stays; `mase` the
    quotient of the two MAE, on the same rows, shown as rMAE; `skill_mse` against persistence with its Diebold-Mariano
    p-value; `pinball` in EWMA sigmas beside that of EWMA quantiles, `pinball_skill` the share saved, with its p-value;
    `coverage90` of the 90 % band. `band_rows` rows judge the band: those that did not make it. None where there are too
    few rows to say, or where an older version of Whipsaw measured something else.
    """

    rows: int
    mse: float | None = None
    mae: float | None = None
    mse_persistence: float | None = None
    mae_persistence: float | None = None
    mase: float | None = None
    skill_mse: float | None = None
    dm_p: float | None = None
    pinball: float | None = None
    pinball_ewma: float | None = None
    pinball_skill: float | None = None
    pinball_p: float | None = None
    coverage90: float | None = None
    band_rows: int = 0


class ModelCard(Struct, frozen=True):
    """One model of the registry; None where an older version of Whipsaw did not record it.

    `losses` and `val_losses` are an epoch each, means over the bank's members, in the units of its targets.
    """

    id: int
    preset: str
    status: ModelStatus
    symbols: tuple[str, ...]
    trained_from: date
    trained_to: date
    age_sessions: int
    expires_in: int
    """Sessions until it gives no forecast any more; 0 where it has expired."""
    seed: int
    data_hash: str
    fingerprint: str
    """Names the preset's inputs and targets: weights of another one cannot be used."""
    made_at: float | None = None
    """Seconds since the epoch."""
    rows: int | None = None
    """Rows of all its symbols together."""
    seconds: float | None = None
    """How long its training took."""
    losses: tuple[float, ...] = ()
    val_losses: tuple[float | None, ...] = ()
    metrics: ModelMetrics | None = None
    word: Literal["passed", "no skill"] | None = None
    """Whether it has significant pinball or MSE skill; None where nobody has said."""
    warm_from: int | None = None
    """The model whose weights it started from; None: from scratch."""
    trials: int | None = None
    """How many settings were tried to find its own; None: they were not searched for."""
    reason: str | None = None
    """The verdict of the gate, or why it was withdrawn or cannot be used, in words."""
    usable: bool = True
    """Whether its weights are there, whole, and of this version's fingerprint."""
    evaluation: dict[str, Any] | None = None
    """The last `evaluate` of its preset on its symbols, as `whipsaw evaluate --json` gives it."""


class ModelPlot(Struct, frozen=True):
    """What one model, before its final fit, forecast for sessions it had not seen, and what came; in prices.

    All aligned with `sessions`, the sessions forecast, oldest first; split-adjusted as of the last one.
    """

    model: int
    symbol: str
    sessions: tuple[date, ...]
    actual: tuple[float, ...]
    predicted: tuple[float | None, ...]
    q05: tuple[float | None, ...]
    q95: tuple[float | None, ...]


class Models(Struct, frozen=True, tag=True):
    """The models of a list, newest first, and the plot of the one asked for; `why` says why there is no plot."""

    models: tuple[ModelCard, ...]
    plot: ModelPlot | None = None
    why: str | None = None


class RollBack(Struct, frozen=True, tag=True):
    """Withdraw a model in charge (none named: the newest of the list): the one before it takes over.

    Answered by `RolledBack`; refused where there is none before it.
    """

    model: int | None = None
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None


class RolledBack(Struct, frozen=True, tag=True):
    """A model was withdrawn, and that one speaks instead."""

    withdrawn: int
    model: int
    words: str
