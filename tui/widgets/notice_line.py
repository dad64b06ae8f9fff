"""One line above the keys: what was refused and what to do, or what keeps the engine from its work."""

from engine.format import plain
from tui.pane import Pane
from tui.spans import Spans, clipped, wrapped
from tui.state import State

_MOST = 3
"""Lines that it takes at most."""


class NoticeLine(Pane):
    """Stands over the feed's lower edge while there is something to say, so that nothing has to move."""

    GROUND = "bar"

    def __init__(self) -> None:
        super().__init__(id="notice")
        self._line: Spans = []

    def show(self, state: State) -> None:
        """Show this state, or nothing; what is too long for one line has another."""
        self._line = _words(state)
        self.display = bool(self._line)
        self.styles.height = min(max(len(self._told(self.app.size.width)), 1), _MOST)
        super().show(state)

    def on_resize(self) -> None:
        """Another width needs other lines."""
        self.show(self.state)

    def paint(self, width: int, height: int) -> list[Spans]:
        """The words, with a bar in their tier's colour."""
        lines = self._told(width)
        rest = " ".join(lines[height - 1 :])
        told = lines if len(lines) <= height else [*lines[: height - 1], clipped(rest, max(width - 1, 0))]
        return [[self._line[0], (line, "text")] for line in told]

    def _told(self, width: int) -> list[str]:
        return wrapped("".join(text for text, _ in self._line[1:]), width - 1)


def _words(state: State) -> Spans:
    if state.notice:
        return [("▌", "alert" if state.refused else "key"), (state.notice, "text")]
    if state.link == "lost":
        return [("▌", "alert"), (state.words, "text")]
    standing = state.view.status.notice if state.view else None
    return [("▌", "watch"), (plain(standing), "text")] if standing else []
