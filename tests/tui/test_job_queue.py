"""The queue of jobs: what a line says at each width, what stands still, where the rest of its words is."""

import pytest
from msgspec.structs import replace

from engine.protocol import Job
from tests.tui import data, modelling
from tui.reduce import reduce
from tui.spans import cells
from tui.state import State
from tui.widgets.job_queue import JobQueue

RUNNING = next(job for job in modelling.jobs() if job.state == "running")


def painted(width: int, *jobs: Job) -> list[str]:
    """The pane, so wide, with these jobs."""
    pane = JobQueue()
    pane.state = reduce(State(now=data.NOW), data.view(jobs=jobs))
    lines = pane.paint(width, len(jobs) + 2)
    assert {cells(line) for line in lines} == {width}
    return ["".join(words for words, _ in line) for line in lines]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_a_job_says_how_far_it_is_and_how_long_it_will_take(width: int) -> None:
    line = painted(width, RUNNING)[1]
    assert "train" in line
    assert "epoch  5 of 12" in line
    assert "15 s left" in line


@pytest.mark.parametrize("width", [80, 120, 200])
def test_nothing_but_the_figures_moves_while_a_job_runs(width: int) -> None:
    news = [
        {"phase": "starting TensorFlow", "epochs": 0, "eta_seconds": None, "reported": data.NOW - 11},
        {"phase": "epoch 9 of 12", "epoch": 9, "eta_seconds": 9.0},
        {"phase": "epoch 10 of 12", "epoch": 10, "eta_seconds": 754.0, "reported": data.NOW + 700},
    ]
    lines = [painted(width, replace(RUNNING, **each))[1] for each in news]
    assert len({line[: line.index(phase)] for line, phase in zip(lines, ("start", "epoch", "epoch"), strict=True)}) == 1
    assert len({line.index("━") for line in lines[1:]}) == 1


def test_what_a_line_has_no_room_for_stands_on_the_lower_edge() -> None:
    assert RUNNING.title not in painted(80, RUNNING)[1]
    assert RUNNING.title in painted(80, RUNNING)[-1]


def test_the_fault_of_a_job_that_failed_is_told_in_full() -> None:
    error = "the trainer ended: killed, which is how a machine without memory ends a process"
    failed = Job(1, "train", "train sample", "failed", started=data.NOW, ended=data.NOW + 9, error=error)
    assert error not in painted(100, failed)[1]
    assert error in painted(100, failed)[-1]


def test_a_job_that_fits_leaves_the_lower_edge_alone() -> None:
    done = Job(1, "train", "train sample", "done", started=data.NOW, ended=data.NOW + 9)
    assert set(painted(80, done)[-1]) == set("╰─╯")


def test_an_interrupted_job_says_what_to_press_in_eighty_columns() -> None:
    again = next(job for job in modelling.jobs() if job.again)
    assert "interrupted · Enter runs it again, x forgets it" in painted(80, again)[1]
