"""The list: a row a ticker, the cells that changed sent alone."""

from itertools import product

from textual import events

from engine.format import HIDDEN, ago, fit, number, percent, plain, width
from engine.protocol import Holdings, Row
from tui.columns import Column, column_at, columns_of, fitting, marked, titles, values
from tui.events import Folded, Moved, Resorted, Selected
from tui.exchanges import markets_of
from tui.messages import Happened
from tui.oldness import Newest, newest_of, old
from tui.order import Heading
from tui.pane import CHARTED, EXPLAINED, FED, SAID, Pane
from tui.spans import Spans, cells, clipped, cut, framed, joined, mark, trend
from tui.values import Seen, amount, gain

_TITLE = "Watchlist"


class WatchlistTable(Pane, can_focus=True):
    """The watchlist; it scrolls by itself so that the selected row is always seen."""

    UNSEEN = SAID | CHARTED | EXPLAINED | FED

    def __init__(self, columns: tuple[str, ...] = ()) -> None:
        """`columns` names others than the usual ones, in their order."""
        super().__init__(id="table")
        self._chosen = columns
        self._top = 0

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame, the titles of the columns, and the rows that fit."""
        room = max(height - 3, 0)
        self._scroll(room)
        body = self._empty() or self._table(width - 2, room)
        title: Spans = [(_TITLE, "text bold" if self.has_focus else "text")]
        lines = framed(body, title, self._info(width), (width, height), self.frame, foot=self._foot(width))
        self._thumb(lines, room)
        return lines

    @property
    def page(self) -> int:
        """Rows on one page."""
        return max(self.size.height - 3, 1)

    def on_click(self, event: events.Click) -> None:
        """A row is selected, a group folded, the list sorted by the column whose title it was."""
        index = self._top + event.y - 2
        if event.y == 1 and (by := column_at(event.x - 1, self._symbols, self._columns(self.size.width - 2))):
            self.post_message(Happened(Resorted(by)))
        elif event.y >= 2 and index < len(self.state.lines):
            line = self.state.lines[index]
            self.post_message(Happened(Folded(line.group) if isinstance(line, Heading) else Selected(line.symbol)))

    def on_mouse_scroll_down(self) -> None:
        """The next row."""
        self.post_message(Happened(Moved(1)))

    def on_mouse_scroll_up(self) -> None:
        """The row before."""
        self.post_message(Happened(Moved(-1)))

    @property
    def _symbols(self) -> int:
        """Cells of the symbols."""
        return min(max([width(plain(row.symbol)) for row in self.state.rows] + [5]), 12)

    def _columns(self, room: int) -> list[tuple[Column, int]]:
        every = self.state.view.rows if self.state.view else ()
        headed = bool(self.state.lines) and isinstance(self.state.lines[0], Heading)
        return fitting(columns_of(every, self._chosen, grouped=headed), room - self._symbols - 2)

    def _scroll(self, room: int) -> None:
        lines, chosen = self.state.lines, self.state.selected
        index = next((at for at, line in enumerate(lines) if isinstance(line, Row) and line.symbol == chosen), 0)
        # the heading of the first row of a group is seen with it
        first = index - 1 if index and room > 1 and isinstance(lines[index - 1], Heading) else index
        self._top = max(min(self._top, first, max(len(lines) - room, 0)), index - room + 1, 0)

    def _info(self, width: int) -> Spans:
        state = self.state
        if state.view is None:
            return []
        told = f"{len(state.rows)} of {len(state.view.rows)}"
        if width >= 48:
            told = f"sort {state.sort.words}  {told}"
        elif not state.find:
            told = f"{state.sort.words} {told}"
        room = width - len(_TITLE) - cells([(told, "dim")]) - 13
        find = fit(plain(state.find), min(cells([(plain(state.find), "text")]), max(room, 4)))
        shown: Spans = [("/", "key"), (find + "  ", "text")] if state.find else []
        return [*shown, (told, "dim")]

    def _empty(self) -> list[Spans]:
        state = self.state
        if state.view is None:
            return [[], [("  " + state.words, "dim")]]
        if not state.view.rows:
            return [[], [("  this list is empty; ", "dim"), (state.key("add"), "key bold"), (" adds a symbol", "dim")]]
        if not state.lines:
            rows, find, back = number(len(state.view.rows), 0), state.key("find"), state.key("back")
            return [
                [],
                [(f"  no row of {rows} passes the filter", "dim")],
                [("  " + find, "key bold"), (" changes it · ", "dim"), (back, "key bold"), (" shows all", "dim")],
            ]
        return []

    def _foot(self, width: int) -> Spans:
        """What the holdings are worth; what is doubted of the selected row."""
        row, view, room = self.state.row, self.state.view, width - 8
        worth = _worth(view.status.holdings, self.state.now, private=self.state.private) if view else [[]]
        said = (row.doubt or row.data) if row else None
        if not said:
            return next((form for form in worth if cells(form) <= room), worth[-1])
        first = plain(said).partition(". ")[0]
        for words, total in product((plain(said), first), worth):
            both = joined(([(words, "watch")], total), (" ─ ", self.frame))
            if cells(both) <= room:
                return both
        return [(clipped(first, room), "watch")]

    def _table(self, room: int, height: int) -> list[Spans]:
        symbols, columns = self._symbols, self._columns(room)
        newest = newest_of(self.state.view.rows if self.state.view else (), markets_of(self.state.view))
        lines = self.state.lines[self._top : self._top + height]
        return [
            titles(symbols, columns),
            *(
                _heading(line, room) if isinstance(line, Heading) else self._row(line, symbols, columns, room, newest)
                for line in lines
            ),
        ]

    def _row(
        self, row: Row, symbols: int, columns: list[tuple[Column, int]], room: int, newest: dict[str, Newest]
    ) -> Spans:
        chosen = row.symbol == self.state.selected
        seen = Seen(row, self.state.private, self.state.now, old(row, newest, self.state.now))
        symbol = fit(plain(row.symbol), symbols)
        spans: Spans = [("▌" if chosen else " ", "key" if self.has_focus else "dim")]
        spans += [(symbol, "text bold" if chosen or row.tier else "dim" if seen.old else "text")]
        spans += marked(values(seen, columns), row)
        spans += [(" " * (room - symbols - 1 - sum(cells for _, cells in columns)), "text")]
        return [(text, f"{role}/selected") for text, role in spans] if chosen else spans

    def _thumb(self, lines: list[Spans], room: int) -> None:
        total = len(self.state.lines)
        if total <= room or not room:
            return
        length = max(room * room // total, 1)
        start = self._top * (room - length) // (total - room)
        for y in range(2 + start, 2 + start + length):
            lines[y][-1] = ("┃", "dim")


def _heading(heading: Heading, room: int) -> Spans:
    """A group by its name and how many are in it; folded, the mark of its highest alarm too."""
    told: Spans = [
        (" ▸ " if heading.folded else " ▾ ", "dim"),
        (plain(heading.group) or "without a group", "text"),
        (f"  {heading.count} ", "dim"),
    ]
    if heading.folded and heading.tier:
        told += [(f"{mark(heading.tier, 'none')} ", heading.tier)]
    return [*cut(told, min(cells(told), room - 1)), ("─" * (room - 1 - cells(told)), "frame"), (" ", "text")]


def _worth(holdings: Holdings | None, now: float, *, private: bool) -> list[Spans]:
    """Total value, profit and loss, the age of the exchange rate, what is left out; longest form first."""
    if holdings is None:
        return [[]]
    currency, pnl = plain(holdings.currency), holdings.pnl
    total: Spans = [(f"{HIDDEN if private else amount(holdings.value)} {currency}", "text")]
    cost = holdings.value - pnl if pnl is not None else 0.0
    share = f" ({percent(100 * abs(pnl) / cost, 1)} %)" if pnl is not None and cost > 0 else ""
    result: Spans = [] if pnl is None else [("  ", "dim"), (gain(pnl) + share, trend(pnl))]
    if private and result:
        result = [("  ", "dim"), (HIDDEN, "text")]
    rate: Spans = [(f" · rate {ago(now - holdings.rate_at)}", "dim")] if holdings.rate_at else []
    without = f" · without {', '.join(map(plain, holdings.left_out))}" if holdings.left_out else ""
    some = f" · {number(len(holdings.left_out), 0)} left out" if holdings.left_out else ""
    return [
        [*total, *result, *rate, (without, "watch")],
        [*total, *result, *rate, (some, "watch")],
        [*total, *result, (some, "watch")],
        [*total, *result],
        total,
    ]
