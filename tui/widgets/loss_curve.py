"""How a training goes, or went: the loss of each epoch, on rows trained on and on rows watched."""

from engine.format import number
from tui.curves import TRAINED, WATCHED, losses
from tui.pane import Pane
from tui.spans import Spans, framed


class LossCurve(Pane):
    """Of the training that runs, live; else of the model that is looked at."""

    def __init__(self) -> None:
        super().__init__(id="losses")
        self._drawn: tuple[object, list[Spans]] = (None, [])

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame and both curves; drawn again only for another epoch, model or size."""
        name, trained, watched = self._curves()
        title: Spans = [("Loss", "text bold"), (f" · {name}" if name else "", "dim")]
        key = (trained, watched, width, height)
        if self._drawn[0] != key:
            self._drawn = (key, losses(trained, watched, width - 4, height - 2))
        body = [[(" ", "text"), *line] for line in self._drawn[1]]
        why: list[Spans] = [[], [(f"  {self._nothing(trained)}", "dim")]]
        return framed(body or why, title, _last(trained, watched), (width, height), self.frame)

    def _curves(self) -> tuple[str, tuple[float, ...], tuple[float | None, ...]]:
        """Whose they are, and the losses."""
        job, card = self.state.job, self.state.card
        if job is not None and job.losses:
            return "live", job.losses, job.val_losses
        return (f"#{card.id}", card.losses, card.val_losses) if card else ("", (), ())

    def _nothing(self, trained: tuple[float, ...]) -> str:
        if self.state.card is None:
            return ""
        return "one epoch makes no curve" if trained else "its epochs were not recorded"


def _last(trained: tuple[float, ...], watched: tuple[float | None, ...]) -> Spans:
    """The newest losses, each in the colour of its curve."""
    if not trained:
        return []
    last = watched[-1] if watched else None
    said: Spans = [("train ", "dim"), (number(trained[-1], 4), TRAINED)]
    return said if last is None else [*said, ("  validation ", "dim"), (number(last, 4), WATCHED)]
