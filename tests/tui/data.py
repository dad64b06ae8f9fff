"""Views and charts as an engine would send them: the sample's real prices, or a seeded random walk."""

import csv
import itertools
import math
import random
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from engine.protocol import (
    Alarm,
    AlarmTally,
    Chart,
    Feed,
    Forecast,
    Job,
    Live,
    Marker,
    Market,
    Model,
    Range,
    ReplayClock,
    Row,
    Status,
    View,
    Watchlist,
)

SAMPLE = Path(__file__).parents[2] / "watchlists" / "sample"
NAMES = {"AAPL": "Apple", "GOOG": "Google", "IBM": "IBM", "MSFT": "Microsoft", "FB": "Facebook"}
TODAY = date(2008, 9, 17)
NEXT = date(2008, 9, 18)
NOW = 1_221_692_400.0
"""2008-09-17 23:00 UTC."""
LENGTHS: dict[Range, int] = {"1M": 21, "3M": 63, "6M": 126, "1Y": 252, "5Y": 1260, "max": 100_000}

History = list[tuple[date, float, float]]


@cache
def history(symbol: str) -> tuple[tuple[date, float, float], ...]:
    """Session, adjusted close, volume up to TODAY: the sample's, or a random walk seeded with the symbol."""
    file = SAMPLE / f"{symbol}.csv"
    return tuple(_from_file(file) if file.exists() else _walk(symbol))


def _from_file(file: Path) -> History:
    with file.open(newline="") as lines:
        rows = [{name.casefold(): value for name, value in row.items()} for row in csv.DictReader(lines)]
    bars = [(date.fromisoformat(row["date"]), float(row["close"]), float(row["volume"])) for row in rows]
    return [bar for bar in bars if bar[0] <= TODAY]


def _walk(symbol: str) -> History:
    chance = random.Random(symbol)
    price, bars = 20 + chance.random() * 200, []
    for back in range(1800, -1, -1):
        day = TODAY - timedelta(days=back)
        if day.weekday() < 5:
            price *= math.exp(chance.gauss(0.0002, 0.02))
            bars.append((day, round(price, 2), chance.lognormvariate(15, 0.3)))
    return bars


def forecast(close: float) -> Forecast:
    """One session ahead of TODAY."""
    q05, q25, q50, q75, q95 = (close * factor for factor in (0.945, 0.978, 1.001, 1.022, 1.057))
    return Forecast(TODAY, NEXT, 1, q50, q05, q25, q50, q75, q95)


def row(symbol: str, name: str | None = None, **other: object) -> Row:
    """The row of a symbol after TODAY."""
    closes = [bar[1] for bar in history(symbol)]
    if not closes:
        return Row(symbol, **({"name": NAMES.get(symbol, symbol), "source": "replay"} | other))  # type: ignore[arg-type]
    momentum = 100 * (closes[-1] / closes[-11] - 1)
    fields = {
        "name": NAMES.get(symbol, f"{symbol} Corp") if name is None else name,
        "session": TODAY,
        "close": closes[-1],
        "change_pct": 100 * (closes[-1] / closes[-2] - 1),
        "spark": tuple(closes[-60:]),
        "momentum_10d": momentum,
        "momentum_z": momentum / 6,
        "volatility_ratio": 0.6 + abs(momentum) / 12,
        "scored": True,
        "forecast": forecast(closes[-1]),
        "source": "replay",
        "fetched_at": NOW - 120,
    }
    return Row(symbol, **(fields | other))  # type: ignore[arg-type]


def alarm(number: int, symbol: str, **other: object) -> Alarm:
    """A volatility shock, unless told otherwise."""
    fields = {
        "kind": "volatility_shock",
        "tier": "alert",
        "direction": "none",
        "opened": TODAY,
        "closed": None,
        "p": 0.0007,
        "rarity_days": 310.0,
        "rarer": False,
        "words": "5-day volatility 2.1× its norm",
        "evidence": {
            "volatility_5d_pct": 5.6,
            "volatility_60d_pct": 2.7,
            "ratio": 2.07,
            "score": 2.07,
            "threshold_p": 0.0016,
            "bank_scores": 8412.0,
        },
        "state": "open",
    }
    return Alarm(number, symbol, **(fields | other))  # type: ignore[arg-type]


def reversal(number: int, symbol: str, **other: object) -> Alarm:
    """A predicted reversal of tier watch."""
    fields = {
        "kind": "predicted_reversal",
        "tier": "watch",
        "direction": "up",
        "p": 0.011,
        "rarity_days": 84.0,
        "words": "down 10.7 % in 10 d, forecast leans up +0.4 σ",
        "evidence": {
            "momentum_10d_pct": -10.7,
            "momentum_z": -1.9,
            "forecast_median_sigma": 0.41,
            "threshold_p": 0.012,
            "bank_scores": 1045.0,
        },
    }
    return alarm(number, symbol, **(fields | other))


def alarms() -> tuple[Alarm, ...]:
    """Two open, one acknowledged, two closed; newest first."""
    return (
        alarm(5, "AAPL"),
        reversal(4, "GOOG"),
        alarm(3, "AAPL", opened=date(2008, 9, 15), state="acknowledged", rarity_days=1100.0, rarer=True),
        reversal(2, "IBM", opened=date(2008, 9, 3), direction="down", state="closed", closed=date(2008, 9, 12)),
        reversal(1, "MSFT", opened=date(2008, 7, 17), state="closed", closed=date(2008, 8, 1), rarity_days=120.0),
    )


def quiet_alarms() -> tuple[Alarm, ...]:
    """Every way an alarm may stand beside open and closed; newest first."""
    return (
        reversal(9, "GOOG", provisional=True, at=NOW - 5 * 3600),
        alarm(8, "MARKET", words="3 of 4 tickers beyond 2.5 σ · one event for the list", confirmed=True),
        alarm(7, "IBM", state="snoozed", snoozed_until=date(2008, 9, 24)),
        alarm(6, "MSFT", state="muted", muted=True),
        reversal(5, "AAPL", state="withdrawn", closed=TODAY, at=NOW - 6 * 3600),
        alarm(
            4,
            "IBM",
            kind="data_fault",
            tier="watch",
            p=None,
            rarity_days=None,
            words="halted: same prices, no volume",
            evidence={"rule": "halted"},
        ),
    )


MODEL = Model(
    2,
    "article",
    ("AAPL", "GOOG", "IBM", "MSFT"),
    date(2008, 9, 12),
    5,
    skill=-0.004,
    word="no skill",
    expires_in=56,
)
REPLAY = ReplayClock(TODAY, 179, 253, 2.0, "running")
JOB = Job(
    7, "train", "train sample", "running", "epoch 3 of 10", epoch=3, epochs=10, loss=0.0123, val_loss=0.015, started=NOW
)


def status(**other: object) -> Status:
    """A replay in full swing, unless told otherwise."""
    fields = {
        "version": "0.1.0",
        "pid": 4711,
        "home": "/home/user/.local/share/whipsaw/demo",
        "source": "replay",
        "started": NOW - 900,
        "screens": 1,
        "session": TODAY,
        "feed": Feed("ok", NOW - 120),
        "replay": REPLAY,
        "model": MODEL,
        "alarms": AlarmTally(2, 5, 8.0, 0.38, 0.17),
    }
    return Status(**(fields | other))  # type: ignore[arg-type]


def live(**other: object) -> Status:
    """The same engine on live prices, the market open for another 88 minutes."""
    nyse = Market("NYSE", True, NOW + 88 * 60, zone="America/New_York", exchange="XNYS")
    fields = {"source": "yahoo", "replay": None, "markets": (nyse,), "live": Live("live", NOW - 2)}
    return status(**(fields | other))


LIST = Watchlist("sample", "Sample", ("sample", "us-megacaps"))


def view(**other: object) -> View:
    """The sample on the day after the worst of the week."""
    rows = (
        row("AAPL", rarity_days=310.0, tier="alert"),
        row("GOOG", rarity_days=84.0, tier="watch"),
        row("IBM"),
        row("MSFT"),
    )
    fields = {"status": status(), "watchlist": LIST, "rows": rows, "alarms": alarms()}
    return View(**(fields | other))  # type: ignore[arg-type]


def live_view(**other: object) -> View:
    """The same list on live prices."""
    rows = tuple(replace(each, source="yahoo", exchange="XNYS") for each in view().rows)
    return view(**({"status": live(), "rows": rows} | other))


def first_minute() -> View:
    """A list whose first model is being trained."""
    unknown = {"scored": False, "why": "no model covers it yet", "forecast": None}
    rows = (
        *(row(symbol, **unknown) for symbol in ("AAPL", "GOOG", "IBM", "MSFT")),
        row("FB", why="no prices before May 2012"),
    )
    starting = replace(JOB, phase="starting TensorFlow", epoch=0, loss=None, val_loss=None)
    waiting = replace(REPLAY, state="training")
    notice = "the first model is being trained; alarms come after it"
    return view(rows=rows, alarms=(), jobs=(starting,), status=status(model=None, replay=waiting, notice=notice))


def many(count: int) -> View:
    """A list of so many random walks."""
    letters = itertools.product("ABCDEFGHIJKLMNOPQRSTUVWXYZ", repeat=3)
    symbols = ["".join(letter) for letter in itertools.islice(letters, count)]
    return view(rows=tuple(row(symbol) for symbol in symbols), alarms=())


def chart(symbol: str, span: Range = "6M", **other: object) -> Chart:
    """The chart of a symbol on TODAY."""
    bars = history(symbol)[-LENGTHS.get(span, 2) :]
    closes = tuple(bar[1] for bar in bars)
    unknown = (None,) * len(bars)
    fields = {
        "name": NAMES.get(symbol, symbol),
        "range": span,
        "sessions": tuple(bar[0] for bar in bars),
        "open": unknown,
        "high": unknown,
        "low": unknown,
        "close": closes,
        "volume": tuple(bar[2] for bar in bars),
        "forecast": forecast(closes[-1]),
        "markers": tuple(
            Marker(each.opened, each.kind, each.tier, each.direction) for each in alarms() if each.symbol == symbol
        ),
        "rsi14": 29.3,
        "macd": -2.41,
        "ma20": 160.2,
        "ma50": 166.9,
        "volatility_ratio": 2.07,
        "currency": "USD",
        "unit": "US dollars",
    }
    return Chart(symbol, **(fields | other))  # type: ignore[arg-type]
