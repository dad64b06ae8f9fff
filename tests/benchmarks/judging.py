"""What alarms cost: a list of 500 judged after a close, and a replay of 20 tickers."""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.store import SqliteStore
from engine.core.bars import History
from engine.core.budget import Budget
from engine.core.calibration import calibrate_kinds
from engine.core.detect import KINDS
from engine.core.features import features
from engine.core.market import Market, market_of
from engine.core.market_first import judge_list
from engine.core.models import TrainedModel
from engine.core.panel import Listed, on_list
from engine.core.presets import PRESETS
from engine.core.residual import residuals
from engine.core.scored import Scored, score
from engine.gate import Gate
from engine.services.replay import Replay
from tests.benchmarks.table import Figure, show
from tests.fakes import fitted_at_random
from tests.worlds import history

TICKERS, ROWS, ROUNDS = 500, 1_600, 5
NAMES = [f"S{at:03}" for at in range(TICKERS)]
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


def judging() -> list[Figure]:
    """Market, pools, thresholds, verdicts and what is confirmed, of one session after another; nothing is carried.

    Once on plain days; what is added while an alarm of the market is open and shocks and volume spikes of its tickers
    are looked at twice; and where every kind that does not score own parts is, which is rare.
    """
    budget = Budget()
    listed = on_list([Listed.of(history(f"S{at:03}", ROWS, seed=at)) for at in range(TICKERS)], NAMES, NAMES)
    scored = [score(features(each.history, None, None, each.returns, each.index), budget) for each in listed]
    what = f"{TICKERS} tickers judged after a close: market, groups, thresholds, verdicts of all kinds, confirmation"
    again = "what a market's alarm adds where {} of its tickers are in doubt"
    sharp = ("volatility_shock", "volume_spike")
    others = [kind.name for kind in KINDS if not kind.own]
    return [
        _figure(what, [_timed(_judged, seen, budget) for seen in _sessions(scored)], "0.5 s with the scan"),
        _figure(again.format("shocks and volumes"), [_looked_again(seen, sharp) for seen in _sessions(scored)]),
        _figure(again.format("all others"), [_looked_again(seen, others) for seen in _sessions(scored)]),
    ]


def _looked_again(seen: Sequence[Scored], kinds: Sequence[str]) -> tuple[float, float]:
    market = market_of([each.features for each in seen])
    assert market
    return _timed(_again, seen, market, kinds)


def _sessions(scored: Sequence[Scored]) -> Iterator[list[Scored]]:
    """The list as it was after each of some sessions."""
    for back in range(ROUNDS, -1, -1):
        yield [each.upto(ROWS - back) for each in scored]


def _timed(work: Callable[..., object], *given: object) -> tuple[float, float]:
    """Seconds, and those of the processor."""
    began, used = time.perf_counter(), time.process_time()
    work(*given)
    return time.perf_counter() - began, time.process_time() - used


def _figure(what: str, taken: Sequence[tuple[float, float]], budget: str = "") -> Figure:
    """The first alert of a process loads a library: it does not count."""
    seconds, used = zip(*taken[1:], strict=True)
    spread = f"{statistics.median(seconds):.3f} s ({min(seconds):.3f} to {max(seconds):.3f}; "
    spread += f"{statistics.median(used):.3f} of the processor)"
    return Figure(what, spread, budget, None)


def _again(seen: Sequence[Scored], market: Market, kinds: Sequence[str]) -> None:
    own = residuals(seen, market, kinds)
    calibrations = calibrate_kinds(own, Budget(kinds=tuple(kinds)))
    for each in own:
        for kind, calibration in calibrations[each.symbol].items():
            calibration.tier(float(each.scores[kind][-1]))


def _judged(seen: Sequence[Scored], budget: Budget) -> None:
    market = market_of([each.features for each in seen])
    said = judge_list(seen, budget, {}, market.scored if market else None)
    for each in said.tickers.values():
        _ = each.rarity


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
    show("What alarms cost", [*judging(), replaying()])


if __name__ == "__main__":
    main()
