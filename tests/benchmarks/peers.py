"""Beside two other monitors for the terminal, from the package index, each in its own environment, without network.

All three start in a network namespace with nothing in it, in turn, with the same four tickers: none of them can fetch a
price. Measured are the first frame with text, and the memory of all that a monitor has started once it is at rest (Pss,
which counts what processes share once).
"""

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.table import rows
from tests.terminal import Terminal

ROUNDS, SETTLED, PATIENCE = 7, 20.0, 60.0
"""Seconds until it is at rest; seconds in which a first frame has to come."""
TICKERS = ("AAPL", "GOOGL", "TSLA", "NVDA")
PORTFOLIO = "portfolio:\n  positions:\n" + "".join(
    f"  - symbol: {symbol}\n    quantity: 1\n    avg_cost: 100.0\n    currency: USD\n" for symbol in TICKERS
)
_CODES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\].*?(?:\x07|\x1b\\)|P.*?\x1b\\|[@-Z\\-_=>])", re.DOTALL)
_WORD = re.compile(rb"[A-Za-z]{4}")


@dataclass(frozen=True, slots=True)
class Monitor:
    """One of those compared; `requirement` is none where it is not installed for this."""

    name: str
    requirement: str
    command: str
    words: tuple[str, ...] = ()


PEERS = (
    Monitor("stockstui", "stocksTUI==0.1.0b14", "stockstui", ("--tab", "stocks")),
    Monitor("stonks-cli", "stonks-cli==0.6.4", "stonks"),
)


@dataclass(slots=True)
class Measured:
    """What was found of one."""

    name: str
    command: list[str]
    home: Path
    paints: list[float]
    memory: dict[str, float]
    wrong: str = ""


def isolated() -> list[str] | None:
    """The command that starts another one without network; None where this machine has none."""
    for words in (["unshare", "-n"], ["unshare", "-r", "-n"]):
        if (
            shutil.which(words[0])
            and subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
        ):
            return words
    return None


def installed(peer: Monitor, folder: Path) -> tuple[list[str], str]:
    """Its command in a new environment, and what went wrong."""
    home = folder / f"environment-{peer.name}"
    venv.create(home, with_pip=True)
    pip = [str(home / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", peer.requirement]
    told = subprocess.run(pip, capture_output=True, text=True, check=False)
    last = (told.stderr.strip().splitlines() or ["pip failed"])[-1] if told.returncode else ""
    return [str(home / "bin" / peer.command), *peer.words], f"cannot be installed: {last}" if last else ""


def first_text(of: Measured, without_network: list[str], settle: float = 0.0) -> None:
    """Start it once: note when its first frame with text came, and where it is to settle, what memory it takes then."""
    environment = {"COLORTERM": "truecolor", "HOME": str(of.home), "WHIPSAW_HOME": str(of.home / "whipsaw")}
    began = time.monotonic()
    with Terminal([*without_network, *of.command], environment, folder=of.home) as terminal:
        while not _WORD.search(_CODES.sub(b"", bytes(terminal.raw))):
            terminal.read_for(0.005)
            if time.monotonic() - began > PATIENCE:
                of.wrong = f"no text within {PATIENCE:.0f} s"
                return
        of.paints.append(time.monotonic() - began)
        if settle:
            terminal.read_for(settle)
            of.memory = {name: sum(each) for name, each in _processes(terminal.pid, of.home).items()}


def _processes(screen: int, home: Path) -> dict[str, list[float]]:
    """Megabytes of the screen's process, and of the others it has started, wherever they stand now."""
    parents = {pid: _parent(pid) for pid in _pids()}
    ours = {screen} | {pid for pid in parents if screen in _ancestors(pid, parents)}
    engines = {pid for pid in parents if str(home).encode() in _words(pid) and pid not in ours}
    ours |= engines | {pid for pid in parents if engines & set(_ancestors(pid, parents))}
    return {"screen": [_pss(screen)], "others": [_pss(pid) for pid in ours - {screen}]}


def _pids() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid := parents.get(pid, 0):
        yield pid


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _pss(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def prepared(folder: Path) -> list[Measured]:
    """Ours and theirs, each with a home of its own."""
    found = []
    ours = [sys.executable, "-P", "-m", "tui", "--source", "yahoo", *TICKERS]
    commands = [("Whipsaw", ours, ""), *((peer.name, *installed(peer, folder)) for peer in PEERS)]
    for name, command, wrong in commands:
        home = folder / f"home-{name}"
        (home / ".config" / "stonks").mkdir(parents=True)
        (home / ".config" / "stonks" / "portfolio.yaml").write_text(PORTFOLIO)
        found.append(Measured(name, command, home, [], {}, wrong))
    return found


def stop_engine(of: Measured) -> None:
    """Ours lives on without its screen."""
    if of.name == "Whipsaw":
        stop = [sys.executable, "-P", "-m", "tui", "engine", "stop", "--home", str(of.home / "whipsaw")]
        subprocess.run(stop, capture_output=True, check=False)


def line(of: Measured, versions: dict[str, str], ours: float) -> list[str]:
    """A row of the table."""
    if of.wrong:
        return [of.name, versions.get(of.name, ""), of.wrong, "", "", ""]
    median = statistics.median(of.paints)
    alone, others = of.memory["screen"], of.memory["others"]
    return [
        of.name,
        versions.get(of.name, ""),
        f"{1000 * median:.0f} ms ({1000 * min(of.paints):.0f} to {1000 * max(of.paints):.0f})",
        f"{median / ours:.1f} x",
        f"{alone:.0f} MB",
        f"{alone + others:.0f} MB",
    ]


def main() -> None:
    """All of it."""
    header = [
        "",
        "version",
        f"first frame with text, median of {ROUNDS}",
        "against ours",
        "screen",
        "all its processes",
    ]
    without_network = isolated()
    if without_network is None:
        reason = "not measured: `unshare -n` is not allowed here, and with a network they would ask it"
        rows("Beside others", header, [[peer.name, "", reason, "", "", ""] for peer in PEERS])
        return
    with tempfile.TemporaryDirectory() as folder:
        found = prepared(Path(folder))
        for each in found:  # once without looking at the clock: compiled files, caches
            if not each.wrong:
                first_text(each, without_network, SETTLED)
                stop_engine(each)
                each.paints.clear()
        for _ in range(ROUNDS):
            for each in found:
                if not each.wrong:
                    first_text(each, without_network)
                    stop_engine(each)
        versions = {peer.name: peer.requirement.partition("==")[2] for peer in PEERS}
        median = statistics.median(found[0].paints)
        rows("Beside others, without network", header, [line(each, versions, median) for each in found])


if __name__ == "__main__":
    main()
