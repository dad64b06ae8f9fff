"""One line above the keys: what was refused and what to do, or what keeps the engine from its work."""

from engine.format import plain
from tui.pane import Pane
from tui.spans import Spans
from tui.state import State


class NoticeLine(Pane):
    """Stands over the feed's lower edge while there is something to say, so that nothing has to move."""

    GROUND = "bar"

    def __init__(self) -> None:
        super().__init__(id="notice")
        self._line: Spans = []

    def show(self, state: State) -> None:
        """Show this state, or nothing."""
        self._line = _words(state)
        self.display = bool(self._line)
        super().show(state)

    def paint(self, width: int, height: int) -> list[Spans]:
        """The words, with a bar in their tier's colour."""
        return [self._line]


def _words(state: State) -> Spans:
    if state.notice:
        return [("▌", "alert" if state.refused else "key"), (state.notice, "text")]
    if state.link == "lost":
        return [("▌", "alert"), (state.words, "text")]
    standing = state.view.status.notice if state.view else None
    return [("▌", "watch"), (plain(standing), "text")] if standing else []
