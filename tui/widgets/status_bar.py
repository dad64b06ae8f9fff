"""The line at the top: which list, which moment, how fresh the prices, which model, what the engine does."""

from engine.format import age, number, plain
from engine.protocol import Feed, Job, Market, Model, ReplayClock, View
from tui.pane import Pane
from tui.spans import Spans, apart, cells, joined
from tui.state import State

_PHASES = {"running": "", "paused": "paused", "training": "waits for training", "ended": "ended"}
_BETWEEN = (" │ ", "frame")


class StatusBar(Pane):
    """One line; when it is narrow its parts get shorter, the least important first."""

    GROUND = "bar"

    def __init__(self) -> None:
        super().__init__(id="status")

    def paint(self, width: int, height: int) -> list[Spans]:
        """The parts that fit, the engine's state at the right."""
        engine = _engine(self.state, brief=width < 100)
        left = _fitting(self.state, width - cells(engine) - 5)
        return [apart([(" ", "text"), *left], [*engine, (" ", "text")], width)]


def _fitting(state: State, room: int) -> Spans:
    """The parts in their longest forms that fit: the last part is shortened first."""
    if state.view is None:
        return [("whipsaw", "key bold")]
    parts = _parts(state, state.view)
    lengths = [0] * len(parts)
    for shorten in (2, 4, 3, 4, 1, 3, 0, 4):
        line = joined((forms[length] for forms, length in zip(parts, lengths, strict=True)), _BETWEEN)
        if cells(line) <= room:
            return line
        lengths[shorten] = min(lengths[shorten] + 1, len(parts[shorten]) - 1)
    return joined((forms[-1] for forms in parts), _BETWEEN)


def _parts(state: State, view: View) -> list[list[Spans]]:
    """Each part in its forms, longest first."""
    status = view.status
    return [
        _list(view),
        _clock(status.replay) if status.replay else _market(status.market, state.now),
        _year(status.replay) if status.replay else [[]],
        _source(status.source, status.feed, state.now) if not status.replay else [[]],
        _model(status.model),
    ]


def _list(view: View) -> list[Spans]:
    name = plain(view.watchlist.name)
    count: Spans = [(name, "text"), (" ▾ ", "dim"), (str(len(view.rows)), "dim")]
    return [[("whipsaw", "key bold"), ("  ", "text"), *count], count]


def _clock(replay: ReplayClock) -> list[Spans]:
    moment: Spans = [("◷ ", "watch"), (replay.session.isoformat(), "watch bold")]
    phase = _PHASES[replay.state] or f"replay {number(replay.speed, 0 if replay.speed >= 1 else 1)}/s"
    return [[*moment, (f" {phase}", "dim" if replay.state == "running" else "watch")], moment[1:]]


def _year(replay: ReplayClock) -> list[Spans]:
    return [[(f"session {replay.index} of {replay.sessions}", "dim")], []]


def _market(market: Market | None, now: float) -> list[Spans]:
    if market is None:
        return [[]]
    name, turn = plain(market.name), "closes" if market.open else "opens"
    state: Spans = [(name, "dim"), (" ● " if market.open else " ○ ", "up" if market.open else "dim")]
    word = "open" if market.open else "closed"
    short: Spans = [*state, (word, "text")]
    if market.until is None:
        return [short]
    return [[*short, (f", {turn} in {_countdown(market.until - now)}", "dim")], short]


def _countdown(seconds: float) -> str:
    minutes = max(int(seconds // 60), 0)
    hours = minutes // 60
    if hours >= 48:
        return f"{hours // 24} d"
    return f"{hours}h{minutes % 60:02d}m" if hours else f"{minutes}m"


def _source(source: str, feed: Feed, now: float) -> list[Spans]:
    name = plain(source.partition(":")[0])
    if feed.state == "failing":
        since = f", last success {age(now - feed.last_success)} ago" if feed.last_success else ""
        short: Spans = [(name, "dim"), (" ● failing", "alert")]
        return [[*short, (f": {plain(feed.error or 'no answer')}{since}", "dim")], [*short, (since, "dim")], short]
    if feed.last_success is None:
        return [[(name, "dim"), (" ○ waiting", "dim")], [(name, "dim")], []]
    return [[(name, "dim"), (" ● ", "up"), (age(now - feed.last_success), "dim")], [(name, "dim")], []]


def _model(model: Model | None) -> list[Spans]:
    if model is None:
        return [[("no model yet", "dim")], []]
    name: Spans = [("model ", "dim"), (f"#{model.id}", "text"), (f" {model.age_sessions} d old", "dim")]
    mae, nothing = number(model.mae), number(model.mae_persistence)
    full: Spans = [(f" · MAE {mae}, persistence {nothing}", "dim")]
    short: Spans = [(f" · MAE {mae} / {nothing}", "dim")]
    return [name + full, name + short, name, name[:2]]


def _engine(state: State, *, brief: bool) -> Spans:
    if state.link != "attached":
        return [("engine ", "dim"), ("○ ", "alert" if state.link == "lost" else "dim"), (state.link, "text")]
    job = state.job
    if job is None:
        return [("engine ", "dim"), ("● ", "up"), ("idle", "text")]
    return [("engine ", "dim"), ("● ", "watch"), (_progress(job, brief=brief), "text")]


def _progress(job: Job, *, brief: bool) -> str:
    phase = plain(job.phase) or ("queued" if job.state == "queued" else "training")
    if brief or job.loss is None:
        return phase
    return f"{phase}, loss {number(job.loss, 4)} / {number(job.val_loss, 4)}"
