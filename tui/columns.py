"""The columns of the list: what each shows of a row, and which give way when it is narrow."""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from msgspec import Struct

from engine.format import (
    HIDDEN,
    age,
    compact,
    direction,
    fit,
    number,
    percent,
    plain,
    price,
    rarity_short,
    sparkline,
    width,
)
from engine.protocol import MomentumState, Row
from tui.order import change_of
from tui.spans import DOUBTFUL, REPAIRED, Spans, trend

_SENTENCE = 14
"""Cells below which a sentence cannot be read; the chart says it then."""
_WHOLE = 100_000
"""Amounts from which three digits have to do."""
BEFORE, AFTER = "‹", "›"
"""Behind a quote of before or after the session."""


class Seen(Struct, frozen=True):
    """A row as it is shown at a moment."""

    row: Row
    private: bool = False
    now: float = 0.0
    behind: int = 0
    """Days its session lies behind the newest one of its exchange; 0 where there is a live quote."""


Draw: TypeAlias = Callable[[Seen, int], Spans]


class Column(Struct, frozen=True):
    """One column. `drop` ranks who gives way when it is narrow: the highest first, 0 never."""

    title: str
    cells: int
    draw: Draw
    drop: int = 0
    left: bool = False
    most: int = 0
    """Cells it may grow to when there is room."""
    brief: str = ""
    """Its title where the long one does not fit."""


def _right(text: str, cells: int, role: str) -> Spans:
    return [(fit(text, cells, right=True), role)]


def _left(text: str, cells: int) -> Spans:
    return [("  ", "dim"), (fit(plain(text), cells - 2), "dim")]


def _name(seen: Seen, cells: int) -> Spans:
    return _left(seen.row.name, cells)


def _group(seen: Seen, cells: int) -> Spans:
    return _left(seen.row.group, cells)


def _quote(row: Row) -> str:
    return price(row.close if row.price is None else row.price, row.currency, row.symbol)


def _last(seen: Seen, cells: int) -> Spans:
    return _right(_quote(seen.row), cells, "text")


def _marked_last(seen: Seen, cells: int) -> Spans:
    """The same with a cell for the mark of a quote outside the session."""
    row = seen.row
    sign = {"pre": BEFORE, "post": AFTER}.get(row.phase or "", " ") if row.price is not None else " "
    return [*_right(_quote(row), cells - 1, "text" if sign == " " else "dim"), (sign, "key")]


def _change(seen: Seen, cells: int) -> Spans:
    if seen.behind:
        return _right(f"{seen.behind}d old", cells, "dim")
    change = change_of(seen.row)
    if change is None:
        return _right(percent(None), cells, "dim")
    return _right(f"{direction(change)} {percent(abs(change))}", cells, trend(change))


def _shares(seen: Seen, cells: int) -> Spans:
    shares = seen.row.shares
    if shares is None:
        return _right("", cells, "dim")
    return _right(HIDDEN if seen.private else f"{shares:,.8g}", cells, "dim")


def _value(seen: Seen, cells: int) -> Spans:
    if seen.row.shares is None:
        return _right("", cells, "dim")
    return _right(HIDDEN if seen.private else amount(seen.row.value), cells, "text")


def _pnl(seen: Seen, cells: int) -> Spans:
    pnl = seen.row.pnl
    if seen.row.shares is None:
        return _right("", cells, "dim")
    if seen.private:
        return _right(HIDDEN, cells, "text")
    return _right(gain(pnl), cells, trend(pnl))


def amount(value: float | None) -> str:
    """An amount of money, whole where it is short: "98,765", "1.24 M"."""
    return number(value, 0) if value is None or abs(value) < _WHOLE else compact(value)


def gain(value: float | None) -> str:
    """A profit or loss with the glyph that says which."""
    return amount(None) if value is None else f"{direction(value)} {amount(abs(value))}"


def _spark(seen: Seen, cells: int) -> Spans:
    spark = seen.row.spark
    role = "rise" if spark and spark[-1] >= spark[0] else "fall"
    return [("  ", "dim"), (sparkline(spark, cells - 2), role)]


def _momentum(seen: Seen, cells: int) -> Spans:
    return _right(percent(seen.row.momentum_10d, 1, sign=True), cells, trend(seen.row.momentum_10d))


def _sigmas(seen: Seen, cells: int) -> Spans:
    sigmas = "·" if seen.row.momentum_z is None else f"{number(seen.row.momentum_z, 1, sign=True)}σ"
    return _right(sigmas, cells, "dim")


def _state(seen: Seen, cells: int) -> Spans:
    words, role = _STATES[seen.row.momentum_state]
    return [("  ", "dim"), (fit(words, cells - 2), role)]


_STATES: dict[MomentumState | None, tuple[str, str]] = {
    "bull": ("Bull", "rise"),
    "correction": ("Corr", "dim"),
    "bear": ("Bear", "fall"),
    "rebound": ("Rebd", "dim"),
    None: ("·", "dim"),
}


def _volatility(seen: Seen, cells: int) -> Spans:
    ratio = seen.row.volatility_ratio
    if ratio is None:
        return _right("·", cells, "dim")
    return _right(f"{number(ratio, 1)}×", cells, "watch" if ratio >= 2 else "dim")


def _rarity(seen: Seen, cells: int) -> Spans:
    row = seen.row
    role = f"{row.tier} bold" if row.tier else "dim" if row.rarity_days is None else "text"
    return _right(rarity_short(row.rarity_days, rarer=row.rarer), cells, role)


def _session(seen: Seen, cells: int) -> Spans:
    return _right(seen.row.session.isoformat() if seen.row.session else "·", cells, "dim")


def _fetched(seen: Seen, cells: int) -> Spans:
    since = age(seen.now - seen.row.fetched_at) if seen.row.fetched_at else "·"
    return _right(f"{plain(seen.row.source)} {since}", cells, "dim")


NAME = Column("Name", 18, _name, 11, left=True, most=34)
GROUP = Column("Group", 14, _group, 10, left=True)
CHANGE = Column("Chg %", 9, _change)
HELD = (
    Column("Shares", 9, _shares, 7),
    Column("Value", 8, _value, 3),
    Column("P&L", 9, _pnl, 2),
)
MOMENTUM = (Column("Mom10", 8, _momentum, 5), Column("σ", 7, _sigmas, 9))
STATE = Column("State", 7, _state, 8, left=True)
FIGURES = (
    Column("Vol", 6, _volatility, 6),
    Column("Rare", 7, _rarity, 1),
    Column("Session", 12, _session, 12),
)
FETCHED = Column("Fetched", 12, _fetched, 13)


def columns_of(rows: tuple[Row, ...]) -> tuple[Column, ...]:
    """The columns for these rows: those of holdings, groups, momentum states and sources only where there are any.

    Narrow terminals lose them in this order: fetched, session, name, group, sigmas, state, shares, volatility,
    momentum, sparkline, value, profit and loss, rarity. Price and change stay.
    """
    held = any(row.shares is not None for row in rows)
    states = any(row.momentum_state for row in rows)
    return (
        NAME,
        *((GROUP,) if any(row.group for row in rows) else ()),
        _price_column(rows),
        CHANGE,
        *(HELD if held else ()),
        Column("60 sessions", 9 if held or states else 17, _spark, 4, left=True, most=32, brief="60 d"),
        *MOMENTUM,
        *((STATE,) if states else ()),
        *FIGURES,
        *((FETCHED,) if any(row.source not in ("", "replay") for row in rows) else ()),
    )


def _price_column(rows: tuple[Row, ...]) -> Column:
    """As wide as its longest price, and a cell wider where some quote is of before or after the session."""
    widest = max([width(_quote(row)) for row in rows] + [7]) + 2
    if any(row.price is not None and row.phase in ("pre", "post") for row in rows):
        return Column("Last ", widest + 1, _marked_last)
    return Column("Last", widest, _last)


def fitting(columns: tuple[Column, ...], room: int) -> list[tuple[Column, int]]:
    """The columns that fit beside the symbol, each with its cells; what is left over goes to those that may grow."""
    kept = list(columns)
    while sum(column.cells for column in kept) > room and any(column.drop for column in kept):
        kept.remove(max(kept, key=lambda column: column.drop))
    spare = max(room - sum(column.cells for column in kept), 0)
    sized = []
    for column in kept:
        more = min(spare, column.most - column.cells) if column.most else 0
        spare -= more
        sized.append((column, column.cells + more))
    return sized


def titles(symbols: int, columns: list[tuple[Column, int]]) -> Spans:
    """The line above the rows."""
    return [(" " + fit("Sym", symbols) + "".join(_title(column, cells) for column, cells in columns), "dim")]


def _title(column: Column, cells: int) -> str:
    if not column.left:
        return fit(column.title, cells, right=True)
    return "  " + fit(column.title if width(column.title) <= cells - 2 else column.brief or column.title, cells - 2)


def values(seen: Seen, columns: list[tuple[Column, int]]) -> Spans:
    """Each column's value; a row that is not scored says why instead of the unknown ones at its end."""
    drawn = [column.draw(seen, cells) for column, cells in columns]
    known = len(drawn)
    while known and "".join(text for text, _ in drawn[known - 1]).strip() in ("", "·"):
        known -= 1
    room = sum(cells for _, cells in columns[known:])
    why = seen.row.why or seen.row.data
    if not seen.row.scored and why and room >= _SENTENCE:
        drawn = [*drawn[:known], [("  " + fit(plain(why), room - 2), "dim")]]
    return _dimmed([span for value in drawn for span in value], seen.behind > 0)


def _dimmed(spans: Spans, old: bool) -> Spans:
    return [(text, "dim") for text, _ in spans] if old else spans


def marked(spans: Spans, row: Row) -> Spans:
    """The values with the mark of the quality gate, or of a price not believed, in the free cell beside the symbol."""
    if row.data is None and row.doubt is None and not row.repaired:
        return spans
    (text, role), *others = spans
    sign = (REPAIRED if row.repaired else DOUBTFUL, "watch")
    return [sign, (text[1:], role), *others] if text.startswith(" ") else spans


def newest_sessions(rows: tuple[Row, ...]) -> dict[str, date]:
    """The newest session known of each exchange."""
    newest: dict[str, date] = {}
    for row in rows:
        if row.session:
            newest[row.exchange] = max(row.session, newest.get(row.exchange, row.session))
    return newest


def behind(row: Row, newest: dict[str, date]) -> int:
    """Days a row's session lies behind the newest one of its exchange; a row with a live quote is not behind."""
    if row.session is None or row.price is not None:
        return 0
    return (newest[row.exchange] - row.session).days
