"""A home with a list of two tickers from files, for tests of what is the same whatever a list holds."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines import write_all
from tests.worlds import history

WHIPSAW = [sys.executable, "-P", "-m", "tui"]


@contextmanager
def home_of_two(folder: Path) -> Iterator[Path]:
    """A home with AAA and BBB on its list; its engine is ended afterwards."""
    write_all(folder / "files", [history(name, 120, seed=seed) for seed, name in enumerate(("AAA", "BBB"))])
    (folder / "watchlists").mkdir()
    (folder / "watchlists" / "mine.toml").write_text('[[ticker]]\nsymbol = "AAA"\n[[ticker]]\nsymbol = "BBB"\n')
    (folder / "config.toml").write_text(f'watchlist = "mine"\n[source]\nname = "files:{folder / "files"}"\n')
    yield folder
    subprocess.run([*WHIPSAW, "engine", "stop", "--home", str(folder)], capture_output=True, check=False, timeout=60)
