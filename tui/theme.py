"""The colours, by what they mean.

A terminal without true colour gets colours of its own 256: the nearest ones to the dark grounds would be black, navy
and teal.
"""

from textual.theme import Theme

DARK, LIGHT = "whipsaw-dark", "whipsaw-light"

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
)
"""Every colour has one meaning; to `app.tcss` it is `$role-<name>`."""

_COLOURS = {
    (DARK, True): """
        #10151c #161d27 #1d2733 #2a3441 #5aa9e6 #c5ced8 #66717f #63c08f #e5737d #e6b450 #ff7f5c #3f7f60 #9c525b
        #8ab4f8 #4a5f7a #22344a #35506c""",
    (DARK, False): """
        #121212 #1c1c1c #262626 #3a3a3a #5fafff #d0d0d0 #767676 #5fd787 #ff8787 #ffd75f #ff875f #5f875f #875f5f
        #87afff #5f5f87 #303030 #4e4e4e""",
    (LIGHT, True): """
        #f7f8fa #eceff3 #dde6f0 #cdd5de #1f6fb5 #26303b #76818d #1e7f4f #c23a48 #946300 #c8401c #8fc4a6 #e0a3aa
        #2b62c4 #a3b4c8 #dbe6f3 #b4cae4""",
    (LIGHT, False): """
        #ffffff #eeeeee #d7d7ff #c6c6c6 #005faf #262626 #767676 #005f00 #af0000 #875f00 #af5f00 #87af87 #d7afaf
        #005fd7 #afafd7 #dadada #afafd7""",
}


def themes(*, truecolor: bool) -> tuple[Theme, Theme]:
    """The dark theme and the light one, in the colours the terminal has."""
    return _theme(DARK, truecolor=truecolor), _theme(LIGHT, truecolor=truecolor)


def colour(theme: Theme, role: str) -> str:
    """The colour a role has in one of these themes."""
    return theme.variables[f"role-{role}"]


def _theme(name: str, *, truecolor: bool) -> Theme:
    colours = dict(zip(ROLES, _COLOURS[name, truecolor].split(), strict=True))
    return Theme(
        name=name,
        dark=name == DARK,
        primary=colours["key"],
        secondary=colours["line"],
        accent=colours["key"],
        foreground=colours["text"],
        background=colours["ground"],
        surface=colours["ground"],
        panel=colours["bar"],
        success=colours["up"],
        warning=colours["watch"],
        error=colours["alert"],
        variables={f"role-{role}": colour for role, colour in colours.items()},
    )
