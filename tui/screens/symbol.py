"""The second screen: one ticker, its chart, the evidence of its alarms, and why there is none."""

from collections.abc import Hashable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import ScreenResume

from engine.protocol import Alarm, Explain, GetChart
from tui.dated import Dated
from tui.events import Looked, Moved
from tui.pane import Panes
from tui.stage import ABOVE, bindings
from tui.state import State
from tui.widgets.evidence_panes import Detectors, Evidence
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice_line import NoticeLine
from tui.widgets.small import TooSmall
from tui.widgets.status_bar import StatusBar
from tui.widgets.symbol_chart import SymbolChart


class SymbolScreen(Dated):
    """The chart can be looked at from near and far; its list is walked through from here too."""

    CSS_PATH = ABOVE
    PLACE = "symbol"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("symbol")]
    AUTO_FOCUS = "#whole"

    def begin(self, state: State, size: tuple[int, int]) -> None:
        """Neither the chart nor what the kinds say was asked for yet."""
        super().begin(state, size)
        self._answered: tuple[Hashable, Hashable] = (None, None)

    def compose(self) -> ComposeResult:
        """The panes; which of them show, and where, is above.tcss's."""
        yield StatusBar()
        with Panes(id="ticker"):
            yield SymbolChart()
            yield Evidence()
            yield Detectors()
        yield NoticeLine()
        yield KeyBar("symbol", self.keys)
        yield TooSmall()

    def on_mount(self) -> None:
        """What is known already stands there at once."""
        self.show(self.state)

    def on_screen_resume(self, event: ScreenResume) -> None:
        """The first frame is of this ticker's chart, and of none that stood here before."""
        super().on_screen_resume(event)
        self.query_one(SymbolChart).repaint()

    def wanted(self) -> Hashable:
        """Another chart, or what the kinds say now, if the state wants either."""
        chart, kinds = self.state.chart_key, self.state.explain_key
        return None if chart is None and kinds is None else (chart, kinds)

    def ask_for_wanted(self) -> None:
        """What has changed of the two, for the selected ticker."""
        symbol, wanted = self.state.selected, (self.state.chart_key, self.state.explain_key)
        if symbol is None:
            return
        if wanted[0] != self._answered[0]:
            self.ask(GetChart(symbol, self.state.range))
        if wanted[1] != self._answered[1]:
            self.ask(Explain(symbol))
        self._answered = wanted

    @property
    def alarm(self) -> Alarm | None:
        """The first one of the evidence."""
        return self.state.own_alarm

    async def action_back(self) -> None:
        """To the list; while a line is open only that is closed."""
        if self.asking:
            await self.close_line()
            return
        await self.run_action("app.stage('watch')")

    def action_move(self, by: int) -> None:
        """The next ticker of the list; the next kind where the detectors have the focus."""
        self.tell(Moved(by, "kinds" if isinstance(self.focused, Detectors) else "table"))

    def action_page(self, by: int) -> None:
        """A page of kinds further, or ten tickers."""
        self.action_move(by * (self.focused.page if isinstance(self.focused, Detectors) else 10))

    def action_end(self, by: int) -> None:
        """The first, or the last."""
        self.action_move(by * 1_000_000)

    def action_slide(self, by: int) -> None:
        """The cursor, or the chart, to the left or to the right."""
        self.tell(Looked("slide", by))

    def action_zoom(self, by: int) -> None:
        """Nearer, or further away."""
        self.tell(Looked("zoom", by))

    def action_cursor(self) -> None:
        """The cursor appears, or goes."""
        self.tell(Looked("cursor"))

    def action_style(self) -> None:
        """Candles, or a line."""
        self.tell(Looked("style"))

    def action_beside(self) -> None:
        """What is drawn with the price."""
        self.tell(Looked("beside"))
