"""Why a ticker has an alarm, and why it has none: each kind's score, how far it is from a threshold, and its state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import TypeAlias

from msgspec.structs import replace

from engine.core.attention import is_muted
from engine.core.calibration import Calibration, Threshold
from engine.core.detect import KINDS
from engine.core.episodes import MARKET, QUIET_SESSIONS, Episode, Verdict, market_symbol
from engine.core.judge import TickerScan
from engine.core.market import NAME, together
from engine.ports import Calendar, List, Store
from engine.protocol import Explanation, KindExplained
from engine.protocol.scans import KindState
from engine.rules import Rules


@dataclass(frozen=True, slots=True)
class Whole:
    """A list, and what a scan said of its market."""

    of: List
    market: TickerScan


When: TypeAlias = date | bool
"""Whose episodes are told of: those as they stand, as they stood after a session, or none (False)."""


@dataclass(frozen=True, slots=True)
class _Past:
    """The last episode of each kind, which kinds are muted, and the exchange whose sessions count."""

    last: Mapping[str, Episode]
    muted: frozenset[str]
    exchange: str


class Explain:
    """Translates what a scan said of a ticker; it blocks where it reads the store."""

    def __init__(self, store: Store, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar

    def __call__(
        self, scan: TickerScan, rules: Rules, whole: Whole | None = None, *, live: bool, upto: date | None = None
    ) -> Explanation:
        """Why, and why not, and of the market of the `whole` list too; where it is not `live` no episode is told of.

        Up to a session, if one is named, those that had opened by then are.
        """
        when = upto or live
        kinds = () if scan.why else (*self._of_ticker(scan, rules, when), *self._of_list(whole, rules, when))
        return Explanation(
            symbol=scan.symbol,
            session=scan.verdicts.session or scan.expected,
            scored=scan.why is None,
            why=scan.why,
            word=scan.word,
            kinds=kinds,
        )

    def _of_ticker(self, scan: TickerScan, rules: Rules, when: When) -> tuple[KindExplained, ...]:
        if scan.symbol == MARKET:
            return ()
        past = self._past(scan.symbol, self._calendar.exchange(scan.symbol), when)
        return tuple(self._kind(kind.name, scan, rules, past) for kind in KINDS)

    def _of_list(self, whole: Whole | None, rules: Rules, when: When) -> tuple[KindExplained, ...]:
        """What the kind of the market says, or why there is no market."""
        if whole is None:
            return ()
        exchanges = {each.symbol: self._calendar.exchange(each.symbol) for each in whole.of.tickers}
        where = next(iter(exchanges[symbol] for symbol in together(exchanges)), "")
        past = self._past(market_symbol(whole.of.name), where, when if whole.of.kept else False)
        return (self._kind(NAME, whole.market, rules, past),)

    def _past(self, symbol: str, exchange: str, when: When) -> _Past:
        if isinstance(when, date):
            return self._by_then(symbol, exchange, when)
        if not when:
            return _Past({}, frozenset(), exchange)
        records = [each.episode for each in self._store.standing_alarms() if each.episode.symbol == symbol]
        last = {episode.kind: episode for episode in records if not episode.provisional}
        mutes = self._store.mutes()
        kinds = (NAME, *(kind.name for kind in KINDS))
        return _Past(last, frozenset(kind for kind in kinds if is_muted(symbol, kind, mutes)), exchange)

    def _by_then(self, symbol: str, exchange: str, session: date) -> _Past:
        """The same after a session: a mute is told of where it held for an episode that was open."""
        records = [each for each in self._store.alarms_as_of(session)[::-1] if each.episode.symbol == symbol]
        last = {each.episode.kind: each.episode for each in records if _stands(each.episode)}
        muted = (each.episode.kind for each in records if each.attention.muted and each.episode.closed is None)
        return _Past(last, frozenset(muted), exchange)

    def _kind(self, kind: str, scan: TickerScan, rules: Rules, past: _Past) -> KindExplained:
        muted = kind in past.muted
        if not (rules.budget.market.watch if kind == NAME else rules.budget.shares(scan.symbol, (kind,))):
            return KindExplained(kind, "off", muted)
        if kind not in scan.verdicts.scores:
            return KindExplained(kind, "silent", muted, why=scan.why or scan.verdicts.silent.get(kind))
        state, until = self._state(kind, scan, rules, past)
        told = _explained(scan.verdicts.of(kind), scan.verdicts.calibrations[kind], state, until, muted=muted)
        last = past.last.get(kind)
        return replace(told, why=_WAITS.format(last.dropped)) if state == "reached" and last and last.dropped else told

    def _state(self, kind: str, scan: TickerScan, rules: Rules, past: _Past) -> tuple[KindState, date | None]:
        episode = past.last.get(kind)
        if episode and episode.closed is None:
            return "open", episode.opened
        if kind in scan.verdicts.folded:
            return "folded", None
        if episode and scan.verdicts.session:
            until = self._calendar.following(past.exchange, episode.opened, rules.budget.cooldown)
            if scan.verdicts.session < until:
                return "cooling", until
        return ("reached" if scan.verdicts.tier(kind) else "below"), None


_WAITS = f"the last one ended because {{}}: the next may open after {QUIET_SESSIONS} quiet sessions"


def _stands(episode: Episode) -> bool:
    return not (episode.provisional or episode.withdrawn)


def _explained(
    said: Verdict, calibration: Calibration, state: KindState, until: date | None, *, muted: bool
) -> KindExplained:
    watch, alert = calibration.watch, calibration.alert
    following = next((each.score for each in (watch, alert) if said.score < each.score), None)
    short = None if following is None or not isfinite(following) else following - said.score
    unusual = calibration.unusual(said.score)
    return KindExplained(
        kind=said.kind,
        state=state,
        muted=muted,
        score=_known(said.score),
        p=said.p,
        rarity_days=said.rarity_days if unusual else None,
        rarer=said.rarer if unusual else False,
        threshold=_known(watch.score),
        threshold_p=watch.p if isfinite(watch.score) else None,
        alert=_known(alert.score),
        alert_p=alert.p if isfinite(alert.score) else None,
        short=None if short is None else _known(short),
        lacks=_lacks("watch", watch) or _lacks("alert", alert),
        until=until,
        words=said.words,
        evidence=said.evidence,
    )


def _lacks(tier: str, of: Threshold) -> str | None:
    return f"{tier} tier needs {of.needs:,} scores, has {of.has:,}" if of.has < of.needs else None


def _known(value: float) -> float | None:
    return float(value) if isfinite(value) else None
