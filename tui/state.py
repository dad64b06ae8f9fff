"""What the screen knows. No Textual here."""

from datetime import date
from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from engine.protocol import (
    Alarm,
    Chart,
    Explanation,
    Inspection,
    Job,
    KindExplained,
    ListSummary,
    ModelCard,
    Models,
    Range,
    Removed,
    Row,
    View,
)
from tui.cards import card_of, job_of
from tui.charts.look import Look, session_at
from tui.expression import Fault
from tui.journey import Journey
from tui.keymap import KEYS, Keymap, shown
from tui.narrowing import Narrowing, explained
from tui.order import Line, Order
from tui.seeking import Seeking

RANGES: Final[tuple[Range, ...]] = get_args(Range)
ChartKey: TypeAlias = tuple[object, ...]
ModelsKey: TypeAlias = tuple[object, ...]
ExplainKey: TypeAlias = tuple[object, ...]
InspectionKey: TypeAlias = tuple[object, ...]
_WITHIN_DAYS: Final[dict[Range, int]] = {"1D": 300, "5D": 900}
"""Seconds of a bar of the ranges within days."""


class State(Struct, frozen=True):
    """All that the screen shows, or follows from it."""

    link: Literal["connecting", "attached", "lost"] = "connecting"
    words: str = "starting the engine…"
    """What the link does now, unless it is attached."""
    view: View | None = None
    rows: tuple[Row, ...] = ()
    """The rows shown: those that match `find`, in the order of `sort`."""
    lines: tuple[Line, ...] = ()
    """The same with the headings of their groups, where they stand in groups."""
    selected: str | None = None
    adding: bool = False
    """Whether the next new row is the one a person has asked for, and so is selected."""
    sort: Order = Order()
    find: str = ""
    """The filter in force, as it was typed."""
    fault: Fault | None = None
    """Why what is being typed is not it."""
    grouped: bool = False
    folded: frozenset[str] = frozenset()
    """Groups of which the heading alone is shown."""
    range: Range = "6M"
    chart: Chart | None = None
    no_chart: str | None = None
    """Why there is no chart of the selected symbol."""
    look: Look = Look()
    """How the chart of the Symbol screen is looked at."""
    explanation: Explanation | None = None
    """What the kinds of alarm say of the ticker that was asked about last."""
    kind: str | None = None
    """The kind a person chose; None: the first one is explained."""
    chosen: int | None = None
    """The alarm a person chose; None: the newest open one is explained."""
    narrowing: Narrowing = Narrowing()
    """Which of the alarms the feed shows."""
    sought: tuple[str, date] | None = None
    """Where the cursor goes as soon as there is a chart: a symbol, a session of it."""
    journey: Journey | None = None
    """The session that is on its way to the screen; None where it has come."""
    playing: bool = False
    """Whether an earlier stretch is played, session after session."""
    used: frozenset[str] = frozenset()
    """Hints of the footer that were followed."""
    notice: str | None = None
    refused: bool = False
    lists: tuple[ListSummary, ...] = ()
    """What was last told of all lists."""
    removed: Removed | None = None
    """What was last taken off the list, until it is put back."""
    private: bool = False
    """Whether amounts of holdings are hidden."""
    seeking: Seeking | None = None
    """What is looked for while a symbol is being added."""
    offer_red_up: bool = False
    """Whether a list of Korea's exchange alone is still to be offered rises in red."""
    models: Models | None = None
    """The registry as it was told last."""
    model: int | None = None
    """The model a person chose; None: the one in charge is shown."""
    task: int | None = None
    """The job a person chose; None: the one that runs."""
    inspection: Inspection | None = None
    """What the engine said of itself last."""
    log_back: int = 0
    """Lines of the log below those that are looked at."""
    sent: int = 0
    """Bytes sent to the terminal when they were last looked at."""
    sent_before: int | None = None
    """Those of before this minute; None where its beginning was not seen."""
    lately: int | None = None
    """Those of the minute before; None where it was not seen whole."""
    now: float = 0.0
    keys: Keymap = KEYS
    """The keys that are told of, those of one's own among them."""

    @property
    def as_of(self) -> date | None:
        """The session after which everything shown stood so; None: now."""
        return self.view.status.as_of if self.view else None

    @property
    def row(self) -> Row | None:
        """The selected row."""
        return self.row_of(self.selected)

    @property
    def index(self) -> int:
        """Where the selected row stands among those shown; 0 without one."""
        return next((index for index, row in enumerate(self.rows) if row.symbol == self.selected), 0)

    @property
    def alarm(self) -> Alarm | None:
        """The alarm of the feed that is explained: the chosen one, or the newest that is open, or the newest."""
        return explained(self.feed, self.chosen)

    @property
    def feed(self) -> tuple[Alarm, ...]:
        """The alarms that the feed shows, newest first."""
        alarms = self.view.alarms if self.view else ()
        return tuple(alarm for alarm in alarms if self.narrowing.holds(alarm))

    @property
    def job(self) -> Job | None:
        """The training that runs or waits, if there is one."""
        jobs = self.view.jobs if self.view else ()
        busy = [job for job in jobs if job.kind in ("train", "tune") and job.state in ("running", "queued")]
        return min(busy, key=lambda job: (job.state != "running", job.id), default=None)

    @property
    def card(self) -> ModelCard | None:
        """The model that is looked at."""
        return card_of(self.models, self.model)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs, newest first."""
        return self.view.jobs if self.view else ()

    @property
    def chosen_job(self) -> Job | None:
        """The job that is looked at."""
        return job_of(self.jobs, self.task)

    @property
    def models_key(self) -> ModelsKey | None:
        """Changes whenever the models have to be asked for again: ticker, model, the one in charge, a job's end."""
        if self.view is None or self.link != "attached":
            return None
        ended = tuple(job.id for job in self.jobs if job.ended is not None)
        status = self.view.status
        moving = status.replay is not None and status.replay.state == "running"
        session = None if moving else status.session
        return self.selected, self.model, status.model.id if status.model else None, session, ended, self.as_of

    @property
    def inspection_key(self) -> InspectionKey | None:
        """Changes with the minute, and whenever jobs, sources or screens do."""
        if self.view is None or self.link != "attached":
            return None
        status = self.view.status
        jobs = tuple((job.id, job.state) for job in self.jobs)
        return int(self.now // 60), status.feed, status.second, status.live.state, status.screens, jobs

    @property
    def chart_key(self) -> ChartKey | None:
        """Changes whenever the chart has to be asked for again: its symbol, its range, a closed bar, a new forecast."""
        row = self.row
        if row is None or self.link != "attached":
            return None
        seconds = _WITHIN_DAYS.get(self.range)
        bar = int(row.price_at // seconds) if seconds and row.price_at else None
        fault = row.why if row.session is None else None  # in a chart's place stands why there is none
        return row.symbol, self.range, row.session, row.forecast, row.tier, bar, fault, self.as_of

    @property
    def explained(self) -> tuple[KindExplained, ...]:
        """What the kinds say of the selected ticker."""
        of = self.explanation
        return of.kinds if of and of.symbol == self.selected else ()

    @property
    def chosen_kind(self) -> KindExplained | None:
        """The kind that is looked at."""
        chosen = [each for each in self.explained if each.kind == self.kind]
        return next(iter([*chosen, *self.explained]), None)

    @property
    def own_alarms(self) -> tuple[Alarm, ...]:
        """Those of the selected ticker, newest first."""
        alarms = self.view.alarms if self.view else ()
        return tuple(each for each in alarms if each.symbol == self.selected)

    @property
    def pointed_alarms(self) -> tuple[Alarm, ...]:
        """Those of the selected ticker that opened on the session under the cursor."""
        if self.chart is None or self.chart.symbol != self.selected:
            return ()
        session = session_at(self.look, self.chart)
        return tuple(each for each in self.own_alarms if each.opened == session)

    @property
    def own_alarm(self) -> Alarm | None:
        """The alarm of the selected ticker that is explained: the newest open, else standing, else of all."""
        unseen = [alarm for alarm in self.own_alarms if alarm.state == "open"]
        standing = [alarm for alarm in self.own_alarms if alarm.closed is None and alarm.state != "withdrawn"]
        return next(iter([*unseen, *standing, *self.own_alarms]), None)

    @property
    def explain_key(self) -> ExplainKey | None:
        """Changes whenever the kinds have to be asked again: another ticker, session or model, an alarm's new state."""
        row = self.row
        if row is None or self.view is None or self.link != "attached":
            return None
        alarms = tuple((each.id, each.state, each.muted) for each in self.own_alarms)
        model = self.view.status.model
        return row.symbol, row.session, row.scored, model.id if model else None, alarms, self.as_of

    def key(self, action: str) -> str:
        """The key of an action, as a sentence names it."""
        return shown(action, self.keys)

    def row_of(self, symbol: str | None) -> Row | None:
        """The row of that symbol, shown or filtered out."""
        rows = self.view.rows if self.view else ()
        return next((row for row in rows if row.symbol == symbol), None)
