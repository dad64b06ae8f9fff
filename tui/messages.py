"""What screens and widgets ask for; the app answers."""

from textual.message import Message

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
