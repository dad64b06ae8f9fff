"""The registry: a model a line, newest first, which one is in charge, and what each was worth."""

from collections.abc import Callable

from msgspec import Struct

from engine.format import number, percent, plain
from engine.protocol import ModelCard
from tui.pane import Pane
from tui.spans import Spans, cut, framed, wrapped

_STATES: dict[str, tuple[str, str]] = {
    "champion": ("● in charge", "well"),
    "earlier": ("○ earlier", "dim"),
    "rejected": ("× rejected", "down"),
    "withdrawn": ("× withdrawn", "dim"),
    "expired": ("! expired", "watch"),
    "pruned": ("· record", "dim"),
}
_SPARE = 13
"""Cells of the state, which is never left out."""


class ModelTable(Pane, can_focus=True):
    """Columns give way from the right, the state stays."""

    def __init__(self) -> None:
        super().__init__(id="models")
        self._top = 0

    @property
    def page(self) -> int:
        """Rows that are seen at once."""
        return max(self.size.height - 3, 1)

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame, the head, the models."""
        models = self.state.models
        info: Spans = [(f"{len(models.models)} of this list", "dim")] if models else []
        return framed(self._body(width - 2, height - 2), [("Models", "text bold")], info, (width, height), self.frame)

    def _body(self, room: int, height: int) -> list[Spans]:
        models, chosen = self.state.models, self.state.card
        if models is None:
            return [[], [("  asking the engine…" if self.state.view else f"  {self.state.words}", "dim")]]
        if chosen is None:
            one, every = self.state.key("retrain"), self.state.key("retrain_all")
            words = f"no model yet · {one} trains this ticker, {every} the list"
            return [[], *([(f"  {line}", "dim")] for line in wrapped(words, room - 2))]
        index, rows = models.models.index(chosen), max(height - 1, 1)
        self._top = max(min(self._top, index, max(len(models.models) - rows, 0)), index - rows + 1, 0)
        listed = models.models[self._top : self._top + rows]
        return [_head(room), *(self._line(card, room, chosen=card is chosen) for card in listed)]

    def _line(self, card: ModelCard, room: int, *, chosen: bool) -> Spans:
        live = card.status == "champion"
        words, role = _STATES[card.status]
        line: Spans = [("▌" if chosen else " ", "key" if self.has_focus else "dim")]
        for column in _fitting(room):
            text, ink = column.value(card)
            line.append((column.written(text), ink if live else "dim"))
        line = [*cut(line, room - _SPARE), (f"{words:<{_SPARE}}", role)]
        return [(text, f"{ink}/selected") for text, ink in line] if chosen and self.has_focus else line


def _skill(card: ModelCard) -> tuple[str, str]:
    skill = card.metrics.pinball_skill if card.metrics else None
    if skill is None:
        return _UNKNOWN
    role = "dim" if card.word == "no skill" else "up" if skill > 0 else "down"
    return f"{percent(100 * skill, 1, sign=True)} %", role


def _luck(card: ModelCard) -> tuple[str, str]:
    p = card.metrics.pinball_p if card.metrics else None
    return _UNKNOWN if p is None else (number(p, 3).removeprefix("0"), "text")


def _cover(card: ModelCard) -> tuple[str, str]:
    share = card.metrics.coverage90 if card.metrics else None
    return _UNKNOWN if share is None else (f"{number(100 * share, 0)} %", "text")


def _mase(card: ModelCard) -> tuple[str, str]:
    mase = card.metrics.mase if card.metrics else None
    return _UNKNOWN if mase is None else (number(mase, 2), "text")


def _count(value: float | None) -> tuple[str, str]:
    return _UNKNOWN if value is None else (number(value, 0), "text")


class _Column(Struct, frozen=True):
    """A column: its head, its cells, and what it writes of a model in which role."""

    name: str
    cells: int
    value: Callable[[ModelCard], tuple[str, str]]
    right: bool = True

    def written(self, text: str) -> str:
        """The text in the column's place, and a cell between it and the next."""
        return f"{text:>{self.cells}} " if self.right else f"{text:<{self.cells}} "


_UNKNOWN = ("·", "dim")
_COLUMNS = (
    _Column("#", 4, lambda card: (f"#{card.id}", "text bold")),
    _Column("preset", 8, lambda card: (plain(card.preset), "text"), right=False),
    _Column("skill", 8, _skill),
    _Column("to", 9, lambda card: (f"{card.trained_to:%d %b %y}", "text"), right=False),
    _Column("p", 5, _luck),
    _Column("cover", 6, _cover),
    _Column("rMAE", 5, _mase),
    _Column("rows", 7, lambda card: _count(card.rows)),
    _Column("s", 5, lambda card: _count(card.seconds)),
)


def _fitting(room: int) -> list[_Column]:
    """The columns that fit whole, the most needed first."""
    free, chosen = room - _SPARE - 1, []
    for column in _COLUMNS:
        if column.cells + 1 > free:
            break
        chosen.append(column)
        free -= column.cells + 1
    return chosen


def _head(room: int) -> Spans:
    return [(" ", "dim"), *((column.written(column.name), "dim") for column in _fitting(room))]
