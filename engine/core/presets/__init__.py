"""The ways to model a list, by name: a preset is a seam, and whoever trains or forecasts goes through it.

`article` is the how-to's own model, one LSTM a ticker on scaled closes.
"""

from engine.core.presets import article
from engine.core.presets.preset import Plan, Preset

PRESETS: dict[str, Preset] = {preset.name: preset for preset in (article.PRESET,)}

__all__ = ["PRESETS", "Plan", "Preset"]
