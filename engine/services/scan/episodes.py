"""What a scan has to do with episodes: on which sessions they are decided, of whom, and which are open."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.core.bars import DateArray
from engine.core.episodes import DATA_FAULT, MARKET, Episode, market_symbol
from engine.core.judge import Judgement, TickerScan
from engine.ports import AlarmRecord


def sessions_of(scans: Sequence[TickerScan], market: Judgement, watchlist: str) -> dict[str, DateArray]:
    """The sessions up to the newest of whom was judged on that one."""
    seen = {scan.symbol: scan.features.sessions for scan in scans if scan.verdicts and scan.features}
    return seen | ({market_symbol(watchlist): market.scored.features.sessions} if market and market.scored else {})


def of_market(market: Judgement) -> tuple[TickerScan, ...]:
    """The market beside its tickers, where it was judged."""
    known = market.scored.features if market.scored else None
    return (TickerScan(MARKET, market.session, known, verdicts=market),) if market else ()


def with_episodes(
    scans: Sequence[TickerScan], watchlist: str, records: Iterable[AlarmRecord]
) -> tuple[TickerScan, ...]:
    """Each with those that are open of what is on record, the market's under the list's own name."""
    by_symbol: dict[str, list[Episode]] = {}
    for episode in (record.episode for record in records):
        if episode.closed is None and not episode.provisional and episode.kind != DATA_FAULT:
            by_symbol.setdefault(episode.symbol, []).append(episode)
    own = {MARKET: market_symbol(watchlist)}
    return tuple(
        replace(scan, open_episodes=tuple(by_symbol.get(own.get(scan.symbol, scan.symbol), ()))) for scan in scans
    )
