"""The engine's memory at rest: a real engine process whose list of 100 tickers, ten years each, is stored and scored.

The pooled model that speaks was never trained, so that no trainer has to run; it is stored as a trained one is.
"""

import asyncio
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

from engine.client import Client, connect, gone
from engine.home import Options, home
from engine.protocol import Attach, GetChart, Stop, View
from tests.benchmarks.table import Figure, show
from tests.engines import until, write_all

TICKERS, SESSIONS, BUDGET = 100, 2_520, 200
SYMBOLS = tuple(f"M{number:03}" for number in range(TICKERS))
SETTLED = 5.0
"""Seconds after the scan in which the engine lets go of what it needed for it."""


def prepared(folder: str) -> None:
    """Prices as files, the list, and a model of it in the store: in a process of its own, which is gone afterwards."""
    from engine.adapters.store import SqliteStore
    from engine.core.presets import PRESETS
    from tests.fakes import fitted_at_random
    from tests.worlds import history

    histories = [history(symbol, SESSIONS, seed=seed) for seed, symbol in enumerate(SYMBOLS)]
    write_all(Path(folder) / "files", histories)
    lists = Path(folder) / "home" / "watchlists"
    lists.mkdir(parents=True)
    (lists / "hundred.toml").write_text("".join(f'[[ticker]]\nsymbol = "{each}"\n' for each in SYMBOLS))
    store, preset = SqliteStore(Path(folder) / "home"), PRESETS["pooled"]
    store.add_model(fitted_at_random(histories, preset).remembered(fingerprint=preset.fingerprint))
    store.close()


async def measure(folder: Path) -> list[tuple[str, float]]:
    """Megabytes of an engine that has just started, at rest after its first scan and a chart, and the most it took."""
    options = Options(home=folder / "home", source=f"files:{folder / 'files'}")
    client = await connect(options)
    try:
        at_start = _megabytes(client, "VmRSS")
        view = await client.ask(Attach(watchlist="hundred"))
        assert isinstance(view, View)
        await until(view, client, _scored)
        await client.ask(GetChart(SYMBOLS[0], "max"))
        await asyncio.sleep(SETTLED)
        assert "tensorflow" not in _of_process(client, "maps")
        told = [("just started", at_start), ("at rest", _megabytes(client, "VmRSS"))]
        told.append(("at most", _megabytes(client, "VmHWM")))
        await client.ask(Stop())
    finally:
        await client.close()
    await gone(home(folder / "home"))
    return told


def _scored(view: View) -> bool:
    return len(view.rows) == TICKERS and all(row.scored for row in view.rows)


def _megabytes(client: Client, name: str) -> float:
    lines = _of_process(client, "status").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def _of_process(client: Client, what: str) -> str:
    return Path(f"/proc/{client.lease.pid}/{what}").read_text()


def main() -> None:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        work = get_context("spawn").Process(target=prepared, args=(folder,))
        work.start()
        work.join()
        assert work.exitcode == 0
        sys.stderr.write(f"prepared in {time.monotonic() - began:.0f} s\n")
        (_, start), (_, rest), (_, most) = asyncio.run(measure(Path(folder)))
    value = f"{rest:.0f} MB (just started {start:.0f} MB, at most {most:.0f} MB)"
    what = f"the engine's memory at rest, {TICKERS} tickers x 10 years stored and scored, a chart asked for"
    show("The engine's memory", [Figure(what, value, f"{BUDGET} MB", rest <= BUDGET)])


if __name__ == "__main__":
    main()
