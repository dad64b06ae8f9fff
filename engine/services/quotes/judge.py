"""Which levels quotes and completed sessions reach: said once a session, and stored before it is said."""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TypeAlias

from engine.core.quotes import DayBar, Levels, PriceAlarm, Quote, crossed, reached
from engine.errors import StoreError
from engine.format import money
from engine.ports import Calendar, PriceAlarmRecord, Store
from engine.services.quotes.facts import Facts
from engine.services.quotes.since import Marks, for_quote, for_session

_Key: TypeAlias = tuple[str, str, float, date]

log = logging.getLogger(__name__)


class Judge:
    """Remembers where each price came from. It blocks; one call at a time."""

    def __init__(self, store: Store, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar
        self._before: dict[tuple[str, Levels], tuple[date, float]] = {}
        self._known: set[_Key] | None = None
        self._unsaved: list[PriceAlarm] = []

    @property
    def behind(self) -> bool:
        """Whether alarms wait for the store to take them."""
        return bool(self._unsaved)

    def __call__(
        self, news: Sequence[Quote | DayBar], levels: Mapping[str, tuple[Levels, ...]], known: Marks, facts: Facts
    ) -> tuple[PriceAlarmRecord, ...]:
        """The alarms that are new, oldest first; those the store would not take are tried again the next time."""
        said = self._said()
        for each in news:
            for one in levels.get(each.symbol, ()):
                found = self._found(each, one, known, facts)
                self._unsaved += [alarm for alarm in found if _key(alarm) not in said]
        return self._saved(said)

    def _said(self) -> set[_Key]:
        if self._known is None:
            self._known = {_key(record.alarm) for record in self._store.price_alarms()}
        return self._known

    def _found(self, news: Quote | DayBar, levels: Levels, known: Marks, facts: Facts) -> tuple[PriceAlarm, ...]:
        if isinstance(news, DayBar):
            return self._session(news, levels, known, facts)
        return self._quote(news, levels, known, facts)

    def _quote(self, quote: Quote, levels: Levels, known: Marks, facts: Facts) -> tuple[PriceAlarm, ...]:
        exchange, held = facts.exchanges.get(quote.symbol), for_quote(levels, quote, known)
        if exchange is None or facts.market(quote.symbol) is None or not held:
            return ()
        session = self._calendar.session(exchange, facts.day(quote))
        earlier, price = self._before.get((quote.symbol, levels), (None, None))
        self._before[quote.symbol, levels] = (session, quote.price)
        return crossed(
            quote,
            session,
            held,
            before=price if earlier == session else None,
            previous_close=facts.close_before(quote),
            money=partial(money, currency=quote.currency or facts.currencies.get(quote.symbol, "")),
        )

    def _session(self, bar: DayBar, levels: Levels, known: Marks, facts: Facts) -> tuple[PriceAlarm, ...]:
        exchange = facts.exchanges.get(bar.symbol, "")
        whole, late = for_session(levels, bar, known, lambda at: self._calendar.hours(exchange, at).open)
        worded = partial(money, currency=facts.currencies.get(bar.symbol, ""))
        close = replace(bar, high=math.nan, low=math.nan)
        return (*reached(bar, whole, worded), *reached(close, late, worded))

    def _saved(self, known: set[_Key]) -> tuple[PriceAlarmRecord, ...]:
        new: list[PriceAlarmRecord] = []
        while self._unsaved:
            alarm = self._unsaved[0]
            if _key(alarm) not in known:
                try:
                    new.append(self._store.add_price_alarm(alarm))
                except StoreError as error:
                    log.warning("a price alarm could not be stored, it is tried again: %s", error)
                    break
                known.add(_key(alarm))
            self._unsaved.pop(0)
        return tuple(new)


def _key(alarm: PriceAlarm) -> _Key:
    return alarm.symbol, alarm.rule, alarm.level, alarm.session
