"""A drop-down of a few lines: one of them is picked."""

from typing import ClassVar, Literal, TypeAlias

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from engine.format import fit, plain, width
from tui.choices import Choice
from tui.spans import Spans, cells, cut

_ROOM = 46
"""Cells of a line."""

_LET_THROUGH = ("ctrl+c", "ctrl+l", "ctrl+z")

Purpose: TypeAlias = Literal["list", "sort"]


class Picker(OptionList):
    """Posts `Picked`; its own key moves it on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,s,w", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "first", show=False),
        Binding("G", "last", show=False),
        Binding("escape", "screen.back", show=False),
    ]

    class Picked(Message):
        """A line was picked by its name."""

        def __init__(self, purpose: Purpose, name: str) -> None:
            self.purpose, self.name = purpose, name
            super().__init__()

    def __init__(self, purpose: Purpose, title: str, choices: tuple[Choice, ...], here: str) -> None:
        """`here` is the one that is in force: it is marked, and the cursor begins there."""
        super().__init__(*_options(choices, here), id="picker")
        self.purpose: Purpose = purpose
        self.border_title = title
        self._here = here
        self._choices = choices

    def on_mount(self) -> None:
        """Keys go here."""
        self.highlighted = next((at for at, each in enumerate(self._choices) if each.name == self._here), 0)
        self.focus()

    def on_key(self, event: Key) -> None:
        """No other key is for what lies below: `d` would take a ticker off the list."""
        if event.key not in self._bindings.key_to_bindings and event.key not in _LET_THROUGH:
            event.stop()

    def offer(self, choices: tuple[Choice, ...]) -> None:
        """These lines instead; the cursor stays in its place."""
        if choices == self._choices:
            return
        before, self._choices = self.highlighted or 0, choices
        self.clear_options()
        self.add_options(_options(choices, self._here))
        self.highlighted = min(before, len(choices) - 1)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        event.stop()
        self.post_message(self.Picked(self.purpose, self._choices[event.option_index].name))


def _options(choices: tuple[Choice, ...], here: str) -> list[Option]:
    names = max((width(plain(each.name)) for each in choices), default=0)
    return [Option(_line(each, names, here=each.name == here)) for each in choices]


def _line(choice: Choice, names: int, *, here: bool) -> Content:
    """The mark of the one in force, its name, its words, its end."""
    told: Spans = [
        ("● " if here else "  ", "key"),
        (fit(plain(choice.name), names), "text"),
        (f"  {plain(choice.words)}", "dim"),
    ]
    line = [*cut(told, _ROOM - cells(choice.end)), *choice.end]
    return Content.assemble(*((text, f"$role-{role}") for text, role in line))
