"""What runs in the background, what waits, what has ended; and what a crash interrupted, to be run again."""

from typing import NamedTuple

from engine.format import duration, fit, plain, width
from engine.protocol import Job
from tui.pane import Pane
from tui.spans import Spans, apart, framed, steady

_MARKS = {
    "queued": ("◦", "dim"),
    "running": ("▶", "watch"),
    "done": ("✓", "dim"),
    "failed": ("×", "alert"),
    "cancelled": ("–", "dim"),
    "interrupted": ("!", "watch"),
}
_LEAD = 3
"""Cells of the mark before a job."""
_WIDE, _SLIM = 98, 70
"""Cells of a line from which a running job has its longest form, and a bar at all."""


class _Form(NamedTuple):
    """Cells of the pieces of a line; those of a job that runs stand still however long their words are."""

    title: int
    phase: int
    bar: int
    times: int


_LEAST = 12
"""Cells that a title has, whatever there is."""
_LONG = _Form(60, 20, 16, len("59 min 59 s, 59 min 59 s left"))
_SHORT = _Form(24, 20, 8, len("59 min 59 s left"))


class JobQueue(Pane, can_focus=True):
    """A job a line, newest first."""

    def __init__(self) -> None:
        super().__init__(id="jobs")

    @property
    def page(self) -> int:
        """Rows that are seen at once."""
        return max(self.size.height - 2, 1)

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame and the jobs, the chosen one among them; on the lower edge what is cut of its words."""
        jobs, chosen = self.state.jobs, self.state.chosen_job
        rows = max(height - 2, 1)
        top = max(jobs.index(chosen) - rows + 1, 0) if chosen else 0
        body = [self._line(job, width - 2, chosen=job is chosen) for job in jobs[top : top + rows]]
        one, every = self.state.key("retrain"), self.state.key("retrain_all")
        nothing: list[Spans] = [[(f"  nothing runs · {one} trains this ticker, {every} the list", "dim")]]
        title: Spans = [("Jobs", "text bold")]
        foot = _cut_of(chosen, width - 2, self._ways) if chosen else []
        return framed(body or nothing, title, _counted(jobs), (width, height), self.frame, foot=foot)

    @property
    def _ways(self) -> str:
        """What can be done about a job that was interrupted."""
        return f"{self.state.key('again')} runs it again, {self.state.key('forget')} forgets it"

    def _line(self, job: Job, room: int, *, chosen: bool) -> Spans:
        mark, role = _MARKS[job.state]
        live = job.state in ("running", "queued") or job.again
        form = _form(job, room)
        lead: Spans = [("▌" if chosen and self.has_focus else " ", "key"), (f"{mark} ", role)]
        left: Spans = [
            *lead,
            (fit(plain(job.title), form.title) + "  ", "text bold" if live else "dim"),
            (fit(_state(job, form.phase, self._ways), form.phase), "text" if live else "dim"),
        ]
        line = apart(left, [*_bar(job, form), (fit(_times(job, form), form.times, right=True) + " ", "dim")], room)
        return [(text, f"{ink}/selected") for text, ink in line] if chosen and self.has_focus else line


def _form(job: Job, room: int) -> _Form:
    """Of a job that runs the pieces keep their places; one that does not has no bar, and all the room for its words."""
    form = _LONG if room >= _WIDE else _SHORT if room >= _SLIM else _SHORT._replace(bar=0)
    spare = room - _LEAD - 4 - form.phase - (form.bar + 2) - form.times
    title = min(max(spare, _LEAST), form.title)
    if job.state == "running":
        return form._replace(title=title)
    times = 0 if job.again else width(_times(job, form))
    return _Form(title, max(room - _LEAD - 2 - title - times - 2, 0), 0, times)


def _cut_of(job: Job, room: int, ways: str) -> Spans:
    """The words of a job that its line has no room for."""
    form = _form(job, room)
    whole = ((plain(job.title), form.title), (_state(job, form.phase, ways), form.phase))
    cut = " · ".join(words for words, cells in whole if width(words) > cells)
    return [(cut, "dim")] if cut else []


def _counted(jobs: tuple[Job, ...]) -> Spans:
    running, waiting = (sum(job.state == state for job in jobs) for state in ("running", "queued"))
    return [(" · ".join(filter(None, (f"{running} running", f"{waiting} waiting" if waiting else ""))), "dim")]


def _state(job: Job, room: int, ways: str) -> str:
    if job.again:
        when = "interrupted when the engine ended"
        return f"{when} · {ways}" if width(f"{when} · {ways}") <= room else f"interrupted · {ways}"
    if job.state == "queued":
        return f"waits, place {job.position}" if job.position else "waits"
    return steady(plain(job.error or (job.phase if job.state == "running" else "") or job.state))


def _bar(job: Job, form: _Form) -> Spans:
    """How far it is, where it says so."""
    if job.state != "running":
        return []
    done = round(form.bar * job.epoch / job.epochs) if job.epochs else 0
    rest = "━" * (form.bar - done) if job.epochs else " " * form.bar
    return [("━" * done, "key"), (rest + "  ", "frame")]


def _times(job: Job, form: _Form) -> str:
    """How long it ran, and how long it will: as of when it last said how far it is, so that nothing ticks by itself."""
    if job.started is None:
        return ""
    end = job.ended or job.reported
    ran = duration(max(end - job.started, 0)) if end else ""
    if job.state != "running" or job.eta_seconds is None:
        return ran
    left = f"{duration(job.eta_seconds)} left"
    return f"{ran}, {left}" if form.times >= _LONG.times else left
