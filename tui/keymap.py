"""Every key, once: bindings, footer, help and command palette are made from this list."""

from typing import Final, Literal, TypeAlias

from msgspec import Struct

Group: TypeAlias = Literal["Move", "List", "Chart", "Model", "Alarms", "Whipsaw"]


class Key(Struct, frozen=True):
    """One key or a few that do the same.

    `id` names the action, `keys` are Textual's names joined by commas, `shown` is what a person reads. `footer` ranks
    it there (0: not in it), first to last; the highest rank is the first to give way. `command` puts it in the palette.
    """

    id: str
    keys: str
    shown: str
    words: str
    group: Group
    footer: int = 0
    short: str = ""
    command: bool = True
    everywhere: bool = False
    """Whether the app does it, on every screen."""

    @property
    def action(self) -> str:
        """The action as Textual spells it."""
        return f"app.{self.id}" if self.everywhere else f"screen.{self.id}"


KEYS: Final = (
    Key("move(1)", "down,j", "j ↓", "next row", "Move", command=False),
    Key("move(-1)", "up,k", "k ↑", "row before", "Move", command=False),
    Key("page(1)", "pagedown", "PgDn", "a page down", "Move", command=False),
    Key("page(-1)", "pageup", "PgUp", "a page up", "Move", command=False),
    Key("end(-1)", "g,home", "g", "first row", "Move", command=False),
    Key("end(1)", "G,end", "G", "last row", "Move", command=False),
    Key("pane(1)", "tab", "Tab", "next pane", "Move", command=False),
    Key("pane(-1)", "shift+tab", "⇧Tab", "pane before", "Move", command=False),
    Key("zoom", "enter", "Enter", "chart on the whole screen", "Move", 6, "open"),
    Key("back", "escape", "Esc", "back", "Move", command=False),
    Key("find", "slash", "/", "find in the list", "List", 2, "find"),
    Key("sort", "s", "s", "next order of the list", "List", 4, "sort"),
    Key("add", "a", "a", "add a symbol", "List", 3, "add"),
    Key("remove", "d", "d", "take the symbol off", "List"),
    Key("undo", "u", "u", "put the last one back", "List"),
    Key("lists", "w", "w", "show another list", "List", 9, "list"),
    Key("hide", "P", "P", "hide or show amounts", "List"),
    Key("refresh", "r", "r", "fetch what is missing", "List"),
    Key("ranged(1)", "right_square_bracket", "]", "longer history", "Chart"),
    Key("ranged(-1)", "left_square_bracket", "[", "shorter history", "Chart", 8, "range"),
    Key("retrain", "T", "T", "retrain this ticker", "Model", 5, "retrain"),
    Key("retrain_all", "ctrl+t", "^T", "retrain the list", "Model"),
    Key("cancel", "C", "C", "cancel the training", "Model"),
    Key("acknowledge", "space", "Space", "acknowledge the alarm", "Alarms", 7, "acknowledge"),
    Key("pause", "p", "p", "pause or resume the replay", "Whipsaw"),
    Key("theme", "t", "t", "dark or light", "Whipsaw", everywhere=True),
    Key("theme('rise')", "R", "R", "rises in red or in green", "Whipsaw", everywhere=True),
    Key("help", "question_mark", "?", "all keys", "Whipsaw", 1, "help", everywhere=True),
    Key("command_palette", "ctrl+p,colon", ":", "commands by name", "Whipsaw", 10, "commands", False, True),
    Key("detach", "q", "q", "detach; the engine lives on", "Whipsaw", 11, "detach", everywhere=True),
    Key("stop", "Q", "Q", "stop the engine and leave", "Whipsaw", everywhere=True),
)

FOOTER: Final = tuple(sorted((key for key in KEYS if key.footer), key=lambda key: key.footer))


def groups() -> dict[Group, tuple[Key, ...]]:
    """The keys as the help shows them, in the order of the list."""
    found: dict[Group, tuple[Key, ...]] = {}
    for key in KEYS:
        found[key.group] = (*found.get(key.group, ()), key)
    return found
