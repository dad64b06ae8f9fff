"""The colours, by what they mean.

A terminal without true colour gets colours of its own 256: the nearest ones to the dark grounds would be black, navy
and teal.
"""

from textual.theme import Theme

DARK, LIGHT = "whipsaw-dark", "whipsaw-light"
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

_COLOURS = {
    (DARK, True): """
        #10151c #161d27 #1d2733 #2a3441 #5aa9e6 #c5ced8 #66717f #63c08f #e5737d #e6b450 #ff7f5c #3f7f60 #9c525b
        #8ab4f8 #4a5f7a #22344a #35506c #63c08f""",
    (DARK, False): """
        #121212 #1c1c1c #262626 #3a3a3a #5fafff #d0d0d0 #767676 #5fd787 #ff8787 #ffd75f #ff875f #5f875f #875f5f
        #87afff #5f5f87 #303030 #4e4e4e #5fd787""",
    (LIGHT, True): """
        #f7f8fa #eceff3 #dde6f0 #cdd5de #1f6fb5 #26303b #76818d #1e7f4f #c23a48 #946300 #c8401c #8fc4a6 #e0a3aa
        #2b62c4 #a3b4c8 #dbe6f3 #b4cae4 #1e7f4f""",
    (LIGHT, False): """
        #ffffff #eeeeee #d7d7ff #c6c6c6 #005faf #262626 #767676 #005f00 #af0000 #875f00 #af5f00 #87af87 #d7afaf
        #005fd7 #afafd7 #dadada #afafd7 #005f00""",
}


_SWAPPED = ("up", "down", "rise", "fall")
_RED_AND_BLUE = {
    (DARK, True): "#e5737d #6ea0ff #9c525b #45659f",
    (DARK, False): "#ff8787 #5f87ff #875f5f #5f5faf",
    (LIGHT, True): "#c23a48 #1d55b8 #e0a3aa #9db7e6",
    (LIGHT, False): "#af0000 #0000d7 #d7afaf #afafff",
}


def themes(*, truecolor: bool) -> tuple[Theme, ...]:
    """Dark and light, each with rises in green and with rises in red, in the colours the terminal has."""
    return tuple(_theme(name, truecolor=truecolor, red_up=red_up) for name in (DARK, LIGHT) for red_up in (False, True))


def colour(theme: Theme, role: str) -> str:
    """The colour a role has in one of these themes."""
    return theme.variables[f"role-{role}"]


def named(theme: str | None, *, red_up: bool) -> str:
    """The theme of that name (none: the dark one) with rises in red or in green."""
    return (theme or DARK).removesuffix(RED_UP) + (RED_UP if red_up else "")


def other_ground(theme: str) -> str:
    """The light theme for the dark one, and back."""
    red_up = theme.endswith(RED_UP)
    return named(LIGHT if named(theme, red_up=False) == DARK else DARK, red_up=red_up)


def other_rise(theme: str) -> str:
    """The theme with rises in red for that with rises in green, and back."""
    return named(theme, red_up=not theme.endswith(RED_UP))


def _theme(name: str, *, truecolor: bool, red_up: bool) -> Theme:
    colours = dict(zip(ROLES, _COLOURS[name, truecolor].split(), strict=True))
    if red_up:
        colours |= dict(zip(_SWAPPED, _RED_AND_BLUE[name, truecolor].split(), strict=True))
    return Theme(
        name=named(name, red_up=red_up),
        dark=name == DARK,
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
