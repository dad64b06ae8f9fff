"""The names of the lists, under the name of the one that is shown."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from engine.format import plain


class ListPicker(OptionList):
    """A drop-down of a few lines; posts `Picked`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    class Picked(Message):
        """A list was picked by its name."""

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    def __init__(self, names: tuple[str, ...], here: str) -> None:
        super().__init__(
            *(Option(Content(plain(name)), id=f"list-{index}") for index, name in enumerate(names)), id="lists"
        )
        self._names = names
        self._here = names.index(here) if here in names else 0
        self.border_title = "Lists"

    def on_mount(self) -> None:
        """The list that is shown is marked."""
        self.highlighted = self._here
        self.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        event.stop()
        self.post_message(self.Picked(self._names[event.option_index]))
