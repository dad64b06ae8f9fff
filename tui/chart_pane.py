"""A pane of a chart, which is not shown as if it were of now when its screen is come back to."""

from engine.protocol import Chart
from tui.charting import behind
from tui.pane import Pane
from tui.state import State


class ChartPane(Pane, can_focus=True):
    """Draws `self.chart`.

    While its screen is covered no chart is asked for: one that has fallen behind its title waits unseen for the next.
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._left: Chart | None = None
        """The chart that was there when the screen was covered, where it has fallen behind."""

    @property
    def chart(self) -> Chart | None:
        """What is to be seen of the state's chart."""
        return self.state.chart if self.state.chart is not self._left else None

    def opened(self, state: State) -> None:
        """What was left here is shown again, unless the list has gone on meanwhile."""
        self._left = state.chart if behind(state) else None

    def show(self, state: State) -> None:
        """Show this state; a chart that comes in the place of one left here is seen, be it the same."""
        again = self._left is not None and state.chart is not self._left
        self._left = None if again else self._left
        super().show(state)
        if again:
            self.repaint()
