"""A bad day at Yahoo, as the screen told it at each moment: what the engine said is drawn and compared."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from engine.adapters.yahoo.process import YahooProcess
from engine.protocol import GetChart
from tests.bad_day import Moment, lived
from tests.tui.fakes import FakeClient, FakeEngines
from tests.tui.test_looks import pressed
from tui.app import WhipsawApp

MOMENTS = (
    "before the open",
    "429 at the open",
    "answers again",
    "socket dropped at noon",
    "polling instead",
    "half-closed replies",
    "live again, a level reached",
    "a bad tick",
    "closes early",
    "closed early",
)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, warm_yahoo: Sequence[str]) -> Iterator[dict[str, Moment]]:
    """The day, lived through once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(YahooProcess.__init__.__kwdefaults__, "command", warm_yahoo)
        folder: Path = tmp_path_factory.mktemp("bad day")
        yield asyncio.run(lived(folder, patch))


@pytest.mark.parametrize("name", MOMENTS)
def test_the_screen_tells_the_truth_at_each_moment(
    snap_compare: Callable[..., bool], day: dict[str, Moment], name: str
) -> None:
    moment = day[name]
    engine = FakeClient(
        moment.view, lambda command: moment.charts[command.symbol] if isinstance(command, GetChart) else None
    )
    app = WhipsawApp(FakeEngines(engine), now=lambda: moment.at, depth="truecolor", environ={})
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressed())
