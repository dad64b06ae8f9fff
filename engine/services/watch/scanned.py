"""The answer to a scan, a symbol a row."""

from collections.abc import Sequence

import msgspec

from engine.core.bars import as_date
from engine.core.episodes import QUIET_P, Episode, Verdict
from engine.core.features import Features
from engine.core.indicators import indicators
from engine.core.judge import TickerScan
from engine.core.momentum import momentum_of
from engine.protocol import Firing, IndicatorsNow, KindScore, MomentumNow, ScanRow
from engine.services.watch import values


def scan_row(scan: TickerScan, name: str, *, episodes: bool) -> ScanRow:
    """One symbol of a scan, with its open episodes or with what fires on that very session."""
    known = scan.features
    fresh = known is not None and as_date(known.sessions[-1]) == scan.expected
    firing: Sequence[Episode | Verdict] = scan.open_episodes if episodes else scan.verdicts.firing
    close = float(known.close[-1]) if known is not None else None
    return ScanRow(
        symbol=scan.symbol,
        name=name,
        close=close,
        change_pct=values.change(known) if known is not None and fresh else None,
        momentum_10d=values.percent(known.momentum[-1]) if known is not None and fresh else None,
        scored=scan.why is None,
        why=scan.why,
        forecast=values.forecast(scan.forecast, close) if scan.forecast and close else None,
        alarms=tuple(
            Firing(said.kind, said.tier, said.p, said.rarity_days, said.evidence, said.words, said.rarer)
            for said in firing
            if said.tier is not None
        ),
        data=scan.data,
        forecasts=values.forecasts(scan.forecasts, close) if close else (),
        word=scan.word,
        momentum=_momentum(known) if known is not None and fresh else None,
        indicators=msgspec.convert(indicators(known.close), IndicatorsNow, from_attributes=True)
        if known is not None and fresh
        else None,
        scores=tuple(map(_score, scan.verdicts)),
    )


def _momentum(known: Features) -> MomentumNow:
    of = momentum_of(known.returns, known.sigma)
    return MomentumNow(
        z10=values.known(known.momentum_z[-1]),
        state=of.state,
        slow=values.percent(of.slow),
        fast=values.percent(of.fast),
    )


def _score(verdict: Verdict) -> KindScore:
    unusual = verdict.p <= QUIET_P
    return KindScore(
        kind=verdict.kind,
        score=values.known(verdict.score),
        p=values.known(verdict.p),
        rarity_days=verdict.rarity_days if unusual else None,
        threshold_p=verdict.threshold_p,
    )
