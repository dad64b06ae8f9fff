"""The list: a row a ticker, the cells that changed sent alone."""

from datetime import date

from textual import events

from engine.format import HIDDEN, ago, fit, number, percent, plain, width
from engine.protocol import Holdings, Row
from tui.columns import Column, Seen, amount, behind, columns_of, fitting, gain, marked, newest_sessions, titles, values
from tui.events import Moved, Selected
from tui.messages import Happened
from tui.pane import Pane
from tui.spans import Spans, cells, framed, joined, trend


class WatchlistTable(Pane, can_focus=True):
    """The watchlist; it scrolls by itself so that the selected row is always seen."""

    def __init__(self) -> None:
        super().__init__(id="table")
        self._top = 0

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame, the titles of the columns, and the rows that fit."""
        room = max(height - 3, 0)
        self._scroll(room)
        body = self._empty() or self._table(width - 2, room)
        title: Spans = [("Watchlist", "text bold" if self.has_focus else "text")]
        lines = framed(body, title, self._info(), (width, height), self.frame, foot=self._foot(width))
        self._thumb(lines, room)
        return lines

    @property
    def page(self) -> int:
        """Rows on one page."""
        return max(self.size.height - 3, 1)

    def on_click(self, event: events.Click) -> None:
        """A row is selected."""
        index = self._top + event.y - 2
        if event.y >= 2 and index < len(self.state.rows):
            self.post_message(Happened(Selected(self.state.rows[index].symbol)))

    def on_mouse_scroll_down(self) -> None:
        """The next row."""
        self.post_message(Happened(Moved(1)))

    def on_mouse_scroll_up(self) -> None:
        """The row before."""
        self.post_message(Happened(Moved(-1)))

    def _scroll(self, room: int) -> None:
        index, last = self.state.index, len(self.state.rows) - room
        self._top = max(min(self._top, index, max(last, 0)), index - room + 1, 0)

    def _info(self) -> Spans:
        state = self.state
        if state.view is None:
            return []
        find: Spans = [("/", "key"), (plain(state.find) + "  ", "text")] if state.find else []
        count = f"{len(state.rows)} of {len(state.view.rows)}"
        sort = f"sort {state.sort} ▾  " if self.size.width >= 48 else "" if find else f"{state.sort} ▾ "
        return [*find, (sort + count, "dim")]

    def _empty(self) -> list[Spans]:
        state = self.state
        if state.view is None:
            return [[], [("  " + state.words, "dim")]]
        if not state.view.rows:
            return [[], [("  this list is empty; ", "dim"), ("a", "key bold"), (" adds a symbol", "dim")]]
        if not state.rows:
            return [[], [("  nothing here matches; ", "dim"), ("Esc", "key bold"), (" shows all", "dim")]]
        return []

    def _foot(self, width: int) -> Spans:
        """What the holdings are worth; what is doubted of the selected row."""
        row, view, room = self.state.row, self.state.view, width - 8
        worth = _worth(view.status.holdings, self.state.now, private=self.state.private) if view else [[]]
        said = (row.doubt or row.data) if row else None
        if not said:
            return next((form for form in worth if cells(form) <= room), worth[-1])
        found: Spans = [(plain(said), "watch")]
        for total in worth:
            both = joined((found, total), (" ─ ", self.frame))
            if cells(both) <= room:
                return both
        return found

    def _table(self, room: int, height: int) -> list[Spans]:
        every = self.state.view.rows if self.state.view else ()
        symbols = min(max([width(row.symbol) for row in self.state.rows] + [5]), 12)
        columns = fitting(columns_of(every), room - symbols - 2)
        newest = newest_sessions(every)
        rows = self.state.rows[self._top : self._top + height]
        return [titles(symbols, columns), *(self._row(row, symbols, columns, room, newest) for row in rows)]

    def _row(
        self, row: Row, symbols: int, columns: list[tuple[Column, int]], room: int, newest: dict[str, date]
    ) -> Spans:
        chosen = row.symbol == self.state.selected
        seen = Seen(row, self.state.private, self.state.now, behind(row, newest))
        symbol = fit(plain(row.symbol), symbols)
        spans: Spans = [("▌" if chosen else " ", "key" if self.has_focus else "dim")]
        spans += [(symbol, "text bold" if chosen or row.tier else "dim" if seen.behind else "text")]
        spans += marked(values(seen, columns), row)
        spans += [(" " * (room - symbols - 1 - sum(cells for _, cells in columns)), "text")]
        return [(text, f"{role}/selected") for text, role in spans] if chosen else spans

    def _thumb(self, lines: list[Spans], room: int) -> None:
        total = len(self.state.rows)
        if total <= room or not room:
            return
        length = max(room * room // total, 1)
        start = self._top * (room - length) // (total - room)
        for y in range(2 + start, 2 + start + length):
            lines[y][-1] = ("┃", "dim")


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
