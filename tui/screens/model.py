"""The third screen: the models of the list, what each is worth, and the jobs that make them."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from engine.protocol import GetModels, RollBack, Train
from tui.cards import takes_over
from tui.events import Moved, Said
from tui.pane import Panes
from tui.stage import ABOVE, bindings, in_turn
from tui.state import ModelsKey
from tui.widgets.confirm import Confirm
from tui.widgets.forecast_plot import ForecastPlot
from tui.widgets.job_queue import JobQueue
from tui.widgets.key_bar import KeyBar
from tui.widgets.loss_curve import LossCurve
from tui.widgets.model_card import Card
from tui.widgets.model_table import ModelTable
from tui.widgets.notice_line import NoticeLine
from tui.widgets.small import TooSmall
from tui.widgets.status_bar import StatusBar
from tui.workbench import Workbench


class ModelScreen(Workbench):
    """The registry and the queue can be walked through; the rest shows what is chosen there."""

    CSS_PATH = ABOVE
    PLACE = "model"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("model")]
    AUTO_FOCUS = "#models"

    def compose(self) -> ComposeResult:
        """The panes."""
        yield StatusBar()
        with Panes(id="worth"):
            yield ModelTable()
            yield LossCurve()
            yield Card()
            yield ForecastPlot()
            yield JobQueue()
        yield NoticeLine()
        yield KeyBar("model", self.keys)
        yield TooSmall()

    def on_mount(self) -> None:
        """What is known already stands there at once."""
        self.show(self.state)

    def wanted(self) -> ModelsKey | None:
        """The models, if something about them may have changed."""
        return self.state.models_key

    def action_move(self, by: int) -> None:
        """The next model or job."""
        self.tell(Moved(by, "jobs" if isinstance(self.focused, JobQueue) else "models"))

    def action_page(self, by: int) -> None:
        """A page further, or back."""
        pane = self.focused if isinstance(self.focused, JobQueue) else self.query_one(ModelTable)
        self.action_move(by * pane.page)

    def action_end(self, by: int) -> None:
        """The first, or the last."""
        self.action_move(by * 1_000_000)

    def action_ticker(self, by: int) -> None:
        """The forecasts of the next ticker of the list."""
        self.tell(Moved(by, "table"))

    @in_turn
    def action_retrain(self) -> None:
        """Train a model on the selected symbol."""
        self.ask_for_selected(lambda symbol: Train(symbols=(symbol,)))

    def action_retrain_all(self) -> None:
        """Train a model on the list."""
        self.ask(Train())

    @in_turn
    def action_roll_back(self) -> None:
        """Withdraw the chosen model, once that is confirmed."""
        card = self.state.card
        heir = takes_over(self.state.models, card) if card else None
        if card is None or card.status not in ("champion", "expired"):
            self.tell(Said("only a model in charge can be rolled back"))
        elif heir is None:
            self.tell(Said("there is no earlier model to go back to"))
        elif not self.query(Confirm):
            question = f"withdraw model #{card.id}, so that #{heir.id} speaks again?"
            self.mount(Confirm(question, card.id), before=0)

    def on_confirm_answered(self, event: Confirm.Answered) -> None:
        """The question is answered once."""
        if not self.query(Confirm):
            return
        self.set_focus(self.query_one(ModelTable))
        self.query(Confirm).remove()
        if event.yes:
            self.ask(RollBack(event.about))

    def ask_for_wanted(self) -> None:
        """The cards, and the plot of the chosen one."""
        self.ask(GetModels(self.state.selected, self.state.model))
