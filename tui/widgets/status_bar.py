"""The line at the top: which list, which moment, how fresh the prices, which model, what the engine does."""

from engine.format import fit, number, plain, skill, width
from engine.protocol import Job, Model, ReplayClock, Status, View
from tui.exchanges import market_forms, markets_of
from tui.pane import CHARTED, EXPLAINED, FED, LISTED, SAID, Pane
from tui.sources import feed_forms, live_forms
from tui.spans import Spans, apart, cells, joined, steady
from tui.state import State

_BRIEF, _SLIM = 100, 76
"""Cells of the screen below which a training has one word less."""
_BUSY, _BUSY_BRIEF = len("epoch 12 of 12, loss 0.3563 / 0.4052"), len("building the network")
"""Cells that what the engine does has from the beginning of a job to its end, so that nothing beside it moves."""
_BETWEEN = (" │ ", "frame")
_PRICES = ("source", "second", "live")
_ALL = ("list", "market", "year", *_PRICES, "model")
_CALM = (
    *("year", "model", "live", "model", "model", "market", "second", "source", "list", "model", "market"),
    *("second", "live", "source"),
)
"""Who is shortened first, a step at a time, while all is well."""
_TROUBLED = (
    *("year", "model", "model", "model", "model", "market", "market", "list", "market", "live", "source", "second"),
    *("source", "second", "live", "source", "second", "live", "source", "second", "market", "live"),
)
"""The same while prices do not come as they should: what is wrong has the most room."""


class StatusBar(Pane):
    """One line; when it is narrow its parts get shorter, the least important first."""

    GROUND = "bar"
    UNSEEN = SAID | LISTED | CHARTED | EXPLAINED | FED | {"selected"}

    def __init__(self) -> None:
        super().__init__(id="status")

    def paint(self, width: int, height: int) -> list[Spans]:
        """The parts that fit, the engine's state at the right."""
        engine = _engine(self.state, width)
        left = _fitting(self.state, width - cells(engine) - 5)
        return [apart([(" ", "text"), *left], [*engine, (" ", "text")], width)]


def _fitting(state: State, room: int) -> Spans:
    """The parts in their longest forms that fit, each shortened a step at a time in the order that suits the moment."""
    if state.view is None:
        return [("whipsaw", "key bold")]
    parts = _parts(state, state.view)
    lengths = dict.fromkeys(parts, 0)
    order = _TROUBLED if _trouble(state.view.status) else _CALM
    for name in order:
        if cells(_line(parts, lengths)) <= room:
            break
        lengths[name] = min(lengths[name] + 1, len(parts[name]) - 1)
    # the last step may have given more than was needed: what still fits comes back, the most important first
    for name in reversed(order):
        longer = lengths | {name: max(lengths[name] - 1, 0)}
        if cells(_line(parts, longer)) <= room:
            lengths = longer
    return _line(parts, lengths)


def _line(parts: dict[str, list[Spans]], lengths: dict[str, int]) -> Spans:
    """The parts in these forms; where prices come from stands together."""
    now = {name: forms[lengths[name]] for name, forms in parts.items()}
    prices = joined((now[name] for name in _PRICES), ("  ", "dim"))
    return joined((now["list"], now["market"], now["year"], prices, now["model"]), _BETWEEN)


def _trouble(status: Status) -> bool:
    feeds = (status.feed, status.second or status.feed)
    return any(feed.state in ("failing", "partly") for feed in feeds) or status.live.state in ("lost", "stale")


def _parts(state: State, view: View) -> dict[str, list[Spans]]:
    """Each part in its forms, longest first."""
    status, now, symbols = view.status, state.now, len(view.rows)
    replay = status.replay
    nothing: list[Spans] = [[]]
    if state.as_of or state.journey:
        return dict.fromkeys(_ALL, nothing) | {
            "list": _list(view),
            "market": _moment(state),
            "model": _model(status.model),
        }
    return {
        "list": _list(view),
        "market": _clock(replay) if replay else market_forms(markets_of(view), now),
        "year": _year(replay) if replay else nothing,
        "source": nothing if replay else feed_forms(status.source, status.feed, now, symbols),
        "second": feed_forms("krx", status.second, now, symbols) if status.second and not replay else nothing,
        "live": nothing if replay else live_forms(status.live, now),
        "model": _model(status.model),
    }


def _list(view: View) -> list[Spans]:
    name = plain(view.watchlist.name)
    count: Spans = [(name, "text"), (" ▾ ", "dim"), (str(len(view.rows)), "dim")]
    return [[("whipsaw", "key bold"), ("  ", "text"), *count], count]


def _clock(replay: ReplayClock) -> list[Spans]:
    """The session it stands at, and whether it goes on: one as wide as the other, and never left out."""
    moment: Spans = [("◷ ", "watch"), (replay.session.isoformat(), "watch bold")]
    speed = f"{number(replay.speed, 0 if replay.speed >= 1 else 1)}/s"
    role = "dim" if replay.state == "running" else "watch"
    long, short = (
        (f" {_state(replay, running):<{max(len(running), len('training'))}}", role)
        for running in (f"replay {speed}", speed)
    )
    return [[*moment, long], [*moment[1:], short]]


def _state(replay: ReplayClock, running: str) -> str:
    return running if replay.state == "running" else replay.state


def _moment(state: State) -> list[Spans]:
    """The session that is looked at, or on the way to, and how to come back; never left out."""
    back: Spans = [(" · ", "dim"), (state.key("now"), "key bold"), (" now", "text")]
    if state.journey:
        where = state.journey.to.isoformat() if state.journey.to else "now"
        return [[("◷ ", "key"), (f"going to {where}", "key bold"), *back]]
    day = state.as_of.isoformat() if state.as_of else ""
    playing: Spans = [(" · ", "dim"), (state.key("pause"), "key bold"), (" stops", "text")] if state.playing else []
    brief: Spans = [("◷ ", "key"), (f"as of {day}", "key bold")]
    return [[*brief, (" close", "text"), *playing, *back], [*brief, *playing, *back], [*brief, *back]]


def _year(replay: ReplayClock) -> list[Spans]:
    return [[(f"session {steady(f'{replay.index} of {replay.sessions}')}", "dim")], []]


def _model(model: Model | None) -> list[Spans]:
    if model is None:
        return [[("no model yet", "dim")], []]
    if model.expires_in == 0:
        return [[("model ", "dim"), (f"#{model.id}", "text"), (" expired", "watch")], [(f"#{model.id}", "watch")], []]
    name: Spans = [("model ", "dim"), (f"#{model.id}", "text"), (f" {model.age_sessions}d", "dim")]
    worth: Spans = [(f" {skill(model.skill, model.word)}", "dim")]
    brief: Spans = [(f"#{model.id}", "text")]
    return [name + worth, brief + worth, name, name[:2], []]


def _engine(state: State, room: int) -> Spans:
    if state.link != "attached":
        return [("engine ", "dim"), ("○ ", "alert" if state.link == "lost" else "dim"), (state.link, "text")]
    job = state.job
    if job is None:
        return [("engine ", "dim"), ("● ", "well"), ("idle", "text")]
    name: Spans = [("engine ", "dim")] if room >= _SLIM else []
    return [*name, ("● ", "watch"), (_progress(job, brief=room < _BRIEF), "text")]


def _progress(job: Job, *, brief: bool) -> str:
    phase = steady(plain(job.phase) or ("queued" if job.state == "queued" else "training"))
    if brief:
        return fit(phase, _BUSY_BRIEF)
    told = phase if job.loss is None else f"{phase}, loss {number(job.loss, 4)} / {number(job.val_loss, 4)}"
    return fit(told, max(width(told), _BUSY))
