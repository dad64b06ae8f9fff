"""All keys, and what the marks mean: made from the keymap."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.keymap import Group, Key, groups

_MARKS = (
    ("▲ ▼ ◆", "alert: momentum up, down, or neither"),
    ("△ ▽ ◇", "watch: the same, less rare"),
    ("1/90d", "so extreme about once in 90 sessions"),
    ("<1/4y", "rarer than anything in 4 years of scores"),
    ("Mom10", "return over 10 sessions, per cent; σ in its own sigmas"),
    ("Vol", "volatility of 5 sessions over that of 60"),
    ("MAE 2 / 3", "the model's test error in prices / that of persistence"),
    ("·", "not known"),
)


_WIDTHS = [(0, "-slim"), (76, "-narrow"), (116, "-wide")]


class Help(Screen[None]):
    """Any way back closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,enter", "dismiss", show=False)]
    HORIZONTAL_BREAKPOINTS = _WIDTHS

    def compose(self) -> ComposeResult:
        """The groups side by side."""
        with VerticalScroll(id="help"):
            for group, keys in groups().items():
                yield Static(_group(group, keys), classes="help-group")
            yield Static(_marks(), classes="help-group")
        yield Static(Content.assemble(("Esc", "$role-key bold"), (" back", "$role-dim")), id="help-keys")


def _group(group: Group, keys: tuple[Key, ...]) -> Content:
    lines = [_line(key.shown, key.words, "$role-key bold") for key in keys]
    return Content("\n").join([Content.styled(group, "$role-text bold"), *lines])


def _marks() -> Content:
    lines = [_line(sign, words, "$role-watch") for sign, words in _MARKS]
    return Content("\n").join([Content.styled("Marks", "$role-text bold"), *lines])


def _line(sign: str, words: str, style: str) -> Content:
    return Content.assemble((f"  {sign:<7}", style), (words, "$role-text"))
