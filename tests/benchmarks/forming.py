"""A tick of 50 quotes scored provisionally: bars made longer, features, all kinds, calibration; and what is kept."""

import time
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from engine.adapters.store import SqliteStore
from engine.alarms import Alarms
from engine.core.bars import as_date
from engine.core.budget import Budget
from engine.core.features import features
from engine.core.forming import FormingBar
from engine.core.market import market_of
from engine.core.market_first import judge_list
from engine.core.panel import Listed, on_list
from engine.core.provisional import MarketClose, TickerClose
from engine.core.scored import score
from engine.services.provisional import Provisional
from tests.benchmarks.table import Figure, show
from tests.registries import Now, Weekdays
from tests.worlds import history

TICKERS, ROWS, TICKS = 50, 2_500, 60
SHARE = 0.1
"""Of the tickers, those whose price has jumped, so that alarms are raised too."""


def measure() -> list[tuple[float, float]]:
    """Seconds and processor seconds a tick, the first one of the day left out."""
    budget = Budget()
    histories = [history(f"T{seed:02}", ROWS, seed=seed) for seed in range(TICKERS)]
    symbols = [each.symbol for each in histories]
    listed = on_list([Listed.of(each) for each in histories], symbols, symbols)
    scored = [score(features(each.history, None, None, each.returns, each.index), budget) for each in listed]
    market = market_of([each.features for each in scored])
    said = judge_list(scored, budget, {}, market.scored if market else None)
    provisional = Provisional(Alarms(SqliteStore(None), Weekdays(), Now()))
    tickers = {of.symbol: TickerClose(said.tickers[of.symbol], of) for of in histories}
    provisional.closed("benchmark", tickers, MarketClose(said.market, market, frozenset(tickers)))
    chance, last = np.random.default_rng(0), as_date(histories[0].sessions[-1])
    bars = [_bar(each.symbol, float(each.close[-1]), last) for each in histories]
    provisional(bars)
    taken = []
    for tick in range(TICKS):
        moved = [
            _moved(bar, float(chance.normal(0, 0.001)), jumps=at < SHARE * TICKERS and tick == 0)
            for at, bar in enumerate(bars)
        ]
        began, used = time.perf_counter(), time.process_time()
        provisional(moved)
        taken.append((time.perf_counter() - began, time.process_time() - used))
        bars = moved
    return taken


def _bar(symbol: str, price: float, before: date) -> FormingBar:
    return FormingBar(symbol, before + timedelta(days=1), before, price, price, price, price, 10_000.0, 0.0)


def _moved(bar: FormingBar, by: float, *, jumps: bool) -> FormingBar:
    last = bar.last * (1.15 if jumps else float(np.exp(by)))
    return replace(bar, last=last, high=max(bar.high, last), low=min(bar.low, last))


def main() -> None:
    """All of it."""
    (middle, used), worst = 1000 * np.median(taken := measure(), axis=0), 1000 * max(taken)[0]
    show(
        "A session as it runs",
        [
            Figure(
                f"{TICKERS} quotes of tickers with {ROWS:,} rows scored provisionally, {TICKS} ticks",
                f"{middle:.1f} ms ({used:.1f} ms of the processor; the slowest {worst:.1f} ms)",
                "20 ms",
                bool(middle <= 20),
            )
        ],
    )


if __name__ == "__main__":
    main()
