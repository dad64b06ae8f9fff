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


def fresh_to(records: Iterable[ModelRecord], model: ModelRecord, symbol: str, day: date | None = None) -> date:
    """The last session by which a model was the best there is for a symbol, as far as was known after `day`.

    That is the last one it was trained on, or the last one of a challenger that was held against it and was worse: what
    has won over a training on newer rows is not stale, be it as old as it may. Who was in charge then is whoever comes
    first of those made before, those withdrawn since among them; a challenger that said nothing has proved nothing.
    """
    of = [each for each in records if symbol in each.symbols and (day is None or each.trained_to <= day)]
    beaten = (each for each in of if each.standing == "rejected" and each.figures and _in_charge(of, each) == model.id)
    return max((each.trained_to for each in beaten), default=model.trained_to)


def _in_charge(of: Sequence[ModelRecord], challenger: ModelRecord) -> int | None:
    before = (
        each
        for each in of
        if each.standing != "rejected" and each.id < challenger.id and each.trained_to <= challenger.trained_to
    )
    champion = max(before, key=_order, default=None)
    return champion.id if champion else None


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
