"""The colours, by what they mean."""

from typing import Final

from textual.theme import Theme

from tui.palettes import COLOURS, CONTRAST, DARK, LIGHT, RED_UP_COLOURS, SAFE, Depth

AUTO = "auto"
"""The theme that goes by the terminal's ground."""
RED_UP = "-red-up"
"""What the name of a theme ends with where rises are red and falls blue, as in East Asia."""

ROLES = (
    "ground",
    "bar",
    "selected",
    "frame",
    "key",
    "text",
    "dim",
    "up",
    "down",
    "watch",
    "alert",
    "rise",
    "fall",
    "line",
    "volume",
    "band90",
    "band50",
    "well",
)
"""Every colour has one meaning; to `app.tcss` it is `$role-<name>`. `well` says that a part does its work."""

_SWAPPED = ("up", "down", "rise", "fall")
_ORDER: Final = (DARK, LIGHT, CONTRAST, SAFE)


def themes(depth: Depth) -> tuple[Theme, ...]:
    """Every theme, each with rises in green and with rises in red, in the colours the terminal has."""
    return tuple(_theme(name, depth, red_up=red_up) for name in _ORDER for red_up in (False, True))


def colour(theme: Theme, role: str) -> str:
    """The colour a role has in one of these themes."""
    return theme.variables[f"role-{role}"]


def named(theme: str | None, *, red_up: bool) -> str:
    """The theme of that name (none: the dark one) with rises in red or in green."""
    return (theme or DARK).removesuffix(RED_UP) + (RED_UP if red_up else "")


def after(theme: str) -> str:
    """The next theme: dark, light, high contrast, safe for the colour-blind, and again."""
    name = named(theme, red_up=False)
    return named(_ORDER[(_ORDER.index(name) + 1) % len(_ORDER)], red_up=theme.endswith(RED_UP))


def other_rise(theme: str) -> str:
    """The theme with rises in red for that with rises in green, and back."""
    return named(theme, red_up=not theme.endswith(RED_UP))


def _theme(name: str, depth: Depth, *, red_up: bool) -> Theme:
    colours = dict(zip(ROLES, COLOURS[name, depth].split(), strict=True))
    if red_up:
        colours |= dict(zip(_SWAPPED, RED_UP_COLOURS[name, depth].split(), strict=True))
    return Theme(
        name=named(name, red_up=red_up),
        dark=name != LIGHT,
        primary=colours["key"],
        secondary=colours["line"],
        accent=colours["key"],
        foreground=colours["text"],
        background=colours["ground"],
        surface=colours["ground"],
        panel=colours["bar"],
        success=colours["well"],
        warning=colours["watch"],
        error=colours["alert"],
        variables={f"role-{role}": colour for role, colour in colours.items()},
    )
