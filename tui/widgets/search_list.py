"""What a search for a symbol found, above the line in which its name is typed."""

from engine.format import fit, plain, width
from engine.protocol import SearchHit
from tui.pane import Pane
from tui.spans import Spans
from tui.state import State

LINES = 8


class SearchList(Pane):
    """Stands over the panes while a symbol is being added; nothing below it moves."""

    GROUND = "bar"

    def __init__(self) -> None:
        super().__init__(id="found")

    def show(self, state: State) -> None:
        """Show what was found, or nothing."""
        before, self.state = self.state.seeking, state
        if before != state.seeking:
            lines = len(self.paint(self.app.size.width, LINES))
            self.display = lines > 0
            self.styles.height = lines
            self.repaint()

    def paint(self, width: int, height: int) -> list[Spans]:
        """A line for each symbol found, the picked one on the ground of a selected row; or one calm line."""
        seeking = self.state.seeking
        if seeking is None or not seeking.asked:
            return []
        if seeking.hits:
            return _hits(seeking.hits, seeking.index, width)
        words = seeking.words or ("searching…" if seeking.hits is None else "no symbol is called that")
        return [[("  ", "dim"), (words, "dim")]]


def _hits(hits: tuple[SearchHit, ...], index: int | None, room: int) -> list[Spans]:
    """As many as fit, the picked one among them."""
    top = max((index or 0) - LINES + 1, 0)
    symbols = min(max(width(hit.symbol) for hit in hits), 14) + 2
    return [_hit(hit, symbols, room, picked=place == index) for place, hit in enumerate(hits)][top : top + LINES]


def _hit(hit: SearchHit, symbols: int, room: int, *, picked: bool) -> Spans:
    where = fit("  ".join(filter(None, (plain(hit.exchange), plain(hit.kind)))), min(22, room // 3))
    name = room - symbols - width(where) - 4
    line: Spans = [
        ("▌ " if picked else "  ", "key"),
        (fit(plain(hit.symbol), symbols), "text bold"),
        (fit(plain(hit.name), name), "text"),
        ("  ", "dim"),
        (where, "dim"),
    ]
    return [(text, f"{role}/selected") for text, role in line] if picked else line
