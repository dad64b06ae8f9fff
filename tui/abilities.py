"""What the terminal can show: how many colours, which glyphs, a dark or a light ground."""

from collections.abc import Mapping

from tui.palettes import DARK, LIGHT, Depth

_NO_GLYPHS = ("linux", "dumb", "vt100", "vt220", "ansi")
"""Terminals whose fonts hold neither braille nor blocks."""


def depth(color_system: str | None) -> Depth:
    """The depth of a terminal by rich's name for it; one that names none is taken for sixteen colours."""
    return "truecolor" if color_system == "truecolor" else "256" if color_system == "256" else "16"


def ascii_alone(environ: Mapping[str, str], encoding: str) -> bool:
    """Whether nothing but ASCII can be relied on: another encoding than UTF-8, or a console with a font of its own."""
    return environ.get("TERM", "") in _NO_GLYPHS or encoding.lower().replace("-", "") != "utf8"


def ground(environ: Mapping[str, str]) -> str:
    """The theme for the ground that COLORFGBG tells ("15;0": white on black); dark where it tells none."""
    told = environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if told in ("7", "9", "10", "11", "12", "13", "14", "15") else DARK
