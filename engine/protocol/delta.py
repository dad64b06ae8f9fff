"""From one view to the next: the server finds what changed, the screen applies it; both use these two functions."""

from typing import TypeVar

import msgspec
from msgspec import Struct, to_builtins

from engine.protocol.answers import Changed, Patch
from engine.protocol.views import Alarm, Job, Row, Status, View

_S = TypeVar("_S", bound=Struct)
_Numbered = TypeVar("_Numbered", Alarm, Job)


def difference(before: View, after: View) -> Changed | None:
    """What changed from one view to the next; None if nothing did."""
    old_rows = {row.symbol: row for row in before.rows}
    order = tuple(row.symbol for row in after.rows)
    changed = Changed(
        status=_patch(before.status, after.status),
        rows={
            row.symbol: patch for row in after.rows if (patch := _patch(old_rows.get(row.symbol, Row(row.symbol)), row))
        },
        order=order if order != tuple(old_rows) else None,
        alarms=_new(before.alarms, after.alarms),
        jobs=_new(before.jobs, after.jobs),
        gone_alarms=_gone(before.alarms, after.alarms),
        gone_jobs=_gone(before.jobs, after.jobs),
        watchlist=after.watchlist if after.watchlist != before.watchlist else None,
    )
    return None if changed == Changed() else changed


def apply(view: View, changed: Changed) -> View:
    """The view after a change; raises msgspec.ValidationError if the change does not fit it."""
    rows = {row.symbol: row for row in view.rows}
    for symbol in changed.order or ():
        rows.setdefault(symbol, Row(symbol))
    rows |= {symbol: _patched(rows[symbol], patch) for symbol, patch in changed.rows.items() if symbol in rows}
    order = tuple(row.symbol for row in view.rows) if changed.order is None else changed.order
    return View(
        status=_patched(view.status, changed.status),
        watchlist=changed.watchlist or view.watchlist,
        rows=tuple(rows[symbol] for symbol in order),
        alarms=_merged(view.alarms, changed.alarms, changed.gone_alarms),
        jobs=_merged(view.jobs, changed.jobs, changed.gone_jobs),
    )


def _patch(before: Row | Status, after: Row | Status) -> Patch:
    fields = type(after).__struct_fields__
    return {name: to_builtins(getattr(after, name)) for name in fields if getattr(before, name) != getattr(after, name)}


def _patched(old: _S, patch: Patch) -> _S:
    return msgspec.convert({**to_builtins(old), **patch}, type(old)) if patch else old


def _new(before: tuple[_Numbered, ...], after: tuple[_Numbered, ...]) -> tuple[_Numbered, ...]:
    old = {item.id: item for item in before}
    return tuple(item for item in after if old.get(item.id) != item)


def _gone(before: tuple[_Numbered, ...], after: tuple[_Numbered, ...]) -> tuple[int, ...]:
    kept = {item.id for item in after}
    return tuple(item.id for item in before if item.id not in kept)


def _merged(old: tuple[_Numbered, ...], new: tuple[_Numbered, ...], gone: tuple[int, ...]) -> tuple[_Numbered, ...]:
    items = {item.id: item for item in old} | {item.id: item for item in new}
    for number in gone:
        items.pop(number, None)
    return tuple(sorted(items.values(), key=lambda item: item.id, reverse=True))
