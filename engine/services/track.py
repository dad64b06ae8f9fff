"""How the alarms on record of a list have turned out."""

from collections.abc import Sequence
from datetime import date

from engine.core.episodes import market_symbol, whose
from engine.core.grading import SHOWN
from engine.ports import Store
from engine.protocol import KindGrades
from engine.records import records
from engine.rules import Rules


class TrackRecords:
    """Reads grades and alarms; it blocks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(
        self,
        symbols: Sequence[str],
        rules: Rules,
        horizon: int = SHOWN,
        *,
        watchlist: str = "",
        upto: date | None = None,
    ) -> dict[str, KindGrades]:
        """The record of each kind, over the alarms of these tickers and of the market of the list of that name.

        Up to a session, if one is named: what was known after it.
        """
        wanted, judged = (*symbols, market_symbol(watchlist)), self._store.watched(upto)
        raised = self._store.alarms() if upto is None else self._store.alarms_as_of(upto)
        return records(
            {whose(symbol)[0]: judged.get(symbol, 0) for symbol in wanted},
            rules,
            (record.episode for record in raised if record.episode.symbol in wanted),
            (grade for grade in self._store.grades(horizon, upto) if grade.symbol in wanted),
        )
