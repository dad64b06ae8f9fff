"""What the screen knows, and how each event changes it. No Textual here."""

from functools import singledispatch
from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.format import plain, skill
from engine.protocol import (
    Alarm,
    Changed,
    Chart,
    Inspection,
    Job,
    ModelCard,
    Models,
    Range,
    Removed,
    RolledBack,
    Row,
    Trained,
    View,
    apply,
)
from tui.cards import card_of, job_of
from tui.events import (
    Chosen,
    Connecting,
    Event,
    Found,
    Hidden,
    Lost,
    Matched,
    Moved,
    NoChart,
    Picked,
    Ranged,
    Read,
    Refusal,
    Resorted,
    Said,
    Searching,
    Selected,
    Sought,
    Ticked,
    Zoomed,
)
from tui.order import Sort, after, shown
from tui.seeking import Seeking, matched, picked

RANGES: Final[tuple[Range, ...]] = get_args(Range)
ChartKey: TypeAlias = tuple[object, ...]
ModelsKey: TypeAlias = tuple[object, ...]
InspectionKey: TypeAlias = tuple[object, ...]
_WITHIN_DAYS: Final[dict[Range, int]] = {"1D": 300, "5D": 900}
"""Seconds of a bar of the ranges within days."""
_OFFER = "a Korean list: R shows rises in red and falls in blue · screen.red_up in config.toml keeps it so"


class State(Struct, frozen=True):
    """All that the screen shows, or follows from it."""

    link: Literal["connecting", "attached", "lost"] = "connecting"
    words: str = "starting the engine…"
    """What the link does now, unless it is attached."""
    view: View | None = None
    rows: tuple[Row, ...] = ()
    """The rows shown: those that match `find`, in the order of `sort`."""
    selected: str | None = None
    sort: Sort = "rarity"
    find: str = ""
    range: Range = "6M"
    chart: Chart | None = None
    no_chart: str | None = None
    """Why there is no chart of the selected symbol."""
    zoomed: bool = False
    chosen: int | None = None
    """The alarm a person chose; None: the newest open one is explained."""
    notice: str | None = None
    refused: bool = False
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
    """Bytes sent to the terminal until the minute began."""
    lately: int = 0
    """Those of the minute before."""
    now: float = 0.0

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
        """The alarm that is explained: the chosen one, or the newest that is open, or the newest."""
        alarms = self.view.alarms if self.view else ()
        chosen = [alarm for alarm in alarms if alarm.id == self.chosen]
        unseen = [alarm for alarm in alarms if alarm.state == "open"]
        return next(iter([*chosen, *unseen, *alarms]), None)

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
        return self.selected, self.model, status.model.id if status.model else None, session, ended

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
        return row.symbol, self.range, row.session, row.forecast, row.tier, bar

    def row_of(self, symbol: str | None) -> Row | None:
        """The row of that symbol, shown or filtered out."""
        rows = self.view.rows if self.view else ()
        return next((row for row in rows if row.symbol == symbol), None)


@singledispatch
def _next(event: object, state: State) -> State:
    return state


def reduce(state: State, event: Event) -> State:
    """The state after the event."""
    return _next(event, state)


_TAKEN = {"champion": "trained", "rejected": "not taken", "earlier": "trained"}


@_next.register
def _(event: View, state: State) -> State:
    return _offered(_listed(replace(state, link="attached", words="", view=event)))


@_next.register
def _(event: Changed, state: State) -> State:
    return state if state.view is None else _listed(replace(state, view=apply(state.view, event)))


@_next.register
def _(event: Chart, state: State) -> State:
    # an answer that came too late must not replace the chart of what is selected now
    if (event.symbol, event.range) != (state.selected, state.range):
        return state
    return replace(state, chart=event, no_chart=None)


@_next.register
def _(event: NoChart, state: State) -> State:
    return replace(state, chart=None, no_chart=event.words) if event.symbol == state.selected else state


@_next.register
def _(event: Removed, state: State) -> State:
    words = f"{event.symbol} is off the list · u puts it back"
    return replace(state, removed=event, notice=words, refused=False)


@_next.register
def _(event: Trained, state: State) -> State:
    why = f": {plain(event.reason)}" if event.reason and event.status != "champion" else ""
    words = f"model #{event.model} {_TAKEN.get(event.status, event.status)}{why} · {skill(event.skill, event.word)}"
    skipped = "".join(f" · {symbol}: {plain(why)}" for symbol, why in event.skipped.items())
    return replace(state, notice=words + skipped, refused=False)


@_next.register
def _(event: Models, state: State) -> State:
    return replace(state, models=event)


@_next.register
def _(event: Inspection, state: State) -> State:
    return replace(state, inspection=event)


@_next.register
def _(event: RolledBack, state: State) -> State:
    return replace(state, model=None, notice=plain(event.words), refused=False)


@_next.register
def _(event: Connecting, state: State) -> State:
    # a loss, and why the last attempt failed, stay to be read while the next attempt is made
    return state if state.link == "lost" else replace(state, link="connecting", words=event.words)


@_next.register
def _(event: Lost, state: State) -> State:
    return replace(state, link="lost", words=plain(event.words))


@_next.register
def _(event: Refusal, state: State) -> State:
    return replace(state, notice=plain(event.words), refused=True)


@_next.register
def _(event: Said, state: State) -> State:
    return replace(state, notice=event.words, refused=False)


@_next.register
def _(event: Read, state: State) -> State:
    return replace(state, notice=None, refused=False)


@_next.register
def _(event: Selected, state: State) -> State:
    return replace(state, selected=event.symbol)


@_next.register
def _(event: Moved, state: State) -> State:
    if event.pane == "feed":
        alarms = state.view.alarms if state.view else ()
        here = next((index for index, alarm in enumerate(alarms) if alarm == state.alarm), 0)
        return replace(state, chosen=alarms[_within(here + event.by, len(alarms))].id) if alarms else state
    if event.pane == "models":
        return replace(
            state,
            model=_beside([card.id for card in state.models.models] if state.models else [], state.card, event.by),
        )
    if event.pane == "log":
        lines = len(state.inspection.log) if state.inspection else 0
        return replace(state, log_back=_within(state.log_back - event.by, lines))
    if event.pane == "jobs":
        return replace(state, task=_beside([job.id for job in state.jobs], state.chosen_job, event.by))
    if not state.rows:
        return state
    return replace(state, selected=state.rows[_within(state.index + event.by, len(state.rows))].symbol)


@_next.register
def _(event: Chosen, state: State) -> State:
    return replace(state, chosen=event.alarm)


@_next.register
def _(event: Resorted, state: State) -> State:
    return _listed(replace(state, sort=after(state.sort, state.view.rows if state.view else ())))


@_next.register
def _(event: Found, state: State) -> State:
    return _listed(replace(state, find=event.text))


@_next.register
def _(event: Ranged, state: State) -> State:
    return replace(state, range=RANGES[_within(RANGES.index(state.range) + event.step, len(RANGES))])


@_next.register
def _(event: Zoomed, state: State) -> State:
    return replace(state, zoomed=event.on)


@_next.register
def _(event: Hidden, state: State) -> State:
    return replace(state, private=not state.private)


@_next.register
def _(event: Sought, state: State) -> State:
    return replace(state, seeking=None if event.text is None else Seeking(event.text))


@_next.register
def _(event: Searching, state: State) -> State:
    if state.seeking is None or state.seeking.text.strip() != event.text:
        return state
    return replace(state, seeking=replace(state.seeking, asked=True))


@_next.register
def _(event: Matched, state: State) -> State:
    return replace(state, seeking=matched(state.seeking, event))


@_next.register
def _(event: Picked, state: State) -> State:
    return replace(state, seeking=picked(state.seeking, event.by))


@_next.register
def _(event: Ticked, state: State) -> State:
    return replace(state, now=event.now, sent=event.sent, lately=max(event.sent - state.sent, 0))


def _beside(ids: list[int], chosen: ModelCard | Job | None, by: int) -> int | None:
    """The number so many places from the chosen one's."""
    return ids[_within(ids.index(chosen.id) + by, len(ids))] if chosen else None


def _within(index: int, length: int) -> int:
    return max(0, min(index, length - 1))


def _offered(state: State) -> State:
    """Said once, on the first list whose rows are all of Korea's exchange; never forced."""
    rows = state.view.rows if state.view else ()
    if not state.offer_red_up or not rows or any(row.exchange not in ("XKRX", "KRX") for row in rows):
        return state
    return replace(state, offer_red_up=False, notice=_OFFER, refused=False)


def _listed(state: State) -> State:
    """The rows shown anew; the selection follows its symbol, and where that is gone, its place."""
    before = state.index
    rows = shown(state.view.rows, state.sort, state.find) if state.view else ()
    symbols = {row.symbol for row in rows}
    selected = state.selected
    if selected not in symbols:
        selected = rows[_within(before, len(rows))].symbol if rows else None
    return replace(state, rows=rows, selected=selected)
