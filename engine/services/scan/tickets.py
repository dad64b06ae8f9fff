"""What a list's tickers bring to a session: their bars, their models, or why they cannot be scored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from engine.core.bars import History
from engine.core.models import TrainedModel
from engine.core.quality import DataNote, Gated, in_words
from engine.gate import Gate
from engine.ports import Calendar, Store
from engine.registry import Registry, Speaker

Shortfall: TypeAlias = Callable[[History], str | None]
"""Why a history cannot have a model, in words; None if it can."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticker's inputs as of a session: its bars, its model, or why it cannot be scored."""

    symbol: str
    expected: date | None
    gated: Gated
    model: TrainedModel | None
    why: str | None
    passing: bool = False

    @property
    def history(self) -> History:
        """Its usable bars."""
        return self.gated.history


class Gathering:
    """Reads them. It blocks: call it in a thread."""

    def __init__(self, store: Store, registry: Registry, gate: Gate, calendar: Calendar, shortfall: Shortfall) -> None:
        self._store = store
        self._registry = registry
        self._gate = gate
        self._calendar = calendar
        self._shortfall = shortfall

    def tickets(self, symbols: Sequence[str], day: date | None) -> list[Ticket]:
        """One a symbol, as of a day, or with all that is stored."""
        gated = [self._gate.read(symbol, day) for symbol in symbols]
        expected = self._expected(gated, day)
        newest = day or max((last for last in expected.values() if last), default=None)
        models = self._registry.records()
        return [
            self._ticket(
                each,
                expected[self._calendar.exchange(each.history.symbol)],
                self._registry.speaker(models, each.history, newest),
            )
            for each in gated
        ]

    def _expected(self, gated: Sequence[Gated], day: date | None) -> dict[str, date | None]:
        """The session each exchange's tickers should have; a bar that came and was quarantined says so too."""
        newest: dict[str, date | None] = {}
        for each in gated:
            exchange = self._calendar.exchange(each.history.symbol)
            if day is not None:
                newest[exchange] = self._calendar.session(exchange, day)
            else:
                came = [each.history.last or date.min, *(note.session for note in self.blocking(each))]
                newest[exchange] = max(newest.get(exchange) or date.min, *came)
        return {exchange: None if last == date.min else last for exchange, last in newest.items()}

    def blocking(self, gated: Gated) -> tuple[DataNote, ...]:
        """What is quarantined after the last usable bar, a bar of a day that is no session left out."""
        exchange = self._calendar.exchange(gated.history.symbol)
        return tuple(note for note in gated.behind if self._calendar.session(exchange, note.session) == note.session)

    def _ticket(self, gated: Gated, expected: date | None, speaker: Speaker) -> Ticket:
        history = gated.history
        why = self._why_no_bar(gated, expected) or self._shortfall(history) or speaker.why
        return Ticket(history.symbol, expected, gated, speaker.model, why, speaker.passing)

    def _why_no_bar(self, gated: Gated, expected: date | None) -> str | None:
        if blocking := self.blocking(gated):
            return in_words(blocking)[-1]
        if gated.last is None:
            error = self._store.coverage(gated.history.symbol).error
            return error or (f"no bars up to {expected}" if expected else "no bars yet")
        if gated.filled[-1] or (expected and gated.last < expected):
            return f"stale: its last bar is of {gated.last}, {expected} is expected"
        return None
