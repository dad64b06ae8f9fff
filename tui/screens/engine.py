"""The sixth screen: what the engine does, where its prices come from, who is attached, what it has logged."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from engine.protocol import Inspect, Refresh
from tui.events import Moved
from tui.pane import Panes
from tui.stage import ABOVE, bindings
from tui.state import InspectionKey
from tui.widgets.engine_panes import EngineCard, LogTail, Seats, Sources
from tui.widgets.job_queue import JobQueue
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice_line import NoticeLine
from tui.widgets.small import TooSmall
from tui.widgets.status_bar import StatusBar
from tui.workbench import Workbench


class EngineScreen(Workbench):
    """The queue and the log can be walked through."""

    CSS_PATH = ABOVE
    PLACE = "engine"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("engine")]
    AUTO_FOCUS = "#log"

    def compose(self) -> ComposeResult:
        """The panes."""
        yield StatusBar()
        with Panes(id="house"):
            yield Sources()
            yield EngineCard()
            yield Seats()
            yield JobQueue()
            yield LogTail()
        yield NoticeLine()
        yield KeyBar("engine", self.keys)
        yield TooSmall()

    def on_mount(self) -> None:
        """What is known already stands there at once."""
        self.show(self.state)

    def wanted(self) -> InspectionKey | None:
        """What the engine says of itself, each minute and whenever something about it has changed."""
        return self.state.inspection_key

    def ask_for_wanted(self) -> None:
        """All of it."""
        self.ask(Inspect())

    def action_move(self, by: int) -> None:
        """The next job, or a line of the log."""
        self.tell(Moved(by, "jobs" if isinstance(self.focused, JobQueue) else "log"))

    def action_page(self, by: int) -> None:
        """A page further, or back."""
        pane = self.focused if isinstance(self.focused, JobQueue) else self.query_one(LogTail)
        self.action_move(by * pane.page)

    def action_end(self, by: int) -> None:
        """The first, or the last."""
        self.action_move(by * 1_000_000)

    def action_refresh(self) -> None:
        """Fetch what is missing."""
        self.ask(Refresh())
