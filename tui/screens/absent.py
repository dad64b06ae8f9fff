"""A screen whose work the engine does not offer: it says so calmly, and what there is instead."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType

from tui.pane import Pane
from tui.spans import Spans, framed, wrapped
from tui.stage import ABOVE, Stage, bindings
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice_line import NoticeLine
from tui.widgets.small import TooSmall
from tui.widgets.status_bar import StatusBar

_BACKTEST: Final = (
    "no backtest is offered by this version",
    "what alarms were worth stands on their track record: whipsaw alarms --grades",
    "what forecasts were worth: whipsaw evaluate, and the Model screen, {model}",
)
_TRADE: Final = (
    "trading is not configured, and nothing is sent anywhere",
    "holdings are shown on the list: shares and cost in its file",
)


class _Words(Pane):
    def __init__(self, title: str, lines: tuple[str, ...]) -> None:
        super().__init__(id="absent")
        self._title, self._lines = title, lines

    def _told(self) -> list[str]:
        return [line.format(model=self.state.key("stage('model')")) for line in self._lines]

    def paint(self, width: int, height: int) -> list[Spans]:
        """What is said, in the upper third."""
        above: list[Spans] = [[] for _ in range(max(height // 3 - 1, 0))]
        room = max(width - 4, 0)
        first, *others = ([f" {piece.center(room)}" for piece in wrapped(line, room)] for line in self._told())
        body: list[Spans] = [*above, *([(piece, "text")] for piece in first)]
        for pieces in others:
            body += [[], *([(piece, "dim")] for piece in pieces)]
        return framed(body, [(self._title, "text bold")], [], (width, height), self.frame)


class _Absent(Stage):
    CSS_PATH = ABOVE
    HEADING: ClassVar[str]
    LINES: ClassVar[tuple[str, ...]]

    def compose(self) -> ComposeResult:
        """Its words between the two lines."""
        yield StatusBar()
        yield _Words(self.HEADING, self.LINES)
        yield NoticeLine()
        yield KeyBar(self.PLACE, self.keys)
        yield TooSmall()

    def on_mount(self) -> None:
        """What is known already stands there at once."""
        self.show(self.state)

    async def action_back(self) -> None:
        """To the list."""
        await self.run_action("app.stage('watch')")


class Backtest(_Absent):
    """The fourth screen."""

    PLACE = "backtest"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("backtest")]
    HEADING, LINES = "Backtest", _BACKTEST


class Trade(_Absent):
    """The fifth screen."""

    PLACE = "trade"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("trade")]
    HEADING, LINES = "Trade", _TRADE
