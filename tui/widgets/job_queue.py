"""What runs in the background, what waits, what has ended; and what a crash interrupted, to be run again."""

from engine.format import duration, fit, plain
from engine.protocol import Job
from tui.pane import Pane
from tui.spans import Spans, apart, framed

_MARKS = {
    "queued": ("◦", "dim"),
    "running": ("▶", "watch"),
    "done": ("✓", "dim"),
    "failed": ("×", "alert"),
    "cancelled": ("–", "dim"),
    "interrupted": ("!", "watch"),
}
_BAR = 16


class JobQueue(Pane, can_focus=True):
    """A job a line, newest first."""

    def __init__(self) -> None:
        super().__init__(id="jobs")

    @property
    def page(self) -> int:
        """Rows that are seen at once."""
        return max(self.size.height - 2, 1)

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame and the jobs, the chosen one among them."""
        jobs, chosen = self.state.jobs, self.state.chosen_job
        rows = max(height - 2, 1)
        top = max(jobs.index(chosen) - rows + 1, 0) if chosen else 0
        body = [self._line(job, width - 2, chosen=job is chosen) for job in jobs[top : top + rows]]
        nothing: list[Spans] = [[("  nothing runs · T trains this ticker, ctrl+t the list", "dim")]]
        return framed(body or nothing, [("Jobs", "text bold")], _counted(jobs), (width, height), self.frame)

    def _line(self, job: Job, room: int, *, chosen: bool) -> Spans:
        mark, role = _MARKS[job.state]
        live = job.state in ("running", "queued") or job.again
        left: Spans = [
            ("▌" if chosen and self.has_focus else " ", "key"),
            (f"{mark} ", role),
            (fit(plain(job.title), min(34, room // 3)) + "  ", "text bold" if live else "dim"),
            (_state(job), "text" if live else "dim"),
        ]
        line = apart(left, [("  ", "text"), *_bar(job), (_times(job), "dim"), (" ", "text")], room)
        return [(text, f"{ink}/selected") for text, ink in line] if chosen and self.has_focus else line


def _counted(jobs: tuple[Job, ...]) -> Spans:
    running, waiting = (sum(job.state == state for job in jobs) for state in ("running", "queued"))
    return [(" · ".join(filter(None, (f"{running} running", f"{waiting} waiting" if waiting else ""))), "dim")]


def _state(job: Job) -> str:
    if job.again:
        return "interrupted when the engine ended · Enter runs it again, x forgets it"
    if job.state == "queued":
        return f"waits, place {job.position}" if job.position else "waits"
    return plain(job.error or (job.phase if job.state == "running" else "") or job.state)


def _bar(job: Job) -> Spans:
    """How far it is, where it says so."""
    if job.state != "running" or not job.epochs:
        return []
    done = round(_BAR * job.epoch / job.epochs)
    return [("━" * done, "key"), ("━" * (_BAR - done) + "  ", "frame")]


def _times(job: Job) -> str:
    """How long it ran, and how long it will: as of when it last said how far it is, so that nothing ticks by itself."""
    if job.started is None:
        return ""
    end = job.ended or job.reported
    ran = duration(max(end - job.started, 0)) if end else ""
    left = f", {duration(job.eta_seconds)} left" if job.state == "running" and job.eta_seconds is not None else ""
    return f"{ran}{left}"
