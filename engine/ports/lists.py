"""Watchlists."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Ticker:
    """One line of a watchlist: what is watched, what is held of it, and the levels that call (D1, D2).

    `cost` is the price paid for one share, in the currency its price is quoted in; `above` and `below` are price levels
    in that currency, `move` a day's move against the last close in per cent, either way. `budget` is its own number of
    alarms a year, `off` the kinds that raise none for it.
    """

    symbol: str
    name: str = ""
    group: str = ""
    shares: float | None = None
    cost: float | None = None
    above: float | None = None
    below: float | None = None
    move: float | None = None
    budget: float | None = None
    off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """What a list says of its alarms, by the names of the settings [alarms]; None where those hold for it.

    `kinds` are the weights of the kinds that it names.
    """

    budget: float | None = None
    alerts: float | None = None
    market: float | None = None
    market_alerts: float | None = None
    trend: int | None = None
    short: int | None = None
    shock: int | None = None
    long: int | None = None
    break_move: int | None = None
    break_before: int | None = None
    cooldown: int | None = None
    kinds: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a list's alarms, or of those of one of its tickers: its key, and its value; None ends it."""

    symbol: str
    keys: tuple[str, ...]
    value: Any


@dataclass(frozen=True, slots=True)
class List:
    """A watchlist as it stands in its file, or symbols picked by hand, whose alarms are not kept.

    `currency` is the account's, an ISO code; empty where holdings are not to be converted.
    """

    name: str
    title: str
    tickers: tuple[Ticker, ...]
    kept: bool = True
    interval: Literal["1d", "1h", "15m", "5m"] = "1d"
    currency: str = ""
    alarms: AlarmRules = AlarmRules()
    changed_at: float | None = field(default=None, compare=False)
    """When its file was written, in seconds since the epoch; None where there is none."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of another tool holds: its tickers, each once, and what there is to say of its lines."""

    tickers: tuple[Ticker, ...]
    notes: tuple[str, ...] = ()


class Watchlists(Protocol):
    """The user's lists and the shipped ones; a shipped list is copied to the user's folder when it is first edited."""

    def names(self) -> tuple[str, ...]:
        """All lists, sorted."""
        ...

    def own(self) -> tuple[str, ...]:
        """The lists that are the user's, sorted."""
        ...

    def read(self, name: str) -> List:
        """One list. Raises UnknownWatchlist, or ConfigError with file, line and what was received."""
        ...

    def add(self, name: str, ticker: Ticker, position: int | None = None) -> None:
        """Insert a ticker; comments in the file stay. Raises BadRequest if it is there already."""
        ...

    def remove(self, name: str, symbol: str) -> tuple[Ticker, int]:
        """Take a ticker out; gives it and the position it had. Raises UnknownSymbol."""
        ...

    def with_rules(self, name: str, rules: Sequence[Rule]) -> List:
        """A list as it would be with other rules of its alarms. Raises as read, and BadRequest, UnknownSymbol."""
        ...

    def set_rules(self, name: str, rules: Sequence[Rule]) -> None:
        """Write them; comments in the file stay. Raises the same."""
        ...

    def stamp(self, name: str) -> object:
        """Something that differs once the list's file has changed on disk; cheap enough to ask every second."""
        ...

    def create(self, name: str, tickers: Sequence[Ticker], title: str = "") -> None:
        """Write a new list. Raises BadRequest where one of that name is the user's already."""
        ...

    def load(self, file: Path) -> Imported:
        """The tickers in a CSV or text file of another tool. Raises BadFile where it has none."""
        ...
