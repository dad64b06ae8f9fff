"""Real prices played session after session through score, calibrate and decide, as live."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.core.bars import DateArray, as_date
from engine.core.budget import Budget
from engine.core.calibration import calibrate_kinds
from engine.core.episodes import Episode, Tier
from engine.core.features import features
from engine.core.groups import Asset
from engine.core.judge import decide_session, verdicts
from engine.core.panel import Listed, on_list
from engine.core.quality import Gated
from engine.core.scored import Scored, score
from tests.benchmarks.alarms.standin import outlooks

GONE = 30
"""Sessions after its last bar that a ticker leaves the list."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An episode that opened, or escalated, on a session."""

    symbol: str
    kind: str
    tier: Tier
    session: date
    opened: bool
    words: str


@dataclass(frozen=True, slots=True)
class Played:
    """What a list did: its alarms, and each symbol's sessions that were judged."""

    alarms: tuple[Alarm, ...]
    judged: dict[str, DateArray]


def play(
    gated: Sequence[Gated], assets: Sequence[Asset], start: date, budget: Budget, members: Collection[str] = ()
) -> Played:
    """All sessions from `start` on, with the forecaster of no skill: none is trained.

    The `members` make the list's index; the others trade elsewhere, or there are too few.
    """
    histories = [each.history for each in gated]
    said = outlooks(histories)
    funds = {each.symbol for each, asset in zip(histories, assets, strict=True) if asset == "fund"}
    listed = on_list([Listed.of(each) for each in histories], members, set(members) - funds)
    scored = [
        score(features(each.history, outlook, None, each.returns, each.index), budget, asset)
        for each, outlook, asset in zip(listed, said, assets, strict=True)
    ]
    every = np.unique(np.concatenate([history.sessions for history in histories]))
    last: dict[str, dict[str, Episode]] = {each.symbol: {} for each in scored}
    alarms: list[Alarm] = []
    judged: dict[str, list[np.datetime64]] = {each.symbol: [] for each in scored}
    filled = {each.history.symbol: frozenset(each.history.sessions[each.filled].tolist()) for each in gated}
    for session in every[every >= np.datetime64(start)]:
        seen = [known for each in scored if (known := _known(each, session)) is not None]
        calibrations = calibrate_kinds(seen, budget)
        for ticker in seen:
            if ticker.features.sessions[-1] != session or as_date(session) in filled[ticker.symbol]:
                continue
            judged[ticker.symbol].append(session)
            own = last[ticker.symbol]
            for episode, event in decide_session(verdicts(ticker, calibrations), own):
                own[episode.kind] = episode
                if event != "closed":
                    alarms.append(_alarm(episode, session, opened=event == "opened"))
    return Played(tuple(alarms), {symbol: np.array(days, "datetime64[D]") for symbol, days in judged.items()})


def _known(ticker: Scored, session: np.datetime64) -> Scored | None:
    """Its rows up to a session; None before its first, and when it has left the list."""
    sessions = ticker.features.sessions
    end = int(np.searchsorted(sessions, session, side="right"))
    left = end == len(sessions) and np.busday_count(sessions[-1], session) > GONE
    return None if left or not end else ticker.upto(end)


def _alarm(episode: Episode, session: np.datetime64, opened: bool) -> Alarm:
    return Alarm(episode.symbol, episode.kind, episode.tier, as_date(session), opened, episode.words)
