"""What was made last of some inputs, by name: given again, whoever asks, while the inputs are the same."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

KEPT = 4
"""Names of which the last result is kept; the one that was kept longest ago goes first."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What a result is made of: `facts` that are compared, and `parts` that are the same only as the very objects."""

    facts: object
    parts: Sequence[object]

    def same(self, other: "Inputs") -> bool:
        """Whether the result would be the same."""
        if self.facts != other.facts or len(self.parts) != len(other.parts):
            return False
        return all(one is another for one, another in zip(self.parts, other.parts, strict=True))


class Lasting(Generic[T]):
    """The last results. One caller at a time."""

    def __init__(self) -> None:
        self._results: dict[Hashable, tuple[Inputs, T]] = {}

    def of(self, inputs: Inputs) -> T | None:
        """The result of the same inputs, whatever its name; None where there is none."""
        return next((result for each, result in self._results.values() if each.same(inputs)), None)

    def keep(self, name: Hashable, inputs: Inputs, result: T) -> None:
        """Keep a result in the place of what stood under its name."""
        self._results.pop(name, None)
        while len(self._results) >= KEPT:
            del self._results[next(iter(self._results))]
        self._results[name] = inputs, result
