"""A scheduled warm retraining against one from scratch: what it costs, and whether its forecasts are worse for it.

Three times on the sample and five on two indices, 420 sessions apart, each time with other seeds and judged by the 420
sessions after it, which neither has seen: one training's luck is as large as what is looked for, and so is one
stretch's. No worse means that the mean difference in pinball loss is at most 1.64 of its standard errors above zero, as
a one-sided test at 5 % has it.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from engine.adapters.trainer import ProcessTrainer
from engine.core.bars import FloatArray, History
from engine.core.fitting import Hyper
from engine.core.forecast import TAUS, split_heads
from engine.core.models import TrainedModel
from engine.core.panel import Panel, panel
from engine.core.presets import PRESETS
from engine.core.presets.pooled.rows import scale, targets
from tests.benchmarks.bank import fit
from tests.benchmarks.bank_jobs import indices, sample
from tests.benchmarks.table import Figure, show

POOLED = PRESETS["pooled"]
LATER, APART, SURE = 20, 420, 1.64
LISTS = ((sample, 3), (indices, 5))


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, fitted once more on all rows; processor seconds of the trainer and of what is around it."""

    model: TrainedModel
    trainer: float
    around: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A warm retraining and one from scratch of the same rows; (2,) how much worse its pinball loss is, raw, in bands.

    A share of the loss of the other one.
    """

    cold: Trained
    warm: Trained
    worse: FloatArray


async def pairs() -> list[Pair]:
    """All of them, in one trainer that has loaded TensorFlow."""
    found = list[Pair]()
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):  # a thread that waits for others would count
        trainer = ProcessTrainer(Path(folder))
        for histories, times in LISTS:
            whole = histories()
            for number in range(1, times + 1):
                found.append(await _pair(trainer, whole, APART * number, seed=len(found)))
        await trainer.close()
    return found


async def _pair(trainer: ProcessTrainer, whole: Sequence[History], left_out: int, seed: int) -> Pair:
    hyper = replace(POOLED.hyper, seed=seed)
    before, now, after = (_without(whole, rows) for rows in (left_out + LATER, left_out, left_out - APART))
    old = await _trained(trainer, before, hyper)
    cold = await _trained(trainer, now, hyper)
    warm = await _trained(trainer, now, POOLED.warm_hyper(hyper), old.model)
    return Pair(cold, warm, pinball(warm.model, after) / pinball(cold.model, after) - 1)


def _without(whole: Sequence[History], rows: int) -> Panel:
    return panel([each.rows(slice(None, len(each) - rows)) for each in whole], ["XNYS"] * len(whole))


async def _trained(trainer: ProcessTrainer, panel: Panel, hyper: Hyper, start: TrainedModel | None = None) -> Trained:
    """As the product trains, but for the verdict."""
    began = time.thread_time()
    plan = POOLED.plan(panel, hyper, 0, start)
    first = await fit(trainer, plan.job)
    model = plan.finish(first.fitted)
    again = POOLED.refit(model, panel, hyper, start)
    assert again
    second = await fit(trainer, again.job)
    model = again.finish(second.fitted)
    return Trained(model, first.cpu + second.cpu, time.thread_time() - began)


def pinball(model: TrainedModel, whole: Panel) -> FloatArray:
    """(2,) the mean pinball loss of the last 420 sessions, in sigmas: of the raw quantiles, and of the bands."""
    raws = POOLED.raws(model, whole, [len(each) - APART for each in whole])
    losses = []
    for raw, outlook, listed in zip(raws, POOLED.outlooks(model, whole, raws), whole, strict=True):
        bands = outlook.quantiles / scale(listed)[-APART:, :, None]
        came = targets(listed)[-APART:]
        losses.append([_loss(came, quantiles) for quantiles in (split_heads(raw)[0], bands)])
    return np.mean(losses, axis=0)


def _loss(came: FloatArray, quantiles: FloatArray) -> float:
    errors = (came[..., None] - quantiles)[: -max(POOLED.horizons)]
    return float(np.maximum(np.array(TAUS) * errors, (np.array(TAUS) - 1) * errors).mean())


def figures(found: Sequence[Pair]) -> list[Figure]:
    """The costs of all together, and the differences beside their standard error."""
    trainer = [(pair.warm.trainer, pair.cold.trainer) for pair in found]
    whole = [(pair.warm.trainer + pair.warm.around, pair.cold.trainer + pair.cold.around) for pair in found]
    raw, bands = np.array([pair.worse for pair in found]).T
    return [
        _share("a scheduled warm retraining, the trainer's processor time of one from scratch", trainer),
        _share("the same with what the engine computes before and after", whole),
        _no_worse(f"its pinball loss on the {APART} sessions after, against that one's", raw),
        _no_worse("the same of its bands", bands),
    ]


def _share(what: str, seconds: Sequence[tuple[float, float]]) -> Figure:
    warm, cold = np.sum(seconds, axis=0).tolist()
    value = f"{warm / cold:.1%} ({warm / len(seconds):.1f} of {cold / len(seconds):.1f} s)"
    return Figure(what, value, "10 %", warm <= 0.1 * cold)


def _no_worse(what: str, worse: FloatArray) -> Figure:
    mean, error = worse.mean(), worse.std(ddof=1) / np.sqrt(len(worse))
    value = f"{mean:+.3%} (standard error {error:.3%}, {len(worse)} from {worse.min():+.2%} to {worse.max():+.2%})"
    return Figure(what, value, f"0 % + {SURE} standard errors", bool(mean <= SURE * error))


def main() -> None:
    """All of it."""
    show("A warm retraining", figures(asyncio.run(pairs())))


if __name__ == "__main__":
    main()
