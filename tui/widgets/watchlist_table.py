"""The list: a row a ticker, the cells that changed sent alone."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct
from textual import events

from engine.format import direction, fit, money, number, percent, plain, rarity_short, sparkline, width
from engine.protocol import Row
from tui.events import Moved, Selected
from tui.messages import Happened
from tui.pane import Pane
from tui.spans import Spans, framed, trend

_SENTENCE = 14
"""Cells below which a sentence cannot be read; the chart says it then."""

Draw: TypeAlias = Callable[[Row, int], Spans]


class Column(Struct, frozen=True):
    """One column. `drop` ranks who gives way when it is narrow: the highest first, 0 never."""

    title: str
    cells: int
    draw: Draw
    drop: int = 0
    left: bool = False
    most: int = 0
    """Cells it may grow to when there is room."""


def _right(text: str, cells: int, role: str) -> Spans:
    return [(fit(text, cells, right=True), role)]


def _name(row: Row, cells: int) -> Spans:
    return [("  ", "dim"), (fit(plain(row.name), cells - 2), "dim")]


def _last(row: Row, cells: int) -> Spans:
    return _right(money(row.close, row.currency), cells, "text")


def _change(row: Row, cells: int) -> Spans:
    change = row.change_pct
    if change is None:
        return _right(percent(None), cells, "dim")
    return _right(f"{direction(change)} {percent(abs(change))}", cells, trend(change))


def _spark(row: Row, cells: int) -> Spans:
    role = "rise" if row.spark and row.spark[-1] >= row.spark[0] else "fall"
    return [("  ", "dim"), (sparkline(row.spark, cells - 2), role)]


def _momentum(row: Row, cells: int) -> Spans:
    return _right(percent(row.momentum_10d, 1, sign=True), cells, trend(row.momentum_10d))


def _sigmas(row: Row, cells: int) -> Spans:
    sigmas = "·" if row.momentum_z is None else f"{number(row.momentum_z, 1, sign=True)}σ"
    return _right(sigmas, cells, "dim")


def _volatility(row: Row, cells: int) -> Spans:
    ratio = row.volatility_ratio
    if ratio is None:
        return _right("·", cells, "dim")
    return _right(f"{number(ratio, 1)}×", cells, "watch" if ratio >= 2 else "dim")


def _rarity(row: Row, cells: int) -> Spans:
    role = f"{row.tier} bold" if row.tier else "dim" if row.rarity_days is None else "text"
    return _right(rarity_short(row.rarity_days, rarer=row.rarer), cells, role)


def _session(row: Row, cells: int) -> Spans:
    return _right(row.session.isoformat() if row.session else "·", cells, "dim")


COLUMNS = (
    Column("Name", 18, _name, 6, left=True, most=34),
    Column("Last", 9, _last),
    Column("Chg %", 9, _change),
    Column("60 sessions", 17, _spark, 2, left=True, most=32),
    Column("Mom10", 8, _momentum, 3),
    Column("σ", 7, _sigmas, 5),
    Column("Vol", 6, _volatility, 4),
    Column("Rare", 7, _rarity, 1),
    Column("Session", 12, _session, 7),
)
"""Narrow terminals lose them in this order: session, name, sigmas, volatility, momentum, sparkline, rarity."""


def fitting(room: int) -> list[tuple[Column, int]]:
    """The columns that fit beside the symbol, each with its cells; what is left over goes to those that may grow."""
    columns = list(COLUMNS)
    while sum(column.cells for column in columns) > room and any(column.drop for column in columns):
        columns.remove(max(columns, key=lambda column: column.drop))
    spare = max(room - sum(column.cells for column in columns), 0)
    sized = []
    for column in columns:
        more = min(spare, column.most - column.cells) if column.most else 0
        spare -= more
        sized.append((column, column.cells + more))
    return sized


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
        lines = framed(body, title, self._info(), (width, height), self.frame)
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

    def _table(self, room: int, height: int) -> list[Spans]:
        symbols = min(max([width(row.symbol) for row in self.state.rows] + [5]), 12)
        columns = fitting(room - symbols - 2)
        rows = self.state.rows[self._top : self._top + height]
        return [_titles(symbols, columns), *(self._row(row, symbols, columns, room) for row in rows)]

    def _row(self, row: Row, symbols: int, columns: list[tuple[Column, int]], room: int) -> Spans:
        chosen = row.symbol == self.state.selected
        symbol = fit(plain(row.symbol), symbols)
        spans: Spans = [("▌" if chosen else " ", "key" if self.has_focus else "dim")]
        spans += [(symbol, "text bold" if chosen or row.tier else "text")]
        spans += _values(row, columns)
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


def _titles(symbols: int, columns: list[tuple[Column, int]]) -> Spans:
    titles = "".join(
        "  " + fit(column.title, cells - 2) if column.left else fit(column.title, cells, right=True)
        for column, cells in columns
    )
    return [(" " + fit("Sym", symbols) + titles, "dim")]


def _values(row: Row, columns: list[tuple[Column, int]]) -> Spans:
    """Each column's value; a row that is not scored says why instead of the unknown ones at its end."""
    values = [column.draw(row, cells) for column, cells in columns]
    known = len(values)
    while known and "".join(text for text, _ in values[known - 1]).strip() in ("", "·"):
        known -= 1
    room = sum(cells for _, cells in columns[known:])
    if row.scored or not row.why or room < _SENTENCE:
        return [span for value in values for span in value]
    return [*(span for value in values[:known] for span in value), ("  " + fit(plain(row.why), room - 2), "dim")]
