"""The keys of a watchlist file: which there are, what each may hold, and how a ticker is written."""

import math
import re
from dataclasses import dataclass
from typing import Literal

import tomlkit

from engine.ports import Ticker

INTERVALS: tuple[Literal["1d", "1h", "15m", "5m"], ...] = ("1d", "1h", "15m", "5m")
_CURRENCY = re.compile(r"[A-Z]{3}")

HEAD = """\
# A watchlist of Whipsaw. A change is taken up as soon as this file is saved.
#
# title = "My list"            what the screen calls it
# interval = "15m"             bars of the ranges 1D and 5D: 1h, 15m or 5m; 1d leaves them to choose
# currency = "USD"             the account's currency; without it holdings are not converted
#
# [[ticker]]                   one for each line of the list; all but the symbol may be left out
# symbol = "BRK-B"             as Yahoo writes it: 005930.KS, ^KS11, EURUSD=X
# name = "Berkshire Hathaway"
# group = "insurance"
# shares = 10                  how many are held; below 0 if sold short
# cost = 310.5                 paid for one share, in the currency of its price
# above = 600                  call when the price reaches this,
# below = 420                  when it falls to this,
# move = 5                     or when it moves by so many per cent in a day, either way
"""
"""The comment at the head of a new list: every key once, as a list that could be read."""


@dataclass(frozen=True, slots=True)
class Number:
    """A key that holds a finite number; `positive` where it must be above 0."""

    allowed: str
    positive: bool = True

    def holds(self, value: float) -> bool:
        """Whether the key may have that value."""
        return math.isfinite(value) and (value > 0 or not self.positive)


NUMBERS = {
    "shares": Number("a number of shares, below 0 if sold short", positive=False),
    "cost": Number("the price paid for one share, above 0"),
    "above": Number("a price above 0"),
    "below": Number("a price above 0"),
    "move": Number("per cent in a day, above 0"),
}
OF_LIST = ("title", "interval", "currency", "ticker")
OF_TICKER = ("symbol", "name", "group", *NUMBERS)
ALLOWED = {"the list": OF_LIST, "a ticker": OF_TICKER}


def is_currency(text: str) -> bool:
    """Whether a text is written as an ISO code.

    >>> is_currency("KRW"), is_currency("GBp")
    (True, False)
    """
    return _CURRENCY.fullmatch(text) is not None


def written(ticker: Ticker) -> list[str]:
    """The lines of a ticker, without their ends; what it does not have is left out."""
    texts = [f"{key} = {tomlkit.item(text).as_string()}" for key, text in _texts(ticker) if text]
    numbers = [f"{key} = {_number(value)}" for key in NUMBERS if (value := getattr(ticker, key)) is not None]
    return ["[[ticker]]", *texts, *numbers]


def _texts(ticker: Ticker) -> tuple[tuple[str, str], ...]:
    return ("symbol", ticker.symbol), ("name", ticker.name), ("group", ticker.group)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
