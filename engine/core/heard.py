"""What a model has said of a ticker, session after session: only rows that are new or have changed are asked about."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.forecast import Outlook
from engine.core.grown import Grown
from engine.core.models import TrainedModel
from engine.core.panel import Listed, Panel, same_rows
from engine.core.presets import Preset


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """One ticker's rows, and the outlook on them, in arrays that grow."""

    listed: Listed
    horizons: tuple[int, ...]
    mean: Grown
    quantiles: Grown
    shares: Grown

    @classmethod
    def of(cls, listed: Listed, outlook: Outlook) -> "Heard":
        """All rows of a ticker, heard at once."""
        columns = (Grown.of(column) for column in (outlook.mean, outlook.quantiles, outlook.shares))
        return cls(listed, outlook.horizons, *columns)

    @property
    def outlook(self) -> Outlook:
        """What was said, as views."""
        return Outlook(self.horizons, self.mean.rows, self.quantiles.rows, self.shares.rows)

    def upto(self, rows: int) -> "Heard":
        """The first rows alone."""
        if rows == len(self.listed):
            return self
        left = max(len(self.shares.rows) - (len(self.listed) - rows), 0)
        columns = self.mean.upto(rows), self.quantiles.upto(rows), self.shares.upto(left)
        return Heard(self.listed.rows(slice(0, rows)), self.horizons, *columns)

    def going_on(self, listed: Listed, later: Outlook) -> "Heard":
        """The same rows of `listed`, and what was said of those after them."""
        return Heard(
            listed,
            self.horizons,
            self.mean.with_rows(later.mean),
            self.quantiles.with_rows(later.quantiles),
            self.shares.with_rows(later.shares),
        )


def heard(
    preset: Preset,
    model: TrainedModel,
    panel: Panel,
    before: Sequence[Heard | None],
    same: Sequence[int | None] | None = None,
) -> tuple[Heard, ...]:
    """What a model says of each ticker, given what was heard of it before, if anything was.

    `same` is how many of its first rows are as they were (engine.core.panel.same_rows), where somebody knows already.
    Comes out as if all rows had been asked about at once, but for what a float32 network and EWMA's endless memory
    make of it: 1e-6 of a sigma.
    """
    known = [
        each if each is None else each.upto(same_rows(each.listed, listed) if rows is None else rows)
        for each, listed, rows in zip(before, panel, same or [None] * len(panel), strict=True)
    ]
    starts = [0 if each is None else len(each.listed) for each in known]
    said = preset.outlooks(
        model, panel, preset.raws(model, panel, starts), [None if each is None else each.outlook for each in known]
    )
    return tuple(
        Heard.of(listed, later) if each is None else each.going_on(listed, later)
        for each, listed, later in zip(known, panel, said, strict=True)
    )
