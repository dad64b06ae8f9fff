"""A scan of 500 tickers after a close, with what was known before kept, against as many calls of Keras's `predict`.

Processor time stands beside the clock's: on a machine that others use it is the one to read.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.benchmarks.table import Figure, show

TICKERS, ROUNDS, CALLS, AT_FIRST = 500, 5, 50, 10
PARTS = {
    "market": "the market's returns",
    "compared": "which bars are as they were",
    "heard": "inputs, forward pass of 3 seeds, bands",
    "index": "what the list did, and each ticker beside it",
    "scored": "series and scores of all kinds",
}
MOST = {"scored": 0.1}
INPUTS, OUTPUTS = "22", "4"


@contextmanager
def beside(*command: str) -> Iterator[subprocess.Popen[str]]:
    """One of the benchmark's processes, ready to be asked."""
    command = (sys.executable, "-m", *command)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as one:
        assert one.stdin
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
        yield one
        one.stdin.close()


def ask(one: subprocess.Popen[str], what: str) -> Any:
    """What it says to one line."""
    assert one.stdin
    assert one.stdout
    one.stdin.write(f"{what}\n")
    one.stdin.flush()
    return json.loads(one.stdout.readline())


def scanning() -> list[Figure]:
    """Ours and Keras in turn, a session a round; Keras on 50 windows, one seed, scaled to 500."""
    ours, quoted, theirs = [], [], []
    with (
        beside("tests.benchmarks.after_close") as scan,
        beside("tests.benchmarks.keras_predict", INPUTS, OUTPUTS) as keras,
    ):
        ask(scan, "warm")
        for _ in range(ROUNDS):
            ours.append(ask(scan, "a session"))
            quoted.append(ask(scan, "quotes"))
            theirs.append([value * TICKERS / CALLS for value in ask(keras, str(CALLS))])
        first, used = ask(scan, "first")
    said = [summed(each, ("compared", "heard")) for each in ours]
    whole = [summed(each, PARTS) for each in ours]
    ratios = [[keras[at] / own[at] for own, keras in zip(said, theirs, strict=True)] for at in (0, 1)]
    first_of_all, used_by_all = (value * TICKERS / AT_FIRST for value in (first, used))
    return [
        figure("500 tickers x 2,500 sessions, a session more: all of the below", whole, 0.25),
        *(figure(f"of it: {words}", [each[name] for each in ours], MOST.get(name)) for name, words in PARTS.items()),
        against("the bars compared, inputs, forward pass, bands; against 500 calls of Keras's predict", ratios[0], 200),
        against("the same in processor time", ratios[1]),
        figure("50 bars before their close: series and scores", quoted, 0.006),
        Figure(
            "the first scan, 1,300 rows a ticker (10 of them, scaled)",
            f"{first_of_all:.0f} s ({used_by_all:.0f} processor seconds)",
            "",
            None,
        ),
    ]


def figure(name: str, of: list[list[float]], most: float | None) -> Figure:
    """The median of what was timed, by both clocks."""
    seconds = middle(of, 0)
    budget = f"{most:g} s" if most else ""
    return Figure(
        name, f"{seconds:.3f} s ({middle(of, 1):.3f} processor seconds)", budget, seconds <= most if most else None
    )


def against(name: str, ratios: list[float], least: float | None = None) -> Figure:
    """How many times as fast, in the middle and at the ends."""
    ratio = statistics.median(ratios)
    spread = f"{ratio:.0f} x ({min(ratios):.0f} to {max(ratios):.0f} in {len(ratios)} rounds)"
    return Figure(name, spread, f"{least} x" if least else "", ratio >= least if least else None)


def summed(parts: dict[str, list[float]], names: Iterable[str]) -> list[float]:
    """Some parts together, by both clocks."""
    return [sum(parts[name][clock] for name in names) for clock in (0, 1)]


def middle(of: list[list[float]], at: int) -> float:
    """The median of one of the two clocks."""
    return statistics.median(each[at] for each in of)


def main() -> None:
    """All of it."""
    show("A scan after a close", scanning())


if __name__ == "__main__":
    main()
