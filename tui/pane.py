"""A painted widget that shows the state; one that takes the focus lights its frame."""

from textual.containers import Container
from textual.events import Blur, Event, Focus

from tui.paint import Blank, Painted
from tui.state import State


class Standing(Painted):
    """What changes only while nobody looks at it."""

    def opened(self, state: State) -> None:
        """Its screen is seen, again or for the first time."""
        raise NotImplementedError


class Pane(Painted):
    """Shows `self.state`."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.state = State()

    def show(self, state: State) -> None:
        """Show this state."""
        self.state = state
        self.repaint()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The frame lights up, or goes out."""
        super().watch_has_focus(has_focus)
        self.repaint()

    def _on_focus(self, event: Focus) -> None:
        """The focus is here; Textual's own handler would paint all of the pane."""
        self._focused(event, here=True)

    def _on_blur(self, event: Blur) -> None:
        """The focus has gone."""
        self._focused(event, here=False)

    def _focused(self, event: Event, *, here: bool) -> None:
        event.prevent_default()
        self.has_focus = here

    @property
    def frame(self) -> str:
        """The role of its frame."""
        return "key" if self.has_focus else "frame"


class Panes(Container, Blank):
    """Holds the panes of a screen; where each stands, and which are seen, is app.tcss's."""
