"""Above the line in which a filter is typed: what is wrong with it, and where."""

from engine.format import width
from tui.expression import Fault
from tui.pane import Pane
from tui.spans import Spans, cut
from tui.state import State

_LABEL = 3
"""Cells before the first letter of the filter."""


class FilterLine(Pane):
    """Stands over the panes while what is typed is no filter; nothing below it moves."""

    GROUND = "bar"

    def __init__(self) -> None:
        super().__init__(id="fault")

    def show(self, state: State) -> None:
        """Show the fault, or nothing."""
        before, self.state = self.state.fault, state
        if before != state.fault:
            self.display = state.fault is not None
            self.repaint()

    def paint(self, width: int, height: int) -> list[Spans]:
        """One line, with a pointer above the place where there is room for both."""
        return [_told(self.state.fault, width)] if self.state.fault else []


def _told(fault: Fault, room: int) -> Spans:
    role = "dim" if fault.calm else "watch"
    place, words = _LABEL + width(fault.text[: fault.at]), width(fault.words)
    # a longer text is scrolled in its line, and no place in it stands still
    seen = _LABEL + width(fault.text) < room
    if seen and place + 2 + words <= room:
        return [(" " * place + "▾ ", role), (fault.words, role)]
    if seen and words + 2 <= place:
        return [(" " * (place - words - 1), role), (f"{fault.words} ▾", role)]
    return cut([(f" character {fault.at + 1}: {fault.words}", role)], room)
