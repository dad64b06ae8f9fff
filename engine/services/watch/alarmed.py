"""Alarms as the protocol has them."""

from engine.core.attention import standing
from engine.core.episodes import whose
from engine.ports import AlarmRecord, PriceAlarmRecord
from engine.protocol import Alarm
from engine.services.watch import values

PRICE_ALERT = "price alert"


def alarm(record: AlarmRecord, *, muted: bool) -> Alarm:
    """An episode."""
    episode, attention = record.episode, record.attention
    symbol, watchlist = whose(episode.symbol)
    return Alarm(
        id=record.id,
        symbol=symbol,
        kind=episode.kind,
        tier=episode.tier,
        direction=episode.direction,
        opened=episode.opened,
        closed=episode.closed,
        p=values.known(episode.p),
        rarity_days=values.known(episode.rarity_days),
        rarer=episode.rarer,
        words=episode.words,
        evidence=episode.evidence,
        state=standing(episode, attention),
        at=record.raised_at,
        confirmed=episode.confirmed,
        provisional=episode.provisional,
        snoozed_until=attention.snoozed_until if episode.closed is None else None,
        watchlist=watchlist,
        muted=muted,
        found=record.found,
        dropped=episode.dropped or None,
    )


def price_alarm(record: PriceAlarmRecord) -> Alarm:
    """A price alarm."""
    said = record.alarm
    return Alarm(
        id=record.id,
        symbol=said.symbol,
        kind=PRICE_ALERT,
        tier="watch",
        direction="down" if said.rule == "below" else "up" if said.rule == "above" else "none",
        opened=said.session,
        closed=None,
        p=None,
        rarity_days=None,
        rarer=False,
        words=said.words,
        evidence={"rule": said.rule, "level": said.level, "price": said.price},
        state="acknowledged" if record.acknowledged else "open",
        at=said.at,
    )
