"""The `pooled` preset: one network for all tickers of a list, three seeds of it, that forecasts quantiles.

It learns what tickers have in common: how far the next return, those of 5 and of 10 sessions spread, in the ticker's
own EWMA sigmas. The quantiles of the training rows are stretched as far as that is linear in the inputs (slopes.py),
and the network, which sees 30 sessions of them, says by what factor that has to be corrected. Its conformal bands come
from calibration rows, and follow what comes.
"""

from engine.core.inputs import FORMULAS, NAMES
from engine.core.presets.pooled.blocks import MIN_ROWS
from engine.core.presets.pooled.outlook import outlooks, raws
from engine.core.presets.pooled.rows import HORIZONS
from engine.core.presets.pooled.training import HYPER, NAME, VERSION, judged_from, plan, refit, shortfall, warm_hyper
from engine.core.presets.preset import Preset, fingerprint

PRESET = Preset(
    name=NAME,
    horizons=HORIZONS,
    reads_market=True,
    hyper=HYPER,
    fingerprint=fingerprint(f"{NAME}-{VERSION}", NAMES, FORMULAS, HYPER.window, HORIZONS),
    shortfall=shortfall,
    plan=plan,
    refit=refit,
    raws=raws,
    outlooks=outlooks,
    warm_hyper=warm_hyper,
    judged_from=judged_from,
)

__all__ = ["MIN_ROWS", "PRESET"]
