"""A painted widget that shows the state; one that takes the focus lights its frame."""

from typing import ClassVar

from textual.containers import Container
from textual.events import Blur, Event, Focus

from tui.paint import Blank, Painted
from tui.state import State


class Standing(Painted):
    """What changes only while nobody looks at it."""

    def opened(self, state: State) -> None:
        """Its screen is seen, again or for the first time."""
        raise NotImplementedError


SAID = frozenset({"adding", "fault", "notice", "refused", "seeking", "used"})
"""What changes while a person types or is told something: lines of their own show it."""
LISTED = frozenset({"find", "lines", "rows", "sort"})
CHARTED = frozenset({"chart", "look", "no_chart", "range"})
EXPLAINED = frozenset({"explanation", "kind"})
FED = frozenset({"chosen", "narrowing"})


def changed(before: State, after: State, unseen: frozenset[str]) -> bool:
    """Whether two states differ in a part that is not among `unseen`."""
    parts = ((getattr(before, name), getattr(after, name)) for name in State.__struct_fields__ if name not in unseen)
    return any(old is not new and old != new for old, new in parts)


class Pane(Painted):
    """Shows `self.state`."""

    UNSEEN: ClassVar[frozenset[str]] = frozenset()
    """Parts of the state that it draws nothing of: where they alone have changed, a key need not wait for it."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.state = State()

    def show(self, state: State) -> None:
        """Show this state."""
        before, self.state = self.state, state
        if changed(before, state, self.UNSEEN):
            self.repaint()

    def opened(self, _: State) -> None:
        """Its screen is seen, again or for the first time; what it shows then comes with `show`."""

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
