"""The colours of each theme, in each depth a terminal may have; `tui.theme.ROLES` says what they are for.

A terminal without true colour gets colours of its own 256: the nearest ones to the dark grounds would be black, navy
and teal. One of sixteen, as the Linux console, gets the sixteen of the PC.
"""

from typing import Final, Literal, TypeAlias

DARK, LIGHT, CONTRAST, SAFE = "whipsaw-dark", "whipsaw-light", "whipsaw-contrast", "whipsaw-safe"
Depth: TypeAlias = Literal["truecolor", "256", "16"]

COLOURS: Final[dict[tuple[str, Depth], str]] = {
    (DARK, "truecolor"): """
        #10151c #161d27 #1d2733 #2a3441 #5aa9e6 #c5ced8 #66717f #63c08f #e5737d #e6b450 #ff7f5c #3f7f60 #9c525b
        #8ab4f8 #4a5f7a #22344a #35506c #63c08f""",
    (DARK, "256"): """
        #121212 #1c1c1c #262626 #3a3a3a #5fafff #d0d0d0 #767676 #5fd787 #ff8787 #ffd75f #ff875f #5f875f #875f5f
        #87afff #5f5f87 #303030 #4e4e4e #5fd787""",
    (DARK, "16"): """
        #000000 #000000 #0000aa #555555 #55ffff #ffffff #aaaaaa #55ff55 #ff5555 #ffff55 #ff55ff #00aa00 #aa0000
        #55ffff #555555 #0000aa #00aaaa #55ff55""",
    (LIGHT, "truecolor"): """
        #f7f8fa #eceff3 #dde6f0 #cdd5de #1f6fb5 #26303b #76818d #1e7f4f #c23a48 #946300 #c8401c #8fc4a6 #e0a3aa
        #2b62c4 #a3b4c8 #dbe6f3 #b4cae4 #1e7f4f""",
    (LIGHT, "256"): """
        #ffffff #eeeeee #d7d7ff #c6c6c6 #005faf #262626 #767676 #005f00 #af0000 #875f00 #af5f00 #87af87 #d7afaf
        #005fd7 #afafd7 #dadada #afafd7 #005f00""",
    (LIGHT, "16"): """
        #aaaaaa #aaaaaa #00aaaa #555555 #0000aa #000000 #555555 #0000aa #aa0000 #aa00aa #aa0000 #0000aa #aa0000
        #0000aa #555555 #00aaaa #00aaaa #0000aa""",
    (CONTRAST, "truecolor"): """
        #000000 #101010 #002b55 #8a8a8a #6cc4ff #ffffff #bcbcbc #4dff9a #ff9c9c #ffd84d #ffae85 #2fbf73 #e06666
        #9cc9ff #8a8a8a #1f3f66 #3f6ea5 #4dff9a""",
    (CONTRAST, "256"): """
        #000000 #121212 #00005f #8a8a8a #5fd7ff #ffffff #bcbcbc #5fff87 #ffafaf #ffd75f #ffaf87 #5fd787 #ff5f5f
        #afd7ff #8a8a8a #303030 #585858 #5fff87""",
    (CONTRAST, "16"): """
        #000000 #000000 #0000aa #aaaaaa #55ffff #ffffff #ffffff #55ff55 #ff5555 #ffff55 #ff55ff #55ff55 #ff5555
        #ffffff #aaaaaa #0000aa #00aaaa #55ff55""",
    (SAFE, "truecolor"): """
        #10151c #161d27 #1d2733 #2a3441 #b9a7ff #c5ced8 #66717f #56b4e9 #e69f00 #f0e442 #ff5f87 #3f7fa8 #a5740a
        #2fb890 #4a5f7a #22344a #35506c #56b4e9""",
    (SAFE, "256"): """
        #121212 #1c1c1c #262626 #3a3a3a #afafff #d0d0d0 #767676 #5fafff #ffaf00 #ffff5f #ff5f87 #5f87af #af8700
        #00af87 #5f5f87 #303030 #4e4e4e #5fafff""",
    (SAFE, "16"): """
        #000000 #000000 #0000aa #555555 #ffffff #ffffff #aaaaaa #55ffff #ffff55 #ffffff #ff55ff #00aaaa #aa5500
        #ffffff #555555 #0000aa #00aaaa #55ffff""",
}

RED_UP_COLOURS: Final[dict[tuple[str, Depth], str]] = {
    (DARK, "truecolor"): "#e5737d #6ea0ff #9c525b #45659f",
    (DARK, "256"): "#ff8787 #5f87ff #875f5f #5f5faf",
    (DARK, "16"): "#ff5555 #5555ff #aa0000 #0000aa",
    (LIGHT, "truecolor"): "#c23a48 #1d55b8 #e0a3aa #9db7e6",
    (LIGHT, "256"): "#af0000 #0000d7 #d7afaf #afafff",
    (LIGHT, "16"): "#aa0000 #0000aa #aa0000 #0000aa",
    (CONTRAST, "truecolor"): "#ff9c9c #8fbfff #e06666 #5f96e6",
    (CONTRAST, "256"): "#ffafaf #87afff #ff5f5f #5f87ff",
    (CONTRAST, "16"): "#ff5555 #55ffff #ff5555 #55ffff",
    (SAFE, "truecolor"): "#e69f00 #56b4e9 #a5740a #3f7fa8",
    (SAFE, "256"): "#ffaf00 #5fafff #af8700 #5f87af",
    (SAFE, "16"): "#ffff55 #55ffff #aa5500 #00aaaa",
}
"""Up, down, and both as lines, where rises are red and falls blue; in the safe theme, the other way round."""
