"""What a screen shows but for the chart; and what changes in it: the server finds that, the screen applies it."""

from datetime import date
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Struct, to_builtins

from engine.protocol.alarms import Alarm, Tier
from engine.protocol.status import Job, Status

MomentumState: TypeAlias = Literal["bull", "correction", "bear", "rebound"]
Phase: TypeAlias = Literal["pre", "regular", "post"]
Patch: TypeAlias = dict[str, Any]
"""Changed fields by name, as JSON values."""


class Forecast(Struct, frozen=True):
    """One vintage: made after the close of `made_at`, for `target_date`, `horizon` sessions ahead; in prices."""

    made_at: date
    target_date: date
    horizon: int
    mean: float
    q05: float
    q25: float
    q50: float
    q75: float
    q95: float


class Row(Struct, frozen=True):
    """One ticker of the list after its last session."""

    symbol: str
    name: str = ""
    currency: str = "USD"
    exchange: str = ""
    session: date | None = None
    close: float | None = None
    change_pct: float | None = None
    spark: tuple[float, ...] = ()
    """The last 60 closes, oldest first."""
    momentum_10d: float | None = None
    """Return over the last 10 sessions, per cent."""
    momentum_z: float | None = None
    """The same in its own sigmas."""
    momentum_state: MomentumState | None = None
    """By the signs of the returns of a year and of a month; None before there is a year of sessions."""
    volatility_ratio: float | None = None
    """Realised volatility of 5 sessions over that of 60."""
    rarity_days: float | None = None
    """Sessions per episode at least as extreme as today's most extreme score, for one ticker; None if ordinary."""
    rarer: bool = False
    """Whether `rarity_days` is only a lower bound, the length of the bank."""
    tier: Tier | None = None
    """The highest tier among its open alarms."""
    scored: bool = False
    why: str | None = None
    """Why it is not scored."""
    forecast: Forecast | None = None
    source: str = ""
    fetched_at: float | None = None
    """When its source last delivered."""
    group: str = ""
    data: str | None = None
    """The newest thing the quality gate found in its last sessions, in words; None where all is well."""
    repaired: bool = False
    """Whether its last bar is a repaired one."""
    price: float | None = None
    """The newest live quote, in the currency of the row; None where there is none newer than the close."""
    price_at: float | None = None
    phase: Phase | None = None
    """Whether that quote is of before, within or after the session."""
    price_change_pct: float | None = None
    """The quote against the close before it, per cent."""
    doubt: str | None = None
    """A live price that is held back until another one confirms it, in words."""
    shares: float | None = None
    value: float | None = None
    """Shares times the newest price, in the account's currency."""
    pnl: float | None = None
    """Value less cost, in the account's currency, both at today's rate."""
    pnl_pct: float | None = None


class Watchlist(Struct, frozen=True):
    """The list shown, and the names of all that can be."""

    name: str
    title: str
    names: tuple[str, ...]


class View(Struct, frozen=True, tag=True):
    """All that an attached screen shows, but for the chart: rows in the order of the list, alarms newest first."""

    status: Status
    watchlist: Watchlist
    rows: tuple[Row, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    jobs: tuple[Job, ...] = ()


class Attach(Struct, frozen=True, tag=True):
    """Show me a list (or these symbols), at most `rate` updates a second. Answered by a `View`; then `Changed`.

    With `as_of` all of it is as it stood after the last session up to that day, and stays so whatever happens now; the
    last stored session is now itself. Whatever else this screen asks for is then as of that day too, and what would
    change anything is refused.
    """

    watchlist: str | None = None
    symbols: tuple[str, ...] = ()
    rate: float | None = None
    as_of: date | None = None


class ShowList(Struct, frozen=True, tag=True):
    """Show another list on this screen. Answered by a `View`."""

    name: str


class Changed(Struct, frozen=True, tag=True):
    """What changed in the view since the last message.

    Changed fields of changed rows; alarms and jobs that are new or differ; the ids of those that are gone. `order` is
    given only when the list holds other symbols than before.
    """

    status: Patch = {}
    rows: dict[str, Patch] = {}
    order: tuple[str, ...] | None = None
    alarms: tuple[Alarm, ...] = ()
    jobs: tuple[Job, ...] = ()
    gone_alarms: tuple[int, ...] = ()
    gone_jobs: tuple[int, ...] = ()
    watchlist: Watchlist | None = None


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
