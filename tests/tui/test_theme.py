"""Colours: each theme in both depths, with rises in green and in red."""

import pytest

from tui.theme import DARK, LIGHT, RED_UP, ROLES, colour, named, other_ground, other_rise, themes


@pytest.mark.parametrize("truecolor", [True, False])
def test_red_up_changes_rises_and_falls_and_nothing_else(truecolor: bool) -> None:
    found = {theme.name: theme for theme in themes(truecolor=truecolor)}
    for name in (DARK, LIGHT):
        green, red = found[name], found[name + RED_UP]
        changed = {role for role in ROLES if colour(green, role) != colour(red, role)}
        assert changed == {"up", "down", "rise", "fall"}
        assert colour(red, "up") == colour(green, "down")
        assert colour(red, "down") not in {colour(red, role) for role in ROLES if role != "down"}


def test_ground_and_rises_change_apart() -> None:
    assert other_ground(other_rise(DARK)) == LIGHT + RED_UP
    assert other_rise(other_ground(other_rise(DARK))) == LIGHT
    assert named(None, red_up=True) == DARK + RED_UP
    assert named(LIGHT + RED_UP, red_up=False) == LIGHT
