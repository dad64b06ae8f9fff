"""Which models and jobs are looked at, and how old the one in charge is."""

from datetime import date

import pytest
from msgspec.structs import replace

from engine.protocol import Job, JobState, Model, Models
from tests.tui import data, modelling
from tui.cards import of_today
from tui.state import State
from tui.widgets.forecast_plot import ForecastPlot

LATER = Model(14, "pooled", ("AAPL",), date(2008, 9, 12), 12, expires_in=48)
VIEW = replace(data.view(), status=replace(data.status(), model=LATER))


def test_the_model_in_charge_is_as_old_as_the_list_says() -> None:
    now = of_today(modelling.card(14), VIEW)
    assert (now.age_sessions, now.expires_in) == (12, 48)


def test_another_model_stays_as_old_as_it_was_told_to_be() -> None:
    assert of_today(modelling.card(13), VIEW) == modelling.card(13)


def test_without_a_list_nothing_is_known_of_today() -> None:
    assert of_today(modelling.card(14), None) == modelling.card(14)


@pytest.mark.parametrize(("state", "words"), [("running", "is being trained"), ("queued", "waits to be trained")])
def test_before_there_is_a_model_the_plot_says_that_the_first_one_is_trained(state: JobState, words: str) -> None:
    pane = ForecastPlot()
    job = Job(1, "train", "train AAPL", state)
    pane.state = State(view=data.view(jobs=(job,)), models=Models((), why="no model of AAPL can speak"))
    assert f"the first model {words}" in "".join(text for line in pane.paint(80, 12) for text, _ in line)
