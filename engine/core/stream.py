"""Features and scores of a list, session after session: only rows that are new or have changed are computed.

A row is made of a bounded stretch of rows before it and of the one just before it (engine.core.series), so that it
costs the same however long the history is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.abreast import WIDTH, Ticker, goes_on, later_rows
from engine.core.bars import FloatArray, History, log_returns
from engine.core.detect import KINDS
from engine.core.features import Features, assembled, features, silent
from engine.core.forecast import TAUS, Outlook
from engine.core.grown import Grown
from engine.core.panel import Listed, same_beside, same_rows
from engine.core.series import Windows

SHOWN = 260
"""Rows of features that come with a bar that is not over yet: what evidence looks back upon."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """One ticker's rows, what was said of them, and a table (T, F + kinds) that grows: series, then a score a kind."""

    listed: Listed
    outlook: Outlook
    windows: Windows
    table: Grown

    def __len__(self) -> int:
        return len(self.table.rows)

    @property
    def features(self) -> Features:
        """The series, as views."""
        return assembled(self.listed.history, self.table.rows[:, :WIDTH], self.listed.index, self.outlook, self.windows)

    @property
    def scores(self) -> dict[str, FloatArray]:
        """Every kind's score of every row, as views."""
        return {kind.name: self.table.rows[:, WIDTH + number] for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True, eq=False)
class Formed:
    """A ticker whose last bar is not over yet: its newest features, and the score of that bar by kind.

    NaN where a kind cannot say, left out where it waits for the close.
    """

    features: Features
    scores: Mapping[str, float]


def follow(
    panel: Sequence[Listed],
    outlooks: Sequence[Outlook | None],
    before: Sequence[Kept | None],
    windows: Windows | None = None,
    same: Sequence[int | None] | None = None,
) -> tuple[Kept, ...]:
    """The features and scores of each ticker, given what was kept of it before, if anything was.

    `same` is how many of its first bars are as they were (engine.core.panel.same_rows), where somebody knows already.
    Comes out as if all rows had been computed at once, within 1e-9.
    """
    windows = windows or Windows()
    said = [outlook or silent(len(listed)) for listed, outlook in zip(panel, outlooks, strict=True)]
    known = [_known(*each, windows) for each in zip(panel, said, before, same or [None] * len(panel), strict=True)]
    tables = _longer({at: each for at, each in enumerate(known) if each}, windows)
    for at, (listed, outlook) in enumerate(zip(panel, said, strict=True)):
        if at not in tables:
            tables[at] = Grown.of(_anew(listed, outlook, windows), "F")
    return tuple(
        Kept(listed, outlook, windows, tables[at]) for at, (listed, outlook) in enumerate(zip(panel, said, strict=True))
    )


def forming(
    kept: Sequence[Kept], histories: Sequence[History], indices: Sequence[float] | None = None
) -> tuple[Formed, ...]:
    """Each ticker as if its newest bar, the one that `histories` have more than was kept, closed as it stands.

    `indices` are what each one's list has done so far, NaN where that is not known: of a ticker that has a list, kinds
    that score its own part cannot say anything then. Comes out as `follow` would have it, within 1e-9, and nothing of
    it is kept. Raises ValueError where a history is not what was kept with one bar more.
    """
    indices = [np.nan] * len(kept) if indices is None else indices
    tickers = {at: _with_bar(*each) for at, each in enumerate(zip(kept, histories, indices, strict=True))}
    rows = {
        at: row
        for windows in {each.windows for each in kept}
        for group in _alike({at: tickers[at] for at, each in enumerate(kept) if each.windows == windows}, windows)
        for at, row in zip(group, later_rows([tickers[at] for at in group], windows)[0], strict=True)
    }
    return tuple(_formed(tickers[at], rows.get(at), each.windows) for at, each in enumerate(kept))


def _known(listed: Listed, outlook: Outlook, before: Kept | None, same: int | None, windows: Windows) -> Ticker | None:
    """What can be gone on from; None where all has to be computed anew."""
    if before is None or before.windows != windows or before.outlook.horizons != outlook.horizons:
        return None
    same = min(same_rows(before.listed, listed) if same is None else same, len(before))
    start = same_beside(before.listed, listed, same)
    one = Ticker(before.table.upto(start), listed.history, listed.returns[start:], listed.index, outlook)
    return one if not len(one.returns) or goes_on(one, windows) else None


def _longer(known: Mapping[int, Ticker], windows: Windows) -> dict[int, Grown]:
    """Each one's table with all its rows."""
    tables = {at: each.table for at, each in known.items()}
    for group in _alike({at: each for at, each in known.items() if len(each.returns)}, windows):
        later = later_rows([known[at] for at in group], windows)
        tables |= {at: known[at].table.with_rows(later[:, number]) for number, at in enumerate(group)}
    return tables


def _alike(known: Mapping[int, Ticker], windows: Windows) -> list[list[int]]:
    """Those that can go on together: as many new rows, of the same horizons."""
    groups: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for at, each in known.items():
        if goes_on(each, windows):
            groups.setdefault((len(each.returns), each.outlook.horizons), []).append(at)
    return list(groups.values())


def _anew(listed: Listed, outlook: Outlook, windows: Windows) -> FloatArray:
    known = features(listed.history, outlook, windows, listed.returns, listed.index)
    return np.column_stack((known.table, *(kind.score(known) for kind in KINDS)))


def _with_bar(kept: Kept, history: History, index: float) -> Ticker:
    end = len(kept)
    if len(history) != end + 1 or (end and history.sessions[end - 1] != kept.listed.history.sessions[-1]):
        raise ValueError(f"{history.symbol}: {len(history)} rows are not the {end} kept and one bar more")
    returns = log_returns(history.rows(slice(max(end - 1, 0), None)))[-1:]
    index = index if np.isfinite(kept.listed.index).any() else np.nan
    return Ticker(kept.table, history, returns, np.append(kept.listed.index, index), kept.outlook)


def _formed(one: Ticker, row: FloatArray | None, windows: Windows) -> Formed:
    """The newest rows and the bar's; those before it were computed anew where `row` is not known."""
    if row is None:
        alone = Listed(one.history, one.index, log_returns(one.history), one.index)
        row = _anew(alone, _waiting(one.outlook, 0), windows)[-1]
    first = max(one.start + 1 - SHOWN, 0)
    table = np.empty((one.start + 1 - first, WIDTH), order="F")
    table[:-1], table[-1] = one.table.rows[first:, :WIDTH], row[:WIDTH]
    history, outlook = one.history.rows(slice(first, None)), _waiting(one.outlook, first)
    known = assembled(history, table, one.index[first:], outlook, windows)
    unknown = known.listed and np.isnan(known.index[-1])
    said = [(at, kind) for at, kind in enumerate(KINDS) if kind.forming and not (unknown and kind.own)]
    return Formed(known, {kind.name: float(row[WIDTH + at]) for at, kind in said})


def _waiting(outlook: Outlook, first: int) -> Outlook:
    """The rows from the first on, and one for a bar of which nothing is said before its close."""
    nothing = np.full((1, len(outlook.horizons), len(TAUS)), np.nan)
    quantiles = np.concatenate((outlook.quantiles[first:], nothing))
    return Outlook(outlook.horizons, np.append(outlook.mean[first:], np.nan), quantiles)
