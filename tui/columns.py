"""The columns of the list: which there are, how wide they are, and which give way when it is narrow."""

from itertools import groupby
from typing import Final

from msgspec import Struct

from engine.format import fit, plain, width
from engine.protocol import Row
from tui.spans import DOUBTFUL, REPAIRED, Spans, cells, told
from tui.values import DRAWS, Draw, Seen, quote

_SENTENCE = 14
"""Cells below which a sentence cannot be read; the chart says it then."""


class Column(Struct, frozen=True):
    """One column, by the name of what it shows. `drop` ranks who gives way when narrow: the highest first, 0 never."""

    name: str
    title: str
    cells: int
    draw: Draw
    drop: int = 0
    left: bool = False
    most: int = 0
    """Cells it may grow to when there is room."""
    brief: str = ""
    """Its title where the long one does not fit."""


NAME = Column("name", "Name", 18, DRAWS["name"], 11, left=True, most=34)
GROUP = Column("group", "Group", 14, DRAWS["group"], 10, left=True)
CHANGE = Column("chg", "Chg %", 9, DRAWS["chg"])
HELD = (
    Column("shares", "Shares", 9, DRAWS["shares"], 7),
    Column("value", "Value", 8, DRAWS["value"], 3),
    Column("pnl", "P&L", 9, DRAWS["pnl"], 2),
)
GAIN = Column("gain", "P&L %", 8, DRAWS["gain"], 2)
MOMENTUM = (Column("mom", "Mom10", 7, DRAWS["mom"], 5), Column("sigma", "σ", 7, DRAWS["sigma"], 9))
STATE = Column("state", "State", 7, DRAWS["state"], 8, left=True)
FIGURES = (
    Column("vol", "Vol", 6, DRAWS["vol"], 6),
    Column("rarity", "Rare", 8, DRAWS["rarity"], 1),
    Column("session", "Session", 12, DRAWS["session"], 12),
)
FETCHED = Column("age", "Fetched", 12, DRAWS["age"], 13)
CHOICE: Final = (
    *("name", "group", "last", "chg", "shares", "value", "pnl", "gain", "spark", "mom", "sigma", "state", "vol"),
    *("rarity", "session", "age"),
)
"""The names by which columns are chosen; the symbol always stands first."""


def columns_of(rows: tuple[Row, ...], chosen: tuple[str, ...] = (), *, grouped: bool = False) -> tuple[Column, ...]:
    """The columns for these rows: those of holdings, groups, momentum states and sources only where there are any.

    `chosen` names others than the usual ones, in their order; under the headings of groups none says the group. Narrow
    terminals lose them in this order: fetched, session, name, group, sigmas, state, shares, volatility, momentum,
    sparkline, value, profit and loss, rarity. Price and change stay.
    """
    known = _known(rows)
    usual = (name for name in CHOICE if name != GAIN.name)
    wanted = dict.fromkeys(name for name in chosen or usual if not (grouped and name == GROUP.name))
    return tuple(known[name] for name in wanted if name in known)


def _known(rows: tuple[Row, ...]) -> dict[str, Column]:
    """Every column that has something to show, by its name."""
    held = any(row.shares is not None for row in rows)
    states = any(row.momentum_state for row in rows)
    spark = Column(
        "spark", "60 sessions", 8 if held or states else 17, DRAWS["spark"], 4, left=True, most=32, brief="60 d"
    )
    every = (
        NAME,
        *((GROUP,) if any(row.group for row in rows) else ()),
        _price_column(rows),
        CHANGE,
        *((*HELD, GAIN) if held else ()),
        spark,
        *MOMENTUM,
        *((STATE,) if states else ()),
        *FIGURES,
        *((FETCHED,) if any(row.source not in ("", "replay") for row in rows) else ()),
    )
    return {column.name: column for column in every}


def _price_column(rows: tuple[Row, ...]) -> Column:
    """As wide as its longest price, and a cell wider where some quote is of before or after the session."""
    widest = max([width(quote(row)) for row in rows] + [7]) + 2
    if any(row.price is not None and row.phase in ("pre", "post") for row in rows):
        return Column("last", "Last ", widest + 1, DRAWS["marked_last"])
    return Column("last", "Last", widest, DRAWS["last"])


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
    """Each column's value; a row that is not scored says why in place of the unknown ones, where they stand widest."""
    drawn = [column.draw(seen, cells) for column, cells in columns]
    why = seen.row.why or seen.row.data
    first, last = _unknown(drawn)
    room = sum(cells for _, cells in columns[first:last])
    if not seen.row.scored and why and room >= _SENTENCE:
        drawn[first:last] = [[("  " + fit(told(plain(why), room - 2), room - 2), "dim")]]
    return _dimmed([span for value in drawn for span in value], bool(seen.old))


def _unknown(drawn: list[Spans]) -> tuple[int, int]:
    """The widest stretch of values that are not known: its first column, and the one behind its last."""
    widest, best, place = 0, (0, 0), 0
    for known, stretch in groupby(drawn, lambda value: "".join(text for text, _ in value).strip() not in ("", "·")):
        own = list(stretch)
        room = sum(cells(value) for value in own)
        if not known and room >= widest:
            widest, best = room, (place, place + len(own))
        place += len(own)
    return best


def column_at(x: int, symbols: int, columns: list[tuple[Column, int]]) -> str | None:
    """The name of the column whose title or value stands in a cell, the symbol's too."""
    end = symbols + 1
    if 0 <= x < end:
        return "symbol"
    for column, room in columns:
        end += room
        if x < end:
            return column.name if x >= 0 else None
    return None


def _dimmed(spans: Spans, old: bool) -> Spans:
    return [(text, "dim") for text, _ in spans] if old else spans


def marked(spans: Spans, row: Row) -> Spans:
    """The values with the mark of the quality gate, or of a price not believed, in the free cell beside the symbol."""
    if row.data is None and row.doubt is None and not row.repaired:
        return spans
    (text, role), *others = spans
    sign = (REPAIRED if row.repaired else DOUBTFUL, "watch")
    return [sign, (text[1:], role), *others] if text.startswith(" ") else spans
