"""Which model speaks, which comes before it, and whose weights stay: all of it follows from the records.

Nothing says "in charge" anywhere else, so that a new record or a withdrawn one changes it at once and whole.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from engine.core.models import ModelRecord

EARLIER = 2
"""How many models before the one in charge keep their weights, for a roll back."""


def line(records: Iterable[ModelRecord], symbol: str, day: date | None = None) -> tuple[ModelRecord, ...]:
    """The accepted models of a symbol that have seen nothing after `day`, the one in charge first, then those before.

    The later one has seen later rows; of two that have seen the same it is the one made later.
    """
    known = (
        record
        for record in records
        if record.standing == "accepted" and symbol in record.symbols and (day is None or record.trained_to <= day)
    )
    return tuple(sorted(known, key=_order, reverse=True))


def keep_weights(records: Sequence[ModelRecord]) -> frozenset[int]:
    """Whose weights stay: for each symbol the model in charge and two before it, and the three made last.

    The latter are those that a look at an earlier day was made with, and would have to be made anew the next time.
    """
    accepted = [record for record in records if record.standing == "accepted"]
    newest = sorted(accepted, key=lambda record: record.id)[-(1 + EARLIER) :]
    symbols = {symbol for record in accepted for symbol in record.symbols}
    lines = [line(accepted, symbol)[: 1 + EARLIER] for symbol in symbols]
    return frozenset(record.id for some in (newest, *lines) for record in some)


def _order(record: ModelRecord) -> tuple[date, int]:
    return record.trained_to, record.id
