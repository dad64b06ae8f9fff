"""The rules of a list's alarms: the settings, what the list's file says otherwise, and its tickers' own."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

import msgspec

from engine.config import AlarmSettings, Settings, changed
from engine.core.budget import Budget, Override, Rate
from engine.core.detect import KINDS
from engine.core.series import Windows
from engine.ports import List, Ticker


@dataclass(frozen=True, slots=True)
class Rules:
    """How many alarms a list may raise, of which kinds, and how far back they look."""

    budget: Budget = field(default_factory=Budget)
    windows: Windows = field(default_factory=Windows)


def rules_of(settings: AlarmSettings, of: List) -> Rules:
    """The rules that hold for a list."""
    said = {key: value for key, value in asdict(of.alarms).items() if value is not None and key != "kinds"}
    known = msgspec.structs.replace(settings, **said)
    weights = msgspec.to_builtins(known.kinds) | dict(of.alarms.kinds)
    budget = Budget(
        a_year=known.budget,
        alerts_a_year=min(known.alerts, known.budget),
        kinds=tuple(kind.name for kind in KINDS if weights.get(kind.name, 1.0)),
        weights=weights,
        overrides={
            ticker.symbol: _own(ticker, known) for ticker in of.tickers if ticker.off or ticker.budget is not None
        },
        market=Rate(known.market, min(known.market_alerts, known.market)),
        cooldown=known.cooldown,
    )
    return Rules(budget, _windows(known))


def _windows(known: AlarmSettings) -> Windows:
    return Windows(
        trend=known.trend,
        short=known.short,
        shock=known.shock,
        long=known.long,
        move=known.break_move,
        before=known.break_before,
    )


def _own(ticker: Ticker, known: AlarmSettings) -> Override:
    """With its own budget it has as large a part of alerts as the others."""
    alerts = None if ticker.budget is None else ticker.budget * min(known.alerts / known.budget, 1.0)
    return Override(frozenset(ticker.off), ticker.budget, alerts)


class Rulebook:
    """The settings in force. It blocks where it reads the file."""

    def __init__(self, settings: Settings, read: Callable[[], Settings | None] = lambda: None) -> None:
        """`read` gives the settings as their file has them now, None where that has not changed since."""
        self._settings = settings
        self._read = read

    def of(self, of: List) -> Rules:
        """The rules that hold for a list."""
        return rules_of(self._settings.alarms, of)

    def instead(self, changes: Iterable[str], of: List) -> Rules:
        """Those that would hold with some settings given as `key=value`. Raises ConfigError, BadRequest."""
        return rules_of(changed(self._settings, changes).alarms, of)

    def reread(self) -> bool | None:
        """Take up a change of the file: whether it changed what holds for alarms; None where the file is the same.

        Raises ConfigError once for a file that cannot be used, and then the last good settings stay in force.
        """
        now = self._read()
        if now is None:
            return None
        changes = now.alarms != self._settings.alarms
        self._settings = msgspec.structs.replace(self._settings, alarms=now.alarms)
        return changes
