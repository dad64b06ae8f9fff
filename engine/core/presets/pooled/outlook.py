"""What the pooled network says of each ticker: its output in sigmas, then quantiles of log returns with their bands."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.core.bars import FloatArray, log_returns
from engine.core.conformal import Said, bands
from engine.core.forecast import TAUS, Outlook, heads
from engine.core.inputs import MEMORY, inputs, standardised
from engine.core.lstm import Weights, forward
from engine.core.models import TrainedModel
from engine.core.panel import Listed, Panel
from engine.core.presets.pooled.rows import HORIZONS, scale
from engine.core.slopes import stretched

ROWS_AT_ONCE = 16_384
"""Rows whose windows are made at a time, so that memory does not grow with the list."""


def raws(model: TrainedModel, panel: Panel, starts: Sequence[int]) -> tuple[FloatArray, ...]:
    """(T, 16) a ticker: what the network puts out at each row from its start on, in EWMA sigmas over the horizon.

    Up to `trained_to` the draft speaks, from `unseen_from` on; at the close of `trained_to` and later the weights do.
    NaN before, and where a window has a row without inputs.
    """
    said = tuple(np.full((len(listed), heads(len(HORIZONS))), np.nan) for listed in panel)
    firsts = [_first(model, listed, start) for listed, start in zip(panel, starts, strict=True)]
    for chosen in _in_parts([len(listed) - first for listed, first in zip(panel, firsts, strict=True)]):
        _speak(model, [panel[at] for at in chosen], [firsts[at] for at in chosen], [said[at] for at in chosen])
    return said


def outlooks(model: TrainedModel, panel: Panel, raws: Sequence[FloatArray]) -> tuple[Outlook, ...]:
    """The forecasts for 1, 5 and 10 sessions ahead from the raw output (T, 16) of each ticker."""
    ladder = model.offsets[0]  # the very same for all, so that it is looked up once
    firsts = [_first(model, listed, 0) for listed in panel]
    heard = [_said(model, *each, ladder) for each in zip(panel, raws, firsts, strict=True)]
    corrected = bands([said for said, _ in heard], HORIZONS)
    return tuple(
        Outlook(HORIZONS, _after(first, mean), _after(first, quantiles))
        for first, (_, mean), quantiles in zip(firsts, heard, corrected, strict=True)
    )


def _said(
    model: TrainedModel, listed: Listed, raw: FloatArray, first: int, ladder: FloatArray
) -> tuple[Said, FloatArray]:
    """What was said from a row on, and the mean."""
    sessions, spread, raw = listed.history.sessions[first:], scale(listed)[first:], raw[first:]
    said = Said(
        quantiles=raw[:, :-1].reshape(len(raw), len(HORIZONS), len(TAUS)) * spread[..., None],
        scale=spread,
        returns=log_returns(listed.history)[first:],
        ladder=ladder,
        calibrated=int(
            np.searchsorted(sessions, model.scale["calibrated_to"].astype("datetime64[D]")[0], side="right")
        ),
    )
    return said, raw[:, -1] * spread[:, 0]


def _after(first: int, values: FloatArray) -> FloatArray:
    """The same behind so many rows of NaN."""
    whole = np.full((first + len(values), *values.shape[1:]), np.nan)
    whole[first:] = values
    return whole


def _first(model: TrainedModel, listed: Listed, start: int) -> int:
    return max(int(np.searchsorted(listed.history.sessions, model.unseen_from[0])), start)


def _in_parts(counts: Sequence[int]) -> Iterator[list[int]]:
    """The tickers that have rows to be computed, some thousand rows at a time."""
    part: list[int] = []
    for ticker, count in enumerate(counts):
        if count > 0:
            part.append(ticker)
        if part and sum(counts[at] for at in part) >= ROWS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _speak(model: TrainedModel, panel: Sequence[Listed], firsts: Sequence[int], into: Sequence[FloatArray]) -> None:
    window, trained_to = int(model.scale["window"][0]), np.datetime64(model.record.trained_to, "D")
    begins = [max(first - window + 1 - MEMORY, 0) for first in firsts]
    known = inputs([listed.rows(slice(begin, None)) for listed, begin in zip(panel, begins, strict=True)])
    seen, late, places = [], [], []
    for listed, values, begin, first in zip(panel, known, begins, firsts, strict=True):
        rows = np.arange(max(first, begin + window - 1), len(listed))
        scaled = standardised(values, model.scale["mean"], model.scale["deviation"])
        if len(rows):
            seen.append(sliding_window_view(scaled, window, axis=0)[rows - begin - window + 1].swapaxes(1, 2))
        late.append(listed.history.sessions[rows] >= trained_to)
        places.append(rows)
    if not seen:
        return
    windows, new = np.concatenate(seen), np.concatenate(late)
    output = np.empty((len(windows), heads(len(HORIZONS))))
    for speaker, chosen in ((model.as_draft(), ~new), (model, new)):
        given = stretched(windows[chosen, -1], speaker.scale["slopes"], speaker.scale["base"])
        output[chosen] = _quantiles(_mean_of_members(speaker.weights, windows[chosen]), given)
    ends = np.cumsum([len(rows) for rows in places])
    for values, rows, end in zip(into, places, ends, strict=True):
        values[rows] = output[end - len(rows) : end]


def _mean_of_members(weights: Weights, windows: FloatArray) -> FloatArray:
    return np.asarray(forward(weights, windows[None]).astype(np.float64).mean(axis=0))


def _quantiles(output: FloatArray, given: FloatArray) -> FloatArray:
    """(N, 16) as split_heads reads them: given (N, H, 5) times the network's factors, and its mean (N, H + 1)."""
    quantiles = given * np.exp(output[:, :-1])[..., None]
    return np.concatenate((quantiles.reshape(len(output), given.shape[1] * given.shape[2]), output[:, -1:]), axis=1)
