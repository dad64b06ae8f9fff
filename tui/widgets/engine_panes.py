"""The panes of the engine's screen: sources, the engine itself, attached screens, the end of the log."""

from tui.inspecting import engine, log_line, seat, sources
from tui.pane import Pane
from tui.spans import Spans, framed


class Sources(Pane):
    """Where prices come from, and how that goes."""

    def __init__(self) -> None:
        super().__init__(id="sources")

    def paint(self, width: int, height: int) -> list[Spans]:
        """A block a source, a line an exchange."""
        view = self.state.view
        body = sources(view.status, self.state.now) if view else [[("  " + self.state.words, "dim")]]
        return framed(body, [("Sources", "text bold")], [], (width, height), self.frame)


class EngineCard(Pane):
    """The process and its store."""

    def __init__(self) -> None:
        super().__init__(id="process")

    def paint(self, width: int, height: int) -> list[Spans]:
        """A figure a line."""
        view = self.state.view
        lines = (
            engine(view.status, self.state.inspection, (self.state.sent, self.state.lately), width - 4) if view else []
        )
        body: list[Spans] = [[(" ", "text"), *line] for line in lines]
        return framed(body, [("Engine", "text bold")], [], (width, height), self.frame)


class Seats(Pane):
    """Who is attached."""

    def __init__(self) -> None:
        super().__init__(id="seats")

    def paint(self, width: int, height: int) -> list[Spans]:
        """A screen a line."""
        seen = self.state.inspection
        seats = seen.seats if seen else ()
        body = [seat(each, self.state.now, width - 2) for each in seats]
        info: Spans = [(f"{len(seats)} attached", "dim")] if seen else []
        return framed(body, [("Screens", "text bold")], info, (width, height), self.frame)


class LogTail(Pane, can_focus=True):
    """The newest lines of the log, the newest last."""

    def __init__(self) -> None:
        super().__init__(id="log")

    @property
    def page(self) -> int:
        """Lines that are seen at once."""
        return max(self.size.height - 2, 1)

    def paint(self, width: int, height: int) -> list[Spans]:
        """The lines that fit, ending where a person has scrolled to."""
        lines = self.state.inspection.log if self.state.inspection else ()
        room = max(height - 2, 1)
        back = min(self.state.log_back, max(len(lines) - room, 0))
        end = len(lines) - back
        body = [log_line(line, width - 2) for line in lines[max(end - room, 0) : end]]
        nothing: list[Spans] = [[("  nothing has been logged", "dim")]]
        info: Spans = [(f"{back} newer below" if back else "newest last, UTC", "dim")]
        return framed(body or nothing, [("Log", "text bold")], info, (width, height), self.frame)
