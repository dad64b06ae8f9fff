"""What screens and widgets ask for; the app answers."""

from collections.abc import Callable

from textual.message import Message
from textual.screen import Screen

from engine.protocol import Command
from tui.events import Event


class Happened(Message):
    """Something changes what the screen shows."""

    def __init__(self, event: Event) -> None:
        self.event = event
        super().__init__()


class Ask(Message):
    """The engine is asked to do something."""

    def __init__(self, command: Command) -> None:
        self.command = command
        super().__init__()


class InTurn(Message):
    """Something goes by what is selected: a screen that is still there does it once the keys before it are obeyed."""

    def __init__(self, screen: Screen[None], do: Callable[[], None]) -> None:
        self.screen, self.do = screen, do
        super().__init__()
