"""What stands there when the terminal is too small for anything else."""

from tui.paint import Painted
from tui.spans import Spans


class TooSmall(Painted):
    """Says the size it needs."""

    def __init__(self) -> None:
        super().__init__(id="small")

    def paint(self, width: int, height: int) -> list[Spans]:
        """Two lines, which fit into very little."""
        return [[("whipsaw needs 60 × 15", "text")], [(f"this is {width} × {height}", "dim")]]
