"""What a row has to fulfil to be shown. What is not known makes a comparison neither true nor false (Kleene)."""

import operator
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from msgspec import Struct

from engine.protocol import Row
from tui.facts import Fact, Value

ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Words(Struct, frozen=True):
    """Symbol and name contain each of them."""

    words: tuple[str, ...]

    def of(self, row: Row, now: float) -> bool | None:
        """Whether the row is shown."""
        text = f"{row.symbol} {row.name}".casefold()
        return all(word in text for word in self.words)


class Comparison(Struct, frozen=True):
    """A fact against a value; None asks whether it is known."""

    fact: Fact
    sign: str
    value: Value | None
    within: float = 0.0
    """How far equal numbers may be apart."""

    def of(self, row: Row, now: float) -> bool | None:
        """Whether it holds; None where the fact is not known."""
        seen = self.fact.of(row, now)
        if self.value is None:
            return (seen is None) is (self.sign == "=")
        if seen is None:
            return None
        if self.sign in ORDERS:
            return ORDERS[self.sign](seen, self.value)
        return self._alike(seen) is (self.sign != "!=")

    def _alike(self, seen: Value) -> bool:
        if isinstance(seen, str) and isinstance(self.value, str):
            return self.value in seen.casefold() if self.sign == "~" else self.value == seen.casefold()
        return abs(float(seen) - float(self.value or 0)) <= self.within


class Not(Struct, frozen=True):
    """The opposite."""

    test: "Test"

    def of(self, row: Row, now: float) -> bool | None:
        """Whether it holds; not known where the test is not."""
        held = self.test.of(row, now)
        return None if held is None else not held


class All(Struct, frozen=True):
    """Each of them."""

    tests: tuple["Test", ...]

    def of(self, row: Row, now: float) -> bool | None:
        """False where one is, else not known where one is not."""
        held = [test.of(row, now) for test in self.tests]
        return False if False in held else None if None in held else True


class Either(Struct, frozen=True):
    """One of them."""

    tests: tuple["Test", ...]

    def of(self, row: Row, now: float) -> bool | None:
        """True where one is, else not known where one is not."""
        held = [test.of(row, now) for test in self.tests]
        return True if True in held else None if None in held else False


Test: TypeAlias = Words | Comparison | Not | All | Either
