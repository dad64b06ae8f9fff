"""What alarms cost: a list of 500 judged after a close, and a replay of 20 tickers."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.store import SqliteStore
from engine.core.bars import History
from engine.core.budget import Budget
from engine.core.features import features
from engine.core.market import market_of
from engine.core.market_first import judge_list
from engine.core.models import TrainedModel
from engine.core.presets import PRESETS
from engine.core.scored import Scored, score
from engine.gate import Gate
from engine.services.replay import Replay
from tests.benchmarks.table import Figure, show
from tests.fakes import fitted_at_random
from tests.worlds import history

TICKERS, ROWS, ROUNDS = 500, 1_600, 5
PLAYED, SESSIONS = 20, 1_000
BEFORE = 600


class Untrained:
    """A model with random weights, made in no time: what a replay takes beside its trainings is measured."""

    def shortfall(self, of: History) -> str | None:
        """What its preset says."""
        return PRESETS["pooled"].shortfall(of)

    async def fit(self, histories: Sequence[History], say: Callable[[object], None]) -> TrainedModel:
        """The same for the same histories."""
        return await asyncio.to_thread(fitted_at_random, list(histories), PRESETS["pooled"])


def judging() -> Figure:
    """Market, pools, thresholds, verdicts and what is confirmed, of one session after another; nothing is carried."""
    budget = Budget()
    scored = [score(features(history(f"S{at:03}", ROWS, seed=at)), budget) for at in range(TICKERS)]
    seconds = []
    for back in range(ROUNDS, -1, -1):
        seen = [each.upto(ROWS - back) for each in scored]
        began = time.perf_counter()
        _judged(seen, budget)
        seconds.append(time.perf_counter() - began)
    median = statistics.median(seconds[1:])  # the first alert of a process loads a library
    what = f"{TICKERS} tickers judged after a close: market, groups, thresholds, verdicts of all kinds, confirmation"
    return Figure(what, f"{median:.3f} s ({min(seconds):.3f} to {max(seconds[1:]):.3f})", "0.5 s with the scan", None)


def _judged(seen: Sequence[Scored], budget: Budget) -> None:
    market = market_of([each.features for each in seen])
    said = judge_list(seen, budget, {}, market.scored if market else None)
    for each in said.tickers.values():
        _ = each.rarest


def replaying() -> Figure:
    """A replay without a screen, its trainings not counted."""
    calendar = ExchangeCalendars()
    days = calendar.between("XNYS", date(2004, 1, 2), date(2016, 1, 1))[: BEFORE + SESSIONS]
    store = SqliteStore(None)
    for at in range(PLAYED):
        made = history(f"T{at:02}", len(days), seed=at)
        store.add_bars(_on(made, days), "bench", 1.0)
    symbols = [f"T{at:02}" for at in range(PLAYED)]
    replay = Replay(Gate(store, calendar), Untrained())
    played = asyncio.run(replay(symbols, days[BEFORE], days[-1], 252, lambda _: None))
    rate = played.sessions / played.seconds
    what = f"replay of {PLAYED} tickers without a screen, {played.sessions} sessions, trainings not counted"
    return Figure(what, f"{rate:.0f} sessions a second, {played.alarms} alarms", "200", rate >= 200)


def _on(made: History, days: Sequence[date]) -> History:
    return replace(made, sessions=np.array(days, "datetime64[D]"))


def main() -> None:
    """Both."""
    show("What alarms cost", [judging(), replaying()])


if __name__ == "__main__":
    main()
