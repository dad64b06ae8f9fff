"""What the pooled network says of each ticker: its output in sigmas, then quantiles of log returns with their bands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.bars import FloatArray
from engine.core.conformal import Band, Said, bands, standing
from engine.core.forecast import TAUS, Outlook, heads
from engine.core.inputs import inputs, memory, standardised
from engine.core.lstm import Weights, forward
from engine.core.models import TrainedModel
from engine.core.panel import Listed, Panel
from engine.core.presets.pooled.rows import HORIZONS
from engine.core.presets.preset import Before
from engine.core.slopes import stretched
from engine.core.volatility import newest_sigmas

ROWS_AT_ONCE = 16_384
"""Rows whose windows are made at a time, so that memory does not grow with the list."""


def raws(model: TrainedModel, panel: Panel, starts: Sequence[int]) -> tuple[FloatArray, ...]:
    """(T - start, 16) a ticker: what the network puts out at each row from its start on, in EWMA sigmas a horizon.

    Up to `trained_to` the draft speaks, from `unseen_from` on; at the close of `trained_to` and later the weights do.
    NaN before, and where a window has a row without inputs.
    """
    said = tuple(
        np.full((len(listed) - start, heads(len(HORIZONS))), np.nan)
        for listed, start in zip(panel, starts, strict=True)
    )
    firsts = [max(_unseen(model, listed), start) for listed, start in zip(panel, starts, strict=True)]
    for chosen in _in_parts([len(listed) - first for listed, first in zip(panel, firsts, strict=True)]):
        told = _spoken(model, [panel[at] for at in chosen], [firsts[at] for at in chosen])
        for at, values in zip(chosen, told, strict=True):
            said[at][len(said[at]) - len(values) :] = values
    return said


def outlooks(
    model: TrainedModel, panel: Panel, raws: Sequence[FloatArray], before: Before = None
) -> tuple[Outlook, ...]:
    """The forecasts for 1, 5 and 10 sessions ahead from the raw output (R, 16) of each ticker's last rows."""
    ladder = model.offsets[0]  # the very same for all, so that it is looked up once
    counts = [len(raw) for raw in raws]
    returns = [listed.returns[memory(listed, len(listed) - rows) :] for listed, rows in zip(panel, counts, strict=True)]
    told = zip(panel, raws, before or [None] * len(panel), newest_sigmas(returns, counts), strict=True)
    calibrated_to = model.scale["calibrated_to"].astype("datetime64[D]")[0]
    said = [_said(*each, calibrated_to=calibrated_to, ladder=ladder) for each in told]
    return tuple(
        Outlook(HORIZONS, raw[:, -1] * one.scale[:, 0], band.quantiles, band.shares)
        for one, raw, band in zip(said, raws, bands(said, HORIZONS), strict=True)
    )


def _said(
    listed: Listed,
    raw: FloatArray,
    before: Outlook | None,
    sigma: FloatArray,
    *,
    calibrated_to: np.datetime64,
    ladder: FloatArray,
) -> Said:
    """What was said of the rows that have raw output."""
    start, spread = len(listed) - len(raw), sigma[:, None] * standing(HORIZONS)
    sessions = listed.history.sessions[start:]
    return Said(
        quantiles=raw[:, :-1].reshape(len(raw), len(HORIZONS), len(TAUS)) * spread[..., None],
        scale=spread,
        returns=listed.returns[max(start - max(HORIZONS), 0) :],
        ladder=ladder,
        calibrated=int(np.searchsorted(sessions, calibrated_to, side="right")),
        before=Band(before.quantiles, before.shares) if before else None,
    )


def _unseen(model: TrainedModel, listed: Listed) -> int:
    """The first row whose outcome the draft has not seen."""
    return int(np.searchsorted(listed.history.sessions, model.unseen_from[0]))


def _in_parts(counts: Sequence[int]) -> Iterator[list[int]]:
    """The tickers that have rows to be computed, some thousand rows at a time."""
    part, rows = list[int](), 0
    for ticker, count in enumerate(counts):
        if count > 0:
            part.append(ticker)
            rows += count
        if rows >= ROWS_AT_ONCE:
            yield part
            part, rows = [], 0
    if part:
        yield part


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """Standardised inputs (R, F) of some tickers below each other, and where in them windows end.

    `ends` (N,) are ordered by ticker, `late` (N,) says at which of them the weights speak, `counts` how many of them
    each ticker has.
    """

    scaled: FloatArray
    ends: npt.NDArray[np.intp]
    late: npt.NDArray[np.bool_]
    counts: list[int]


def _spoken(model: TrainedModel, panel: Sequence[Listed], firsts: Sequence[int]) -> list[FloatArray]:
    """(R, 16) a ticker: the rows from its first on, but for those that have no whole window before them."""
    heard = _heard(model, panel, firsts)
    output = np.empty((len(heard.ends), heads(len(HORIZONS))))
    back = np.arange(1 - _window(model), 1)
    narrow = heard.scaled.astype(np.float32)  # as the network computes
    for speaker, chosen in ((model.as_draft(), ~heard.late), (model, heard.late)):
        ends = heard.ends[chosen]
        given = stretched(heard.scaled[ends], speaker.scale["slopes"], speaker.scale["base"])
        output[chosen] = _quantiles(_mean_of_members(speaker.weights, narrow[ends[:, None] + back]), given)
    return np.split(output, np.cumsum(heard.counts)[:-1])


def _heard(model: TrainedModel, panel: Sequence[Listed], firsts: Sequence[int]) -> _Heard:
    window, trained_to = _window(model), np.datetime64(model.record.trained_to, "D")
    opens = [max(first - window + 1, 0) for first in firsts]  # the oldest row of the first window
    begins = [memory(listed, first) for listed, first in zip(panel, opens, strict=True)]
    tails = [listed.rows(slice(begin, None)) for listed, begin in zip(panel, begins, strict=True)]
    known = inputs(tails, [first - begin for first, begin in zip(opens, begins, strict=True)])
    ends, late, at = [], [], 0
    for listed, values, first in zip(panel, known, opens, strict=True):
        ends.append(np.arange(at + window - 1, at + len(values)))
        late.append(listed.history.sessions[first + window - 1 :] >= trained_to)
        at += len(values)
    return _Heard(
        scaled=standardised(np.concatenate(known), model.scale["mean"], model.scale["deviation"]),
        ends=np.concatenate(ends),
        late=np.concatenate(late),
        counts=[len(each) for each in ends],
    )


def _window(model: TrainedModel) -> int:
    return int(model.scale["window"][0])


def _mean_of_members(weights: Weights, windows: npt.NDArray[np.float32]) -> FloatArray:
    return np.asarray(forward(weights, windows[None]).astype(np.float64).mean(axis=0))


def _quantiles(output: FloatArray, given: FloatArray) -> FloatArray:
    """(N, 16) as split_heads reads them: given (N, H, 5) times the network's factors, and its mean (N, H + 1)."""
    quantiles = given * np.exp(output[:, :-1])[..., None]
    return np.concatenate((quantiles.reshape(len(output), given.shape[1] * given.shape[2]), output[:, -1:]), axis=1)
