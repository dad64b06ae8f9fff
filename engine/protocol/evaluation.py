"""What an evaluation found: figures of a preset and of its baselines, by horizon and by symbol, and the gate's word."""

from datetime import date
from typing import Literal

import msgspec
from msgspec import Struct


class Evaluate(Struct, frozen=True, tag=True):
    """Walk a preset (None: the one in use) forward through history: a `Note` a fold as progress, then `Evaluated`.

    No symbols: the list. `refit` sessions lie between two trainings, `train` sessions in the training block (None: all
    before, or five years where that would take too long), of at most `folds` folds.
    """

    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    preset: str | None = None
    start: date | None = None
    end: date | None = None
    refit: int = 504
    train: int | Literal["expanding"] | None = None
    folds: int = 10


class Figures(Struct, frozen=True, kw_only=True):
    """One forecaster on rows it has not seen; None where it gives no such forecast.

    `mae` and `width90` are in per cent of log return, `mse` in per cent squared, `pinball` in EWMA sigmas; `mase` is in
    mean absolute returns of the training rows. Skill is the share of the baseline's loss that is saved: MSE against
    persistence, pinball against EWMA quantiles and GARCH-t; `dm_p`, `pinball_p_ewma` and `pinball_p_garch` are
    two-sided Diebold-Mariano p-values. `after_shock`: made in the 20 sessions after a move beyond 4 sigmas. `direction`
    is the share of signs that were right, `direction_low` and `direction_high` its 95 % interval.
    """

    rows: int
    mse: float | None
    mae: float | None
    mase: float | None
    skill_mse: float | None
    dm_p: float | None
    pinball: float | None
    pinball_skill_ewma: float | None
    pinball_p_ewma: float | None
    pinball_skill_garch: float | None
    pinball_p_garch: float | None
    coverage90: float | None
    coverage90_after_shock: float | None
    width90: float | None
    width90_after_shock: float | None
    direction: float | None
    direction_low: float | None
    direction_high: float | None


class SymbolFigures(Figures, frozen=True, kw_only=True):
    """The same of one symbol, with the mean's errors in its own prices, split-adjusted."""

    mse_price: float | None
    mae_price: float | None


class Judged(Struct, frozen=True):
    """A baseline: `pooled` over all symbols one session ahead, `horizons` further ahead, in sessions."""

    pooled: Figures
    horizons: dict[str, Figures]


class FoldBlocks(Struct, frozen=True, kw_only=True):
    """One fold: first and last day of each block, the forecasts tested, and their pinball skill against EWMA.

    The baselines learn from these blocks. A preset is trained on all of them but the test block, and cuts what it
    validates and calibrates on from them as it does live.
    """

    fold: int
    train: tuple[date, date]
    validation: tuple[date, date]
    calibration: tuple[date, date]
    test: tuple[date, date]
    rows: int
    pinball_skill_ewma: float | None


class Drawn(Struct, frozen=True, kw_only=True):
    """The newest forecasts of one symbol beside what came: prices of each target session, `low` and `high` of 90 %."""

    symbol: str
    sessions: tuple[date, ...]
    actual: tuple[float, ...]
    predicted: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class Evaluated(Struct, frozen=True, tag=True, kw_only=True):
    """What a preset is worth on sessions it has not seen, from the first forecast made to the last target.

    `pooled` is over all symbols one session ahead. `gate` says "passed" where its pinball loss or squared error is
    significantly (5 %, two looks) below the baseline's. `skipped` says per symbol why it could not take part.
    """

    preset: str
    blocks: tuple[FoldBlocks, ...]
    start: date = msgspec.field(name="from")
    end: date = msgspec.field(name="to")
    symbols: tuple[str, ...]
    pooled: Figures
    horizons: dict[str, Figures]
    baselines: dict[str, Judged]
    per_symbol: dict[str, SymbolFigures]
    gate: Literal["passed", "no skill"]
    skipped: dict[str, str]
    seconds: float
    drawn: tuple[Drawn, ...]
