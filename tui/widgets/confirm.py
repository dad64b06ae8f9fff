"""A question that Enter answers with yes, in place of the keys."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.paint import Painted
from tui.spans import Spans


class Confirm(Painted, can_focus=True):
    """Posts `Answered`; any key but Enter says no."""

    GROUND = "bar"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer(True)", show=False),
        Binding("escape", "answer(False)", show=False),
    ]

    class Answered(Message):
        """Yes or no, about what the question was put for."""

        def __init__(self, about: int, *, yes: bool) -> None:
            self.about = about
            self.yes = yes
            super().__init__()

    def __init__(self, question: str, about: int) -> None:
        super().__init__(id="confirm")
        self._question = question
        self._about = about

    def on_mount(self) -> None:
        """The next key is for this line."""
        self.focus()

    def on_blur(self) -> None:
        """Whoever looks elsewhere has not said yes."""
        self.post_message(self.Answered(self._about, yes=False))

    def action_answer(self, yes: bool) -> None:
        """Enter, or Esc."""
        self.post_message(self.Answered(self._about, yes=yes))

    def paint(self, width: int, height: int) -> list[Spans]:
        """The question and its keys."""
        return [
            [
                (f" {self._question}  ", "text"),
                ("Enter", "key bold"),
                (" yes  ", "dim"),
                ("Esc", "key bold"),
                (" no", "dim"),
            ]
        ]
