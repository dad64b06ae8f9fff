"""The evaluation of a long list, by the command that a user types: 20 tickers of 30 years, ten folds.

Not part of `make bench`: it takes some twenty minutes of both cores.
"""

import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from tests.benchmarks.table import Figure, show
from tests.engines import write_all
from tests.worlds import history

TICKERS, SESSIONS, BUDGET = 20, 7_560, 25 * 60


def main() -> None:
    """Print how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        prices, home = Path(folder) / "prices", Path(folder) / "home"
        prices.mkdir()
        start = date(1990, 1, 2)
        write_all(prices, [history(f"B{number:02}", SESSIONS, seed=number, start=start) for number in range(TICKERS)])
        whipsaw, own = [sys.executable, "-m", "tui"], ["--home", str(home)]
        try:
            began = time.monotonic()
            command = [*whipsaw, "evaluate", "--source", f"files:{prices}", *own, "--json"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            took = time.monotonic() - began
        finally:
            subprocess.run([*whipsaw, "engine", "stop", *own], check=False)
    what = f"`whipsaw evaluate` of {TICKERS} tickers x {SESSIONS:,} sessions, ten folds, with the engine's start"
    show("A walk through history", [Figure(what, f"{took / 60:.1f} min", "25 min", took <= BUDGET)])


if __name__ == "__main__":
    main()
