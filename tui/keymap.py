"""Every key, once: bindings, footer, help and command palette are made from this list."""

from collections.abc import Collection
from typing import Final, Literal, TypeAlias

from msgspec import Struct

Group: TypeAlias = Literal["Move", "List", "Chart", "Model", "Alarms", "Time", "Whipsaw"]
Place: TypeAlias = Literal["watch", "symbol", "model", "backtest", "trade", "engine"]
"""A screen, by the name that the keys of screens go by."""

_WALKED: Final[tuple[Place, ...]] = ("watch", "symbol", "model", "engine")
_ALL: Final[tuple[Place, ...]] = (*_WALKED, "backtest", "trade")
_TICKER: Final[tuple[Place, ...]] = ("watch", "symbol")
_CHART: Final[tuple[Place, ...]] = ("symbol",)
_WORK: Final[tuple[Place, ...]] = ("model", "engine")
_KEPT: Final = ("help", "back")
"""Hints that stay where they are."""


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
    on: tuple[Place, ...] = ("watch",)
    """The screens that do it."""

    @property
    def name(self) -> str:
        """What it is called in config.toml: "sort", "move_next", "screen_model"."""
        plain = (
            self.id.replace("(1)", "_next")
            .replace("(-1)", "_previous")
            .replace("(True)", "_whole")
            .replace("stage('", "screen_")
        )
        return plain.replace("('", "_").removesuffix("')")

    @property
    def hint(self) -> str:
        """What the footer tells by it: of two keys that do opposite things, one stands there for both."""
        return self.id.removesuffix("(1)").removesuffix("(-1)")

    @property
    def action(self) -> str:
        """The action as Textual spells it."""
        return f"app.{self.id}" if self.everywhere else f"screen.{self.id}"


Keymap: TypeAlias = tuple[Key, ...]

KEYS: Final[Keymap] = (
    Key("move(1)", "down,j", "j ↓", "next row", "Move", command=False, on=_WALKED),
    Key("move(-1)", "up,k", "k ↑", "row before", "Move", command=False, on=_WALKED),
    Key("page(1)", "pagedown", "PgDn", "a page down", "Move", command=False, on=_WALKED),
    Key("page(-1)", "pageup", "PgUp", "a page up", "Move", command=False, on=_WALKED),
    Key("end(-1)", "g,home", "g", "first row", "Move", command=False, on=_WALKED),
    Key("end(1)", "G,end", "G", "last row", "Move", command=False, on=_WALKED),
    Key("pane(1)", "tab", "Tab", "next pane", "Move", command=False, on=_WALKED),
    Key("pane(-1)", "shift+tab", "⇧Tab", "pane before", "Move", command=False, on=_WALKED),
    Key("open", "enter", "Enter", "one ticker, the whole screen", "Move", 5, "open"),
    Key("back", "escape", "Esc", "back", "Move", 2, "back", command=False, on=_ALL),
    Key("find", "slash", "/", "filter the list", "List", 2, "find"),
    Key("sort", "s", "s", "sort by a column", "List", 4, "sort"),
    Key("reverse", "S", "S", "the order the other way", "List"),
    Key("group", "v", "v", "in groups, or not", "List"),
    Key("fold", "h,left", "h", "fold the group", "List"),
    Key("unfold", "l,right", "l", "unfold all groups", "List"),
    Key("add", "a", "a", "add a symbol", "List", 3, "add"),
    Key("remove", "d", "d", "take the symbol off", "List"),
    Key("undo", "u", "u", "put the last one back", "List", on=_ALL),
    Key("lists", "w", "w", "show another list", "List", 9, "list"),
    Key("hide", "P", "P", "hide or show amounts", "List"),
    Key("refresh", "r", "r", "fetch what is missing", "List", on=("watch", "symbol", "engine")),
    Key("ranged(1)", "right_square_bracket", "]", "longer history", "Chart", on=_TICKER),
    Key("ranged(-1)", "left_square_bracket", "[", "shorter history", "Chart", 5, "range", on=_TICKER),
    Key("slide(-1)", "h,left", "h", "older, or the cursor left", "Chart", 3, "pan", on=_CHART),
    Key("slide(1)", "l,right", "l", "newer, or the cursor right", "Chart", on=_CHART),
    Key("zoom(1)", "plus,equals_sign", "+", "nearer", "Chart", 5, "zoom", on=_CHART),
    Key("zoom(-1)", "minus", "-", "further away", "Chart", on=_CHART),
    Key("cursor", "x", "x", "cursor on or off", "Chart", 4, "cursor", on=_CHART),
    Key("style", "c", "c", "candles or a line", "Chart", 6, "candles", on=_CHART),
    Key("beside", "i", "i", "averages, bands, panels", "Chart", 7, "indicators", on=_CHART),
    Key("retrain", "T", "T", "retrain this ticker", "Model", 5, "retrain", on=("watch", "symbol", "model")),
    Key("retrain_all", "ctrl+t", "^T", "retrain the list", "Model", on=("watch", "symbol", "model")),
    Key("cancel", "C", "C", "cancel the training", "Model", on=_WALKED),
    Key("ticker(1)", "right_square_bracket", "]", "next ticker's forecasts", "Model", command=False, on=("model",)),
    Key("ticker(-1)", "left_square_bracket", "[", "ticker before", "Model", 6, "ticker", command=False, on=("model",)),
    Key("roll_back", "B", "B", "roll the model back", "Model", 7, "roll back", on=("model",)),
    Key("again", "enter", "Enter", "run the chosen job again", "Model", 8, "run again", on=_WORK),
    Key("forget", "x", "x", "forget the chosen job", "Model", 9, "forget", on=_WORK),
    Key("acknowledge", "space", "Space", "acknowledge the alarm", "Alarms", 7, "ack", on=_TICKER),
    Key("snooze", "z", "z", "snooze the alarm", "Alarms", 8, "snooze", on=_TICKER),
    Key("mute", "m", "m", "mute its kind, or unmute", "Alarms", on=_TICKER),
    Key("mute(True)", "M", "M", "mute its whole ticker", "Alarms", on=_TICKER),
    Key("narrow", "f", "f", "next filter of the alarms", "Alarms"),
    Key("step(-1)", "less_than_sign", "<", "a session back", "Time", 9, "time", everywhere=True),
    Key("step(1)", "greater_than_sign", ">", "a session on", "Time", everywhere=True),
    Key("now", "N", "N", "back to now", "Time", everywhere=True),
    Key("date", "J", "J", "go to a date", "Time", on=_TICKER),
    Key("pause", "p", "p", "play on, or pause a replay", "Time", on=_TICKER),
    Key("stage('watch')", "1", "1", "list, chart and alarms", "Whipsaw", 3, "watch", everywhere=True),
    Key("stage('symbol')", "2", "2", "one ticker, why and why not", "Whipsaw", 12, "symbol", everywhere=True),
    Key("stage('model')", "3", "3", "models and their skill", "Whipsaw", 10, "model", everywhere=True),
    Key("stage('backtest')", "4", "4", "backtest", "Whipsaw", everywhere=True),
    Key("stage('trade')", "5", "5", "trade", "Whipsaw", everywhere=True),
    Key("stage('engine')", "6", "6", "engine, sources, log", "Whipsaw", 10, "engine", everywhere=True),
    Key("theme", "t", "t", "next theme", "Whipsaw", everywhere=True),
    Key("theme('rise')", "R", "R", "rises in red or in green", "Whipsaw", everywhere=True),
    Key("help", "question_mark", "?", "all keys", "Whipsaw", 1, "help", everywhere=True),
    Key("command_palette", "ctrl+p,colon", ":", "commands by name", "Whipsaw", 10, "commands", False, True),
    Key("redraw", "ctrl+l", "^L", "draw all of it anew", "Whipsaw", everywhere=True),
    Key("suspend", "ctrl+z", "^Z", "to the shell; fg comes back", "Whipsaw", everywhere=True),
    Key("detach", "q", "q", "detach; the engine lives on", "Whipsaw", 11, "detach", everywhere=True),
    Key("stop", "Q", "Q", "stop the engine and leave", "Whipsaw", everywhere=True),
)


def shown(action: str, keys: Keymap = KEYS) -> str:
    """The key of an action as a person reads it: every sentence that names a key has it from here."""
    return next(key.shown for key in keys if key.id == action)


def keys_on(place: Place, keys: Keymap = KEYS) -> Keymap:
    """The keys of a screen, those of every screen among them."""
    return tuple(key for key in keys if key.everywhere or place in key.on)


def footer(place: Place, keys: Keymap = KEYS, used: Collection[str] = ()) -> Keymap:
    """The keys that stand below a screen, the most needed first; the way to where one is need not be told.

    Hints that were followed make room for the others: the first to give way, but for help and the way back.
    """
    untold = (f"stage('{place}')", *(("back",) if place == "watch" else ()))
    ranked = (key for key in keys_on(place, keys) if key.footer and key.id not in untold)
    return tuple(sorted(ranked, key=lambda key: (key.hint in used and key.id not in _KEPT, key.footer)))


def hints(place: Place, pressed: str, keys: Keymap = KEYS) -> frozenset[str]:
    """The hints of a screen that are followed by pressing a key, by Textual's name of it."""
    told = {key.hint for key in footer(place, keys)}
    return frozenset(key.hint for key in keys_on(place, keys) if pressed in key.keys.split(",") and key.hint in told)


def groups(keys: Keymap = KEYS) -> dict[Group, Keymap]:
    """The keys as the help shows them, in the order of the list."""
    found: dict[Group, Keymap] = {}
    for key in keys:
        found[key.group] = (*found.get(key.group, ()), key)
    return found
