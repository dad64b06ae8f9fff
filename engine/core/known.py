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
    model: TrainedModel | None, panel: Panel, before: Sequence[Known | None], windows: Windows | None = None
) -> tuple[Known, ...]:
    """The tickers of one model, or those of none, given what was known of them before, if anything was."""
    same = [
        None if one is None else same_rows(one.kept.listed, listed) for one, listed in zip(before, panel, strict=True)
    ]
    told: Sequence[Heard | None] = [None] * len(panel)
    if model is not None:
        said = [None if one is None else one.heard for one in before]
        told = heard(PRESETS[model.record.preset], model, panel, said, same)
    outlooks = [None if one is None else one.outlook for one in told]
    kept = follow(panel, outlooks, [None if one is None else one.kept for one in before], windows, same)
    return tuple(Known(*each) for each in zip(told, kept, strict=True))
