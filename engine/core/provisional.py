"""Bars of running sessions, scored as if they closed now, against what the last close calibrated.

The market comes first here too: where the tickers that are quoted move together as rarely as its threshold says, that
is one alarm of the list, and what its tickers do waits for the close, which tells what was their own. Kinds that score
a ticker's own part need not wait, where enough of the list is quoted to say what it has done so far.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TypeAlias

import numpy as np

from engine.core.bars import History, as_date, log_returns
from engine.core.detect import KINDS
from engine.core.features import Features
from engine.core.forecast import Outlook
from engine.core.forming import FormingBar
from engine.core.grown import Grown
from engine.core.index import middle
from engine.core.judge import NOTHING, Judgement, verdicts
from engine.core.market import STRETCH, Market, market_of
from engine.core.panel import Listed
from engine.core.pool import SESSIONS_A_YEAR
from engine.core.scored import Scored
from engine.core.stream import SHOWN, Kept, forming

_LOOKED_BACK = 2 * SESSIONS_A_YEAR
"""Rows of a market that are kept: what is usual of it, and its EWMA volatility to nine digits."""


@dataclass(frozen=True, slots=True, eq=False)
class TickerClose:
    """How a ticker's last close was judged, and the bars it was judged by."""

    judged: Judgement
    history: History


@dataclass(frozen=True, slots=True, eq=False)
class MarketClose:
    """How a list's last close was judged as a whole, by what its `members` did; no market where they are too few."""

    judged: Judgement
    market: Market | None
    members: frozenset[str]


Ground: TypeAlias = tuple[Kept, Judgement]
"""What a ticker's forming bar stands on: its newest rows, and how its last close was judged."""


def ground(close: TickerClose) -> Ground:
    """The rows that a next one looks back upon, and the evidence of it."""
    scored, judged = close.judged.scored, close.judged
    assert scored is not None  # noqa: S101 - the callers ask only for what was judged
    seen = scored.features
    first = max(len(seen) - max(seen.windows.lookback, SHOWN), 0)
    recent, tail = seen.rows(first, len(seen)), close.history.rows(slice(first, None))
    blank = np.full(len(recent), np.nan)
    scores = [scored.scores[kind.name][first:] if kind.name in scored.scores else blank for kind in KINDS]
    outlook = Outlook(recent.horizons, recent.mean, recent.ahead)
    table = Grown.of(np.column_stack((recent.table, *scores)), "F")
    listed = Listed(tail, blank, recent.returns, recent.index)
    return Kept(listed, outlook, recent.windows, table), judged


def moved(on: Ground, bar: FormingBar) -> float:
    """A bar's log return so far."""
    last = on[0].listed.history.rows(slice(-1, None))
    return float(log_returns(bar.behind(last))[-1])


def index_now(close: MarketClose, moves: Mapping[str, float]) -> float:
    """What a list's index has done so far, by the log returns of its members by symbol.

    NaN where fewer than half of those that made it on the last close are there: the part of a ticker's move that is its
    own is not known then, and what is scored on it waits.
    """
    quoted = [move for symbol, move in moves.items() if symbol in close.members]
    if close.market is None or 2 * len(quoted) < np.nan_to_num(close.market.tickers[-1]):
        return np.nan
    return float(middle(np.array([quoted]))[0])


def judged_now(
    grounds: Sequence[Ground], bars: Sequence[FormingBar], indices: Sequence[float] | None = None
) -> list[Judgement]:
    """What each kind that does not wait for the close says of each bar; thresholds are those of the last close.

    `indices` are what the list of each has done so far (index_now).
    """
    histories = [bar.behind(kept.listed.history) for (kept, _), bar in zip(grounds, bars, strict=True)]
    formed = forming([kept for kept, _ in grounds], histories, indices)
    return [
        _judgement(judged, Scored(one.features, {}), one.scores)
        for (_, judged), one in zip(grounds, formed, strict=True)
    ]


def _judgement(last: Judgement, scored: Scored, scores: Mapping[str, float]) -> Judgement:
    known = {kind: score for kind, score in scores.items() if kind in last.calibrations and not np.isnan(score)}
    return Judgement(scored, last.calibrations, known, {}, last.word)


def market_now(close: MarketClose, formed: Iterable[Features], session: date) -> Judgement:
    """What the market's kind says of a running session, by the members whose bars of it are `formed`.

    NOTHING where there is no market, or where fewer than half of those that made it on the last close are there.
    """
    newest = [known.rows(len(known) - STRETCH - 1, len(known)) for known in formed if _is_of(known, close, session)]
    if close.market is None or 2 * len(newest) < np.nan_to_num(close.market.tickers[-1]):
        return NOTHING
    today = market_of(newest)
    if today is None:
        return NOTHING
    longer = {
        field.name: np.append(getattr(close.market, field.name)[-_LOOKED_BACK:], getattr(today, field.name)[-1:])
        for field in fields(Market)
    }
    scored = replace(close.market, **longer).scored
    return verdicts(scored, {scored.symbol: close.judged.calibrations})


def _is_of(known: Features, close: MarketClose, session: date) -> bool:
    return known.symbol in close.members and len(known) > STRETCH and as_date(known.sessions[-1]) == session
