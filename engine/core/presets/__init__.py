"""The ways to model a list, by name: a preset is a seam, and whoever trains or forecasts goes through it.

`article` is the how-to's own model, one LSTM a ticker on scaled closes; `pooled` is one network for all tickers, which
forecasts quantiles for 1, 5 and 10 sessions.
"""

from engine.core.presets import article, pooled
from engine.core.presets.preset import GATE_SESSIONS, Plan, Preset, rows_for_bands

PRESETS: dict[str, Preset] = {preset.name: preset for preset in (article.PRESET, pooled.PRESET)}

__all__ = ["GATE_SESSIONS", "PRESETS", "Plan", "Preset", "rows_for_bands"]
