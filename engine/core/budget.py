"""How many false alarms a person can stand, and how the kinds of alarm share them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.core.detect import KINDS
from engine.core.detect.kind import Kind
from engine.core.episodes import COOLDOWN

_WEIGHTS = {kind.name: kind.weight for kind in KINDS}


class Rate(NamedTuple):
    """Episodes a year, alerts counted in; and alerts alone."""

    watch: float
    alert: float


OF_A_LIST = Rate(6.0, 2.0)
"""What the market of a list may raise."""


@dataclass(frozen=True, slots=True)
class Override:
    """What is different for one ticker: kinds that are off, and its own budget where it is not None."""

    off: frozenset[str] = frozenset()
    a_year: float | None = None
    alerts_a_year: float | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Episodes a ticker and year over all kinds together, how many of them may be alerts, and the kinds that share.

    A kind has `weights` by name, its own where it is not named. A market kind stands apart: `market` is for the whole
    list and year, and its kind is off at a rate of 0. After an opening the next may open `cooldown` sessions later.
    """

    a_year: float = 2.0
    alerts_a_year: float = 0.5
    kinds: tuple[str, ...] = tuple(kind.name for kind in KINDS)
    weights: Mapping[str, float] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)
    market: Rate = OF_A_LIST
    cooldown: int = COOLDOWN

    def __post_init__(self) -> None:
        """Raises ValueError for a rate or a weight below zero."""
        rates = {"a_year": self.a_year, "alerts_a_year": self.alerts_a_year, **self.market._asdict(), **self.weights}
        for name, value in rates.items():
            if not value >= 0:
                raise ValueError(f"{name} of {value}: a budget and a weight are 0 or more")

    @property
    def enabled(self) -> tuple[Kind, ...]:
        """The kinds that are on."""
        return tuple(kind for kind in KINDS if kind.name in self.kinds)

    def weight(self, kind: str) -> float:
        """A kind's part of the budget, against those of the others."""
        return self.weights.get(kind, _WEIGHTS.get(kind, 1.0))

    def of(self, symbols: Iterable[str]) -> float:
        """Episodes a year that these tickers may have together."""
        own = (self.overrides.get(symbol, Override()).a_year for symbol in symbols)
        return sum(self.a_year if each is None else each for each in own)

    def shares(self, symbol: str, able: Collection[str]) -> dict[str, Rate]:
        """A ticker's rate by kind: what is its, shared between those of its kinds that are `able`, having a past."""
        own = self.overrides.get(symbol, Override())
        a_year = self.a_year if own.a_year is None else own.a_year
        alerts = self.alerts_a_year if own.alerts_a_year is None else own.alerts_a_year
        weights = {kind: self.weight(kind) for kind in self.kinds if kind in able and kind not in own.off}
        total = sum(weights.values())
        return {
            kind: Rate(a_year * weight / total, alerts * weight / total) for kind, weight in weights.items() if weight
        }
