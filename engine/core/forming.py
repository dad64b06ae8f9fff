"""The bar of a session that still runs: what is known of it so far, from quotes of its regular hours."""

import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from engine.core.bars import FloatArray, History
from engine.core.quotes import Quote, change_pct, is_price

NO_SPLIT_PCT = 2.0
"""A quote's own close before may differ so far from the stored one; more is a split, or another share."""


@dataclass(frozen=True, slots=True)
class FormingBar:
    """Prices in the shares of today; open, high, low and volume are NaN where they are not known from the open on."""

    symbol: str
    session: date
    follows: date
    """The session before it."""
    open: float
    high: float
    low: float
    last: float
    volume: float
    at: float
    """The newest quote's instant, in seconds since the epoch."""

    @classmethod
    def of(cls, quote: Quote, session: date, follows: date, *, from_open: bool) -> "FormingBar":
        """A session's first quote; `from_open` says that none before it was missed."""
        unknown = quote.price if from_open else math.nan
        seen = (unknown, unknown, unknown, quote.price)
        return cls(quote.symbol, session, follows, *seen, volume=math.nan, at=quote.time).told(quote)

    def told(self, quote: Quote) -> "FormingBar":
        """With a newer quote, and what it says of its day."""
        return replace(
            self,
            open=_known(quote.open, self.open),
            high=_known(quote.high, float(np.maximum(self.high, quote.price))),
            low=_known(quote.low, float(np.minimum(self.low, quote.price))),
            last=quote.price,
            volume=self.volume if quote.volume is None else quote.volume,
            at=quote.time,
        )

    def behind(self, history: History) -> History:
        """A history with this bar as its newest, as if it closed now."""
        opened, high, low = self.open, max(self.high, self.last), min(self.low, self.last)
        if not self.low <= self.open <= self.high:
            opened = high = low = math.nan
        return replace(
            history,
            sessions=np.append(history.sessions, np.datetime64(self.session, "D")),
            open=_longer(history.open, opened),
            high=_longer(history.high, high),
            low=_longer(history.low, low),
            close=_longer(history.close, self.last),
            volume=_longer(history.volume, self.volume),
        )


def comparable(quote: Quote, close: float) -> bool:
    """Whether a quote is of the same shares as a stored close, by the close before that it gives itself, if it does."""
    apart = change_pct(quote.previous_close, close) if is_price(quote.previous_close) else 0.0
    return apart is not None and abs(apart) <= NO_SPLIT_PCT


def _known(said: float | None, seen: float) -> float:
    return said if is_price(said) else seen


def _longer(column: FloatArray, value: float) -> FloatArray:
    return np.append(column, value)
