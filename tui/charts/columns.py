"""Which bar stands in which cell."""

from msgspec import Struct


class Columns(Struct, frozen=True):
    """So many bars in so many cells, each bar in the middle of its share of the width."""

    count: int
    room: int

    def at(self, index: int) -> int:
        """The cell of a bar."""
        return (2 * index + 1) * self.room // (2 * self.count)

    def dot(self, index: int) -> int:
        """The dot of a bar, two to a cell."""
        return (2 * index + 1) * self.room // self.count

    def within(self, column: int) -> range:
        """The bars that stand in a cell: several where there are more bars than cells, none between two bars."""
        first, end = (
            max(-(-(2 * self.count * each - self.room) // (2 * self.room)), 0) for each in (column, column + 1)
        )
        return range(first, min(end, self.count))
