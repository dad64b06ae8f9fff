"""Alarms while a session runs: its forming bars raise provisional ones, which the close lets stand or withdraws."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import Lock

import numpy as np

from engine.alarms import Alarms, Forming
from engine.core.bars import DateArray, History
from engine.core.episodes import Verdict
from engine.core.forming import FormingBar
from engine.core.judge import Judgement
from engine.core.provisional import Ground, ground, judged_now


@dataclass(frozen=True, slots=True, eq=False)
class _Close:
    """A ticker's last close: how it was judged, and of what."""

    judged: Judgement
    history: History

    @property
    def session(self) -> date | None:
        """Its session."""
        return self.judged.session


class Provisional:
    """Scores forming bars. It blocks; one call at a time, closes may come meanwhile.

    The thresholds of a session are those of the first close before it that was told: they stay for the day.
    """

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms
        self._lock = Lock()
        self._closes: dict[str, _Close] = {}
        self._grounds: dict[str, tuple[date, Ground]] = {}

    def closed(self, judged: Mapping[str, tuple[Judgement, History]]) -> None:
        """Tickers of a list as their last close was judged, with the bars it was judged by."""
        with self._lock:
            for symbol, (one, history) in judged.items():
                before = self._closes.get(symbol)
                if before is None or before.session != one.session:
                    self._closes[symbol] = _Close(one, history)

    def __call__(self, bars: Iterable[FormingBar]) -> bool:
        """Judge the bars of sessions that follow a known close; True where an alarm was raised or escalated.

        Raises StoreError.
        """
        known = [(bar, each) for bar in bars if (each := self._ground(bar)) is not None]
        judged = judged_now([each for _, each in known], [bar for bar, _ in known])
        formed = [_formed(verdict, one) for one in judged for verdict in one.firing]
        return bool(formed) and self._alarms.form(formed)

    def _ground(self, bar: FormingBar) -> Ground | None:
        with self._lock:
            close = self._closes.get(bar.symbol)
        session = close.session if close else None
        if close is None or session is None or session >= bar.session or bar.follows != session:
            return None
        known = self._grounds.get(bar.symbol)
        if known is None or known[0] != session:
            known = self._grounds[bar.symbol] = session, ground(close.judged, close.history)
        return known[1]


def _formed(verdict: Verdict, judged: Judgement) -> Forming:
    assert judged.scored is not None  # noqa: S101 - there would be no verdict
    return Forming(verdict, partial(_sessions_after, judged.scored.features.sessions))


def _sessions_after(sessions: DateArray, opened: date) -> int:
    return len(sessions) - int(np.searchsorted(sessions, np.datetime64(opened, "D"), side="right"))
