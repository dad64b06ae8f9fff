"""A screen that is built once and shown again: to stand there costs a key less than to be built."""

from textual.events import ScreenResume
from textual.screen import Screen

from tui.paint import Blank

Breakpoints = list[tuple[int, str]]


def size_class(breakpoints: Breakpoints, cells: int) -> str:
    """The class of so many cells.

    A screen that has it from the first is not laid out without it, which would be thrown away.
    """
    return max((least, name) for least, name in breakpoints if least <= cells)[1]


class Kept(Screen[None], Blank):
    """Its classes follow the size that it is shown in; its styles are read again for another theme only."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__(classes=" ".join(self._fitting(size)))
        self._dressed: str | None = None
        """The theme in which its styles were read."""

    def fit(self, size: tuple[int, int]) -> None:
        """Take the classes of this size: while it is not shown, Textual tells it of none."""
        fitting = self._fitting(size)
        if not self.has_class(*fitting):
            self.remove_class(*(name for breakpoints in self._ways for _, name in breakpoints), update=False)
            self.add_class(*fitting)

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Textual would read all styles again each time, the first time too, right after they were."""
        event.refresh_styles = event.refresh_styles and self._dressed not in (None, self.app.theme)
        self._dressed = self.app.theme

    @property
    def _ways(self) -> tuple[Breakpoints, Breakpoints]:
        return self.HORIZONTAL_BREAKPOINTS or [], self.VERTICAL_BREAKPOINTS or []

    def _fitting(self, size: tuple[int, int]) -> list[str]:
        return [size_class(each, cells) for each, cells in zip(self._ways, size, strict=True) if each]
