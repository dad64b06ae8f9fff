"""Which models and jobs are looked at, and how old the one in charge is."""

from datetime import date

from msgspec.structs import replace

from engine.protocol import Model
from tests.tui import data, modelling
from tui.cards import of_today

LATER = Model(14, "pooled", ("AAPL",), date(2008, 9, 12), 12, expires_in=48)
VIEW = replace(data.view(), status=replace(data.status(), model=LATER))


def test_the_model_in_charge_is_as_old_as_the_list_says() -> None:
    now = of_today(modelling.card(14), VIEW)
    assert (now.age_sessions, now.expires_in) == (12, 48)


def test_another_model_stays_as_old_as_it_was_told_to_be() -> None:
    assert of_today(modelling.card(13), VIEW) == modelling.card(13)


def test_without_a_list_nothing_is_known_of_today() -> None:
    assert of_today(modelling.card(14), None) == modelling.card(14)
