"""Models and jobs as an engine would tell of them, in September 2008."""

import math
from datetime import date

from msgspec.structs import replace

from engine.protocol import Job, ModelCard, ModelMetrics, ModelPlot, Models
from tests.tui import data

METRICS = ModelMetrics(
    rows=1_040,
    mse=4.9134,
    mae=1.614,
    mse_persistence=4.91,
    mae_persistence=1.611,
    mase=1.0019,
    skill_mse=-0.0007,
    dm_p=0.81,
    pinball=0.3121,
    pinball_ewma=0.3146,
    pinball_skill=0.0081,
    pinball_p=0.004,
    coverage90=0.894,
    band_rows=160,
)
LOSSES = tuple(0.36 + 0.2 * math.exp(-epoch / 3) for epoch in range(12))
WATCHED = tuple(0.37 + 0.18 * math.exp(-epoch / 2.5) + 0.0006 * epoch for epoch in range(12))


def card(number: int, **other: object) -> ModelCard:
    """The model in charge, unless told otherwise."""
    fields = {
        "preset": "pooled",
        "status": "champion",
        "symbols": ("AAPL", "GOOG", "IBM", "MSFT"),
        "trained_from": date(2000, 3, 1),
        "trained_to": date(2008, 9, 12),
        "age_sessions": 3,
        "expires_in": 57,
        "seed": 7,
        "data_hash": "3f09c2b7a1d4e812",
        "fingerprint": "a1b2c3",
        "made_at": data.NOW - 3600,
        "rows": 7_411,
        "seconds": 31.4,
        "losses": LOSSES,
        "val_losses": WATCHED,
        "metrics": METRICS,
        "word": "passed",
        "reason": "not worse than #13 on the last 40 sessions: pinball 0.3121 against 0.3140",
    }
    return ModelCard(number, **(fields | other))  # type: ignore[arg-type]


def plot(symbol: str = "AAPL") -> ModelPlot:
    """Months of forecasts that follow the price a session late, as such forecasts do."""
    bars = data.history(symbol)[-160:]
    closes = tuple(bar[1] for bar in bars)
    late = (closes[0], *closes[:-1])
    return ModelPlot(
        14,
        symbol,
        tuple(bar[0] for bar in bars),
        closes,
        late,
        tuple(value * 0.955 for value in late),
        tuple(value * 1.045 for value in late),
    )


def models() -> Models:
    """One that lost, one in charge, one that would take over, one of which only the record is left."""
    worse = replace(METRICS, pinball_skill=-0.0112, pinball_p=0.31, coverage90=0.86, mase=1.01)
    return Models(
        (
            card(
                15, status="rejected", word="no skill", metrics=worse, reason="worse than #14: pinball 0.3182, 0.3121"
            ),
            card(14, warm_from=13),
            card(13, status="earlier", trained_to=date(2008, 8, 14), age_sessions=24, expires_in=36),
            card(2, status="pruned", preset="article", metrics=None, word=None, losses=(), val_losses=(), reason=None),
        ),
        plot(),
    )


def jobs() -> tuple[Job, ...]:
    """One waits, one runs, one was interrupted, two have ended."""
    started = data.NOW - 12
    return (
        Job(12, "train", "train AAPL", "queued", position=1),
        Job(
            11,
            "train",
            "train sample: coverage 71 % of 90 over 60 sessions",
            "running",
            "epoch 5 of 12",
            epoch=5,
            epochs=12,
            loss=0.41,
            val_loss=0.42,
            started=started,
            losses=LOSSES[:5],
            val_losses=WATCHED[:5],
            reported=data.NOW - 1,
            eta_seconds=15.0,
        ),
        Job(9, "evaluate", "evaluate sample", "interrupted", started=started - 900, ended=started - 600, again=True),
        Job(8, "train", "train sample", "done", started=started - 4000, ended=started - 3969),
        Job(7, "train", "train sample", "failed", started=started - 5000, ended=started - 4990, error="out of memory"),
    )
