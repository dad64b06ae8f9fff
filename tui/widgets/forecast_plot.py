"""What a model forecast for sessions it had not seen, against what came."""

from engine.format import plain
from tui.curves import CAME, FORECAST, against
from tui.pane import Pane
from tui.spans import Spans, framed

_WORDS, _WORD = 64, 46
"""Cells of the pane from which its title has all its words, and one of them."""


class ForecastPlot(Pane):
    """Of the model that is looked at, on the selected ticker."""

    def __init__(self) -> None:
        super().__init__(id="against")
        self._drawn: tuple[object, list[Spans]] = (None, [])

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame and the plot; drawn again only for another one, or another size."""
        models = self.state.models
        plot = models.plot if models else None
        symbol = plain(plot.symbol if plot else self.state.selected or "")
        title: Spans = [(symbol or "Forecasts", "text bold")]
        if symbol and width >= _WORD:
            title.append((" · actual against predicted" if width >= _WORDS else " · forecasts", "dim"))
        key = (plot, width, height)
        if self._drawn[0] != key:
            self._drawn = (key, against(plot, width - 4, height - 2) if plot else [])
        body = [[(" ", "text"), *line] for line in self._drawn[1]]
        why = self._why()
        return framed(
            body or [[], [(f"  {plain(why)}", "dim")]], title, self._legend(width), (width, height), self.frame
        )

    def _why(self) -> str:
        """Why there is no plot: while the first model is trained there is none to draw."""
        models, job = self.state.models, self.state.job
        if models is None:
            return ""
        if not models.models and job and job.kind == "train":
            return (
                "the first model is being trained" if job.state == "running" else "the first model waits to be trained"
            )
        return models.why or ("too little to draw" if models.plot else "")

    def _legend(self, width: int) -> Spans:
        plot = self.state.models.plot if self.state.models else None
        if plot is None:
            return []
        of: Spans = [(f"{len(plot.sessions)} sessions  ", "dim")] if width >= 2 * _WORDS else []
        return [*of, ("━ came ", CAME), ("━ forecast ", FORECAST), ("▀", "band90"), (" 90 %", "dim")]
