"""One ticker's features with its scores by kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.core.bars import FloatArray
from engine.core.budget import Budget
from engine.core.detect import KINDS
from engine.core.detect.kind import Kind
from engine.core.features import Features
from engine.core.groups import Asset

BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """One ticker's features and its scores by kind, all (T,), the class of asset it is of, and the kinds."""

    features: Features
    scores: Mapping[str, FloatArray]
    asset: Asset = "stock"
    kinds: Mapping[str, Kind] = field(default_factory=lambda: BY_NAME)

    @property
    def symbol(self) -> str:
        """The ticker's symbol."""
        return self.features.symbol

    def upto(self, end: int) -> "Scored":
        """The same before row `end`, as views."""
        scores = {kind: scores[:end] for kind, scores in self.scores.items()}
        return Scored(self.features.rows(0, end), scores, self.asset, self.kinds)


def score(features: Features, budget: Budget, asset: Asset = "stock") -> Scored:
    """Every enabled kind's score of every row."""
    return Scored(features, {kind.name: kind.score(features) for kind in budget.enabled}, asset)
