"""Colours: every theme in every depth, with rises in green and in red, for every eye."""

from itertools import combinations

import numpy as np
import pytest
from textual.color import Color

from tui.abilities import ascii_alone, depth, ground
from tui.palettes import CONTRAST, DARK, LIGHT, SAFE, Depth
from tui.theme import RED_UP, ROLES, after, colour, named, other_rise, themes

DEPTHS: tuple[Depth, ...] = ("truecolor", "256", "16")
SIXTEEN = {
    *("#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa"),
    *("#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff"),
}
# what a dichromat sees of linear light (Machado, Oliveira and Fernandes, IEEE TVCG 15, 2009, severity 1)
EYES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", [DARK, LIGHT, CONTRAST, SAFE])
def test_red_up_changes_rises_and_falls_and_nothing_else(name: str, depth: Depth) -> None:
    found = {theme.name: theme for theme in themes(depth)}
    green, red = found[name], found[name + RED_UP]
    changed = {role for role in ROLES if colour(green, role) != colour(red, role)}
    assert changed <= {"up", "down", "rise", "fall"}
    assert colour(red, "up") != colour(red, "down")


def test_the_themes_go_round_and_keep_their_rises() -> None:
    assert after(other_rise(DARK)) == LIGHT + RED_UP
    assert [after(DARK), after(LIGHT), after(CONTRAST), after(SAFE)] == [LIGHT, CONTRAST, SAFE, DARK]
    assert named(None, red_up=True) == DARK + RED_UP
    assert named(LIGHT + RED_UP, red_up=False) == LIGHT


def test_sixteen_colours_are_the_console_s_own() -> None:
    for theme in themes("16"):
        assert {colour(theme, role) for role in ROLES} <= SIXTEEN


@pytest.mark.parametrize("depth", ["truecolor", "256"])
def test_high_contrast_is_seven_to_one_for_all_that_is_read(depth: Depth) -> None:
    for theme in themes(depth):
        if theme.name.startswith(CONTRAST):
            for role in ("key", "text", "dim", "up", "down", "watch", "alert", "line"):
                for below in ("ground", "bar", "selected"):
                    assert contrast(colour(theme, role), colour(theme, below)) >= 7, (theme.name, role, below)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("depth", ["truecolor", "256"])
def test_the_safe_theme_tells_its_meanings_apart_for_a_dichromat(depth: Depth, eye: str) -> None:
    safe = next(theme for theme in themes(depth) if theme.name == SAFE)
    for one, other in combinations(("up", "down", "watch", "alert"), 2):
        apart = np.linalg.norm(seen_by(colour(safe, one), eye) - seen_by(colour(safe, other), eye))
        assert apart >= 0.15, (one, other)


@pytest.mark.parametrize(
    ("said", "meant"), [("truecolor", "truecolor"), ("256", "256"), ("standard", "16"), (None, "16")]
)
def test_the_depth_goes_by_what_the_terminal_says(said: str | None, meant: Depth) -> None:
    assert depth(said) == meant


def test_the_ground_goes_by_what_the_terminal_says() -> None:
    assert ground({"COLORFGBG": "0;15"}) == LIGHT
    assert ground({"COLORFGBG": "15;default;0"}) == DARK
    assert ground({}) == DARK


def test_ascii_is_for_the_console_and_for_other_encodings() -> None:
    assert ascii_alone({"TERM": "linux"}, "utf-8")
    assert ascii_alone({"TERM": "xterm-256color"}, "iso-8859-1")
    assert not ascii_alone({"TERM": "xterm-256color"}, "UTF-8")


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.1."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(text: str) -> float:
    return float(linear(text) @ [0.2126, 0.7152, 0.0722])


def linear(text: str) -> np.ndarray:
    parts = np.array(Color.parse(text).normalized)
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen_by(text: str, eye: str) -> np.ndarray:
    """The colour as that eye has it, in the encoded space distances are judged in."""
    light = np.clip(np.array(EYES[eye]) @ linear(text), 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("depth", ["truecolor", "256"])
def test_the_safe_theme_tells_the_price_from_its_averages_and_from_both_directions(depth: Depth, eye: str) -> None:
    safe = next(theme for theme in themes(depth) if theme.name == SAFE)
    for other in ("text", "dim", "up", "down"):
        apart = np.linalg.norm(seen_by(colour(safe, "line"), eye) - seen_by(colour(safe, other), eye))
        assert apart >= 0.15, other
