"""All that is known of a list's tickers as of their last rows: what their model says, features and scores."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.heard import Heard, heard
from engine.core.models import TrainedModel
from engine.core.panel import Panel, same_rows
from engine.core.presets import PRESETS
from engine.core.series import Windows
from engine.core.stream import Kept, follow


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """One ticker: what its model said, None where it has none, and its features and scores with that."""

    heard: Heard | None
    kept: Kept


def known(
    model: TrainedModel | None,
    panel: Panel,
    before: Sequence[Known | None],
    windows: Windows | None = None,
    same: Sequence[int | None] | None = None,
) -> tuple[Known, ...]:
    """The tickers of one model, or those of none, given what was known of them before, if anything was.

    `same` is how many of the first bars of each are as they were kept (engine.core.panel.same_rows), where somebody
    knows already.
    """
    same = [
        same_rows(one.kept.listed, listed) if one and number is None else number
        for one, listed, number in zip(before, panel, same or [None] * len(panel), strict=True)
    ]
    told: Sequence[Heard | None] = [None] * len(panel)
    if model is not None:
        said = [None if one is None else one.heard for one in before]
        told = heard(PRESETS[model.record.preset], model, panel, said, _heard_same(before, same))
    outlooks = [None if one is None else one.outlook for one in told]
    kept = follow(panel, outlooks, [None if one is None else one.kept for one in before], windows, same)
    return tuple(Known(*each) for each in zip(told, kept, strict=True))


def _heard_same(before: Sequence[Known | None], same: Sequence[int | None]) -> list[int | None]:
    """What is as it was kept is as it was heard, too, where both were of the same rows."""
    return [
        known if one and one.heard and one.heard.listed is one.kept.listed else None
        for one, known in zip(before, same, strict=True)
    ]
