"""What the default forecast is worth: `whipsaw evaluate` on the sample and on two indices, on dates fixed beforehand.

Everything about the preset was chosen on rows up to the end of 2007. The folds asked for here are those whose test
blocks lie after it: three on the sample (2008 to 2013), five on the indices (2009 to 2018).
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from engine.core.bars import History
from tests.benchmarks.bank_jobs import indices
from tests.benchmarks.table import Figure, show
from tests.engines import write_csv

SAMPLE = Path(__file__).parents[2] / "watchlists" / "sample"
ENOUGH, SURE = 0.005, 0.01


def evaluate(source: Path, symbols: tuple[str, ...], folds: int) -> dict[str, Any]:
    """The JSON of an evaluation, in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        whipsaw = [sys.executable, "-P", "-m", "tui"]
        where = ["--home", home, "--source", f"files:{source}"]
        asked = [*whipsaw, "evaluate", *symbols, "--folds", str(folds), "--json", *where]
        said = subprocess.run(asked, capture_output=True, text=True, check=True)
        subprocess.run([*whipsaw, "engine", "stop", *where], capture_output=True, check=False)
    return dict(json.loads(said.stdout.splitlines()[-1]))


def written(folder: Path, histories: list[History]) -> tuple[str, ...]:
    """The symbols of these histories, which are files of the folder now."""
    for history in histories:
        write_csv(folder, history)
    return tuple(history.symbol for history in histories)


def figures(name: str, found: dict[str, Any], seconds: float) -> list[Figure]:
    """The rows of one list."""
    pooled = found["pooled"]
    skill, p, garch = pooled["pinball_skill_ewma"], pooled["pinball_p_ewma"], pooled["pinball_skill_garch"]
    covered, after = pooled["coverage90"], pooled["coverage90_after_shock"]
    stretch = f"{name}, {found['from']} to {found['to']}, {seconds / 60:.0f} min"
    return [
        Figure(
            f"{stretch}: pinball loss saved against EWMA quantiles",
            f"{100 * skill:+.2f} % (p {p:.4f}, {found['gate']})",
            "+0.5 %, p < .01",
            skill >= ENOUGH and p < SURE,
        ),
        Figure("against GARCH-t", f"{100 * garch:+.2f} %", "0 %", garch >= 0),
        Figure("the 90 % band holds", f"{100 * covered:.1f} %", "88-92 %", 0.88 <= covered <= 0.92),
        Figure("the same in the 20 sessions after a shock", f"{100 * after:.1f} %", "80 %", after >= 0.8),
        *(
            Figure(f"{h} sessions ahead, against EWMA quantiles", _ahead(found["horizons"][h]), "", None)
            for h in ("5", "10")
        ),
    ]


def _ahead(of: dict[str, Any]) -> str:
    return f"{100 * of['pinball_skill_ewma']:+.2f} % (p {of['pinball_p_ewma']:.3f})"


def main() -> None:
    """Both lists."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        ours = written(Path(folder), indices())
        for name, source, symbols, folds in (
            ("the sample", SAMPLE, ("AAPL", "GOOG", "IBM", "MSFT"), 3),
            ("two indices", Path(folder), ours, 5),
        ):
            began = time.monotonic()
            found = evaluate(source, symbols, folds)
            rows += figures(name, found, time.monotonic() - began)
    show("What the default forecast is worth", rows)


if __name__ == "__main__":
    main()
