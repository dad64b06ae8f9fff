"""The keys of a watchlist file: which there are, what each may hold, and how a ticker is written."""

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import tomlkit

from engine.core.detect import KINDS
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
# budget = 1                   its own number of alarms a year
# off = ["drift"]              kinds of alarm that are not raised for it
#
# [alarms]                     for this list alone, in place of what config.toml says there
# budget = 2
# kinds.drift = 0
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


@dataclass(frozen=True, slots=True)
class Limits:
    """A key of [alarms] that holds a number from `low` to `high`, a `whole` one or any."""

    low: float
    high: float
    whole: bool = False

    @property
    def allowed(self) -> str:
        """The same in words."""
        return f"a {'whole ' if self.whole else ''}number from {self.low:g} to {self.high:g}"

    def holds(self, value: float) -> bool:
        """Whether the key may have that value."""
        return self.low <= value <= self.high and (not self.whole or float(value).is_integer())


LEAST = 0.001
"""Of a budget, in alarms a year: one in a thousand years is none."""
BUDGET, WEIGHT = Limits(LEAST, 50), Limits(0, 100)
_WINDOW = Limits(2, 504, whole=True)
ALARMS = {
    "budget": BUDGET,
    "alerts": Limits(0, 50),
    "market": Limits(0, 50),
    "market_alerts": Limits(0, 50),
    "trend": _WINDOW,
    "short": _WINDOW,
    "shock": _WINDOW,
    "break_move": _WINDOW,
    "break_before": _WINDOW,
    "long": _WINDOW,
    "cooldown": Limits(1, 252, whole=True),
}
KIND_NAMES = tuple(kind.name for kind in KINDS)

OF_LIST = ("title", "interval", "currency", "alarms", "ticker")
OF_TICKER = ("symbol", "name", "group", *NUMBERS, "budget", "off")
ALLOWED = {
    "the list": OF_LIST,
    "a ticker": OF_TICKER,
    "[alarms]": (*ALARMS, "kinds"),
    "[alarms.kinds]": KIND_NAMES,
}


def is_currency(text: str) -> bool:
    """Whether a text is written as an ISO code.

    >>> is_currency("KRW"), is_currency("GBp")
    (True, False)
    """
    return _CURRENCY.fullmatch(text) is not None


def written(ticker: Ticker) -> list[str]:
    """The lines of a ticker, without their ends; what it does not have is left out."""
    texts = [f"{key} = {tomlkit.item(text).as_string()}" for key, text in _texts(ticker) if text]
    keys = (*NUMBERS, "budget")
    numbers = [f"{key} = {_number(value)}" for key in keys if (value := getattr(ticker, key)) is not None]
    off = [f"off = [{', '.join(tomlkit.item(kind).as_string() for kind in ticker.off)}]"] if ticker.off else []
    return ["[[ticker]]", *texts, *numbers, *off]


def _texts(ticker: Ticker) -> tuple[tuple[str, str], ...]:
    return ("symbol", ticker.symbol), ("name", ticker.name), ("group", ticker.group)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def instead(key: str, where: str) -> str:
    """What to write for a key that is not known there."""
    for other, place in _PLACES.items():
        if key in ALLOWED[other]:
            return f"It is a key of {other}: write it {place}"
    allowed = ALLOWED[where]
    near = get_close_matches(key, allowed, n=1)
    return f"Did you mean {near[0]}?" if near else f"Keys of {where} are {', '.join(allowed)}"


_PLACES = {
    "[alarms]": "below a line [alarms]",
    "the list": "above the first [[ticker]]",
    "a ticker": "below its [[ticker]]",
}
