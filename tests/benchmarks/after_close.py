"""What the scan's benchmark times, in a process of its own that is set as the engine's is: a session more for a list.

`python -m tests.benchmarks.after_close` says "ready" once a list of made-up prices is there, with a pooled network of
random weights, 3 seeds of 2 x 50 units, and what was heard of it so far (made up too: the past of 500 tickers would
take a minute). Each number on its input is a session that arrives for all; the answer is the seconds and the processor
seconds of each part, as JSON. "first" is answered with those of a first scan of 10 tickers, 1,300 rows of each,
"quotes" with those of the scores of 50 bars that are not over yet.
"""

import json
import sys
import time
from collections.abc import Callable

from engine.interpreter import shared_finely

shared_finely()

import numpy as np  # noqa: E402 - it reads when it is loaded what was just set

from engine.core.bars import as_date  # noqa: E402
from engine.core.heard import Heard, heard  # noqa: E402
from engine.core.index import Index, index_of  # noqa: E402
from engine.core.inputs import NAMES  # noqa: E402
from engine.core.lstm import Layer, Weights  # noqa: E402
from engine.core.models import ModelRecord, TrainedModel  # noqa: E402
from engine.core.panel import on_list, panel, same_rows  # noqa: E402
from engine.core.presets import PRESETS  # noqa: E402
from engine.core.stream import follow, forming  # noqa: E402
from tests.worlds import history  # noqa: E402

TICKERS, SESSIONS, TO_COME, SPOKEN, AT_FIRST, QUOTED = 500, 2_500, 20, 1_300, 10, 50
POOLED = PRESETS["pooled"]


def untrained(sessions: np.ndarray) -> TrainedModel:
    """A pooled model with random weights that has seen all but the newest sessions."""
    draw, inputs, units = np.random.default_rng(0), len(NAMES), 50

    def drawn(*shape: int) -> np.ndarray:
        return draw.normal(0, 0.1, (3, *shape)).astype(np.float32)

    layers = tuple(Layer(drawn(size, 4 * units), drawn(units, 4 * units), drawn(4 * units)) for size in (inputs, units))
    weights = Weights(layers, drawn(units, 4), drawn(4))
    days = sessions.astype("datetime64[D]").astype(np.int64).astype(np.float64)
    scale = {
        "mean": np.zeros(inputs),
        "deviation": np.ones(inputs),
        "base": np.broadcast_to([-1.6, -0.6, 0.0, 0.6, 1.6], (3, 5)),
        "slopes": draw.normal(0, 0.01, (inputs, 3)),
        "window": np.array([30.0]),
        "calibrated_to": days[[-52]],
    }
    record = ModelRecord(1, POOLED.name, (), as_date(sessions[0]), as_date(sessions[-11]), "", 0)
    ladders = np.sort(draw.normal(0, 0.1, (1, 3, 5, 199)), axis=-1)
    return TrainedModel(record, weights, weights, scale, ladders, sessions[[-SPOKEN]])


class List:
    """500 tickers, of which one session after another becomes known."""

    def __init__(self) -> None:
        self._whole = [history(f"S{seed:03}", SESSIONS + TO_COME, seed=seed) for seed in range(TICKERS)]
        self._model = untrained(self._whole[0].sessions[:SESSIONS])
        self._known = SESSIONS
        listed = panel(self._here(), ["XNYS"] * TICKERS)
        raws = [np.random.default_rng(0).normal(0, 0.1, (SESSIONS, 16))] * TICKERS
        said = POOLED.outlooks(self._model, listed, raws)
        self._heard = tuple(Heard.of(*each) for each in zip(listed, said, strict=True))
        self._symbols = [each.symbol for each in listed]
        beside = on_list(listed, self._symbols, self._symbols)
        self._index = Index(beside[0].history.sessions, beside[0].index)
        self._kept = follow(beside, said, [None] * TICKERS)

    def _here(self) -> list:
        return [each.rows(slice(0, self._known)) for each in self._whole]

    def after_close(self) -> dict[str, tuple[float, float]]:
        """A session more: the market, what is as it was, inputs, forward pass and bands, and all kinds' scores."""
        self._known += 1
        here = self._here()
        listed, market = timed(lambda: panel(here, ["XNYS"] * TICKERS))
        same, compared = timed(lambda: [same_rows(*each) for each in self._compared(listed)])
        self._heard, said = timed(lambda: heard(POOLED, self._model, listed, self._heard, same))
        beside, index = timed(lambda: self._beside(listed))
        self._kept, scored = timed(lambda: self._followed(beside, same))
        return {"market": market, "compared": compared, "heard": said, "index": index, "scored": scored}

    def _compared(self, listed: tuple) -> list:
        return [(each.listed, now) for each, now in zip(self._heard, listed, strict=True)]

    def _beside(self, listed: tuple) -> tuple:
        sessions, returns = [each.history.sessions for each in listed], [each.returns for each in listed]
        self._index = index_of(sessions, returns, self._index)
        return tuple(each.beside(self._index) for each in listed)

    def _followed(self, listed: tuple, same: list) -> tuple:
        kept = follow(listed, [each.outlook for each in self._heard], self._kept, same=same)
        assert all(each.scores and len(each.features) == self._known for each in kept)
        return kept

    def before_close(self) -> tuple[float, float]:
        """Bars of 50 tickers that are not over yet."""
        bars = [each.rows(slice(0, self._known + 1)) for each in self._whole[:QUOTED]]
        return timed(lambda: forming(self._kept[:QUOTED], bars, [0.001] * QUOTED))[1]

    def at_first(self) -> tuple[float, float]:
        """Of tickers that nothing was heard of."""
        listed = panel(self._here()[:AT_FIRST], ["XNYS"] * AT_FIRST)
        return timed(lambda: heard(POOLED, self._model, listed, [None] * AT_FIRST))[1]


def timed(work: Callable[[], object]) -> tuple:
    """What it gave, and the seconds and processor seconds it took."""
    began, used = time.perf_counter(), time.process_time()
    result = work()
    return result, (time.perf_counter() - began, time.process_time() - used)


def main() -> None:
    """Answer until there is nothing more to read."""
    tickers = List()
    print("ready", flush=True)
    asked = {"first\n": tickers.at_first, "quotes\n": tickers.before_close}
    for line in sys.stdin:
        print(json.dumps(asked.get(line, tickers.after_close)()), flush=True)


if __name__ == "__main__":
    main()
