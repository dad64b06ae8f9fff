"""The boundary is a test: who may import whom, and what a process may load."""

import functools
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@functools.cache
def loaded_by(code: str, *arguments: Path) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after this code, which is given the arguments."""
    said = subprocess.run(
        [
            *(sys.executable, "-c", f"{code}\nimport sys; print(*{{name.split('.')[0] for name in sys.modules}})"),
            *arguments,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(said.stdout.split())


def test_every_import_contract_is_kept():
    lint = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout[-4_000:]


def test_the_contracts_catch_an_import_that_goes_the_wrong_way(tmp_path):
    for name in ("engine", "tui", "watchlists", "pyproject.toml"):
        subprocess.run(["cp", "-r", ROOT / name, tmp_path], check=True)
    bars = tmp_path / "engine/core/bars.py"
    bars.write_text(bars.read_text() + "\nfrom engine.protocol import Row  # noqa\nimport sqlite3\n")
    (tmp_path / "engine/stray.py").write_text('"""A file without a home."""\n')
    lint = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
    )
    for broken in (
        "file without a home fails BROKEN",
        "never see the protocol BROKEN",
        "Core does no I/O",
        "engine.stray",
    ):
        assert broken in lint.stdout


@pytest.mark.parametrize("heavy", ["numpy", "pandas", "tensorflow", "yfinance", "sqlite3"])
def test_the_screen_loads_nothing_heavy(heavy):
    assert heavy not in loaded_by("import tui.app")


@pytest.mark.parametrize(
    "heavy",
    [
        *("tensorflow", "keras", "pandas", "yfinance", "exchange_calendars", "talib", "pyarrow"),
        *("arch", "scipy", "sklearn", "distributed", "optuna"),
    ],
)
def test_the_engine_starts_without_what_it_needs_only_later(heavy):
    assert heavy not in loaded_by("import engine.wiring, engine.server, engine.__main__")


CHARTED = """
import asyncio, sys
from pathlib import Path
from engine.protocol import Attach, GetChart
from tests.engines import client_of, running, until, write_all
from tests.worlds import history

async def look(folder):
    files = write_all(folder / "files", [history("AAA", 80)])
    async with running(folder / "home", f"files:{files}"), client_of(folder / "home") as client:
        await until(await client.ask(Attach()), client, lambda now: any(row.close for row in now.rows))
        assert (await client.ask(GetChart("AAA", "1M"))).rsi14

asyncio.run(look(Path(sys.argv[1])))
"""


def test_an_engine_that_has_shown_a_chart_holds_no_pandas(tmp_path):
    assert not {"pandas", "talib"} & loaded_by(CHARTED, tmp_path)


def test_the_command_line_loads_no_engine():
    assert not {"numpy", "pandas", "textual"} & loaded_by("import engine.cli")


def test_the_map_names_files_that_exist():
    import engine

    named = {
        word for line in (engine.__doc__ or "").splitlines() for word in line.split() if word.endswith((".py", "/"))
    }
    paths = {word.strip(",()").removeprefix("tests/") for word in named}
    known = [ROOT / "engine", ROOT / "engine/adapters", ROOT / "tests"]
    missing = {path for path in paths if not any((folder / path).exists() for folder in known)}
    assert not missing
