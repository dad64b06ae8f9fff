"""A scan of 500 tickers after a close, with what was heard before kept, against as many calls of Keras's `predict`."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.benchmarks.table import Figure, show

TICKERS, ROUNDS, CALLS, AT_FIRST = 500, 5, 50, 10
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
    ours, theirs = [], []
    with (
        beside("tests.benchmarks.after_close") as scan,
        beside("tests.benchmarks.keras_predict", INPUTS, OUTPUTS) as keras,
    ):
        ask(scan, "warm")
        for _ in range(ROUNDS):
            ours.append(ask(scan, "a session"))
            theirs.append([value * TICKERS / CALLS for value in ask(keras, str(CALLS))])
        first, used = ask(scan, "first")
    said, market, seen = ([each[name] for each in ours] for name in ("heard", "market", "features"))
    ratios = [[keras[at] / own[at] for own, keras in zip(said, theirs, strict=True)] for at in (0, 1)]
    seconds, ratio = middle(said, 0), statistics.median(ratios[0])
    spread = f"{ratio:.0f} x ({min(ratios[0]):.0f} to {max(ratios[0]):.0f} in {ROUNDS} rounds)"
    first_of_all, used_by_all = (value * TICKERS / AT_FIRST for value in (first, used))
    return [
        Figure(
            "500 tickers x 2,500 sessions, a session more: inputs, forward pass of 3 seeds, bands",
            f"{seconds:.3f} s ({middle(said, 1):.3f} processor seconds)",
            "0.25 s",
            seconds <= 0.25,
        ),
        Figure("against 500 calls of Keras's predict (one seed; 50 of them, scaled)", spread, "200 x", ratio >= 200),
        Figure("the same in processor time", f"{statistics.median(ratios[1]):.0f} x", "", None),
        Figure("beside it: the market's returns", f"{middle(market, 0):.3f} s", "", None),
        Figure("beside it: the series the detectors read", f"{middle(seen, 0):.3f} s", "", None),
        Figure(
            "the first scan, 1,300 rows a ticker (10 of them, scaled)",
            f"{first_of_all:.0f} s ({used_by_all:.0f} processor seconds)",
            "",
            None,
        ),
    ]


def middle(of: list[list[float]], at: int) -> float:
    """The median of one of the two clocks."""
    return statistics.median(each[at] for each in of)


def main() -> None:
    """All of it."""
    show("A scan after a close", scanning())


if __name__ == "__main__":
    main()
