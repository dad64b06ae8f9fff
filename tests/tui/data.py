"""Views and charts as an engine would send them: the sample's real prices, or a seeded random walk."""

import csv
import itertools
import math
import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from engine.protocol import (
    Alarm,
    Chart,
    DataNote,
    Feed,
    Forecast,
    Holdings,
    Job,
    Live,
    Marker,
    Market,
    Model,
    Phase,
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


MODEL = Model(2, "article", ("AAPL", "GOOG", "IBM", "MSFT"), date(2008, 9, 12), 5, 9.8, 2.14, 9.1, 2.06)
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


NYSE_CLOSED = Market("NYSE", False, NOW + 14.5 * 3600, zone="America/New_York", exchange="XNYS")
KRX_OPEN = Market("KRX", True, NOW + 7.5 * 3600, zone="Asia/Seoul", exchange="XKRX")
KRX_CLOSED = replace(KRX_OPEN, open=False, until=NOW + 97 * 3600)
NYSE_EARLY = Market("NYSE", True, NOW + 40 * 60, early=True, zone="America/New_York", exchange="XNYS")
NYSE_OPEN = replace(NYSE_EARLY, until=NOW + 88 * 60, early=False)


def quoted(row: Row, percent: float, phase: Phase = "regular") -> Row:
    """A row with a live quote so far from its close."""
    price = round((row.close or 0) * (1 + percent / 100), 2)
    return replace(row, price=price, price_at=NOW - 30, phase=phase, price_change_pct=percent)


def held(row: Row, shares: float, gain: float, rate: float = 1.0) -> Row:
    """A row with so many shares, bought so many per cent below the price."""
    value = shares * (row.price or row.close or 0) * rate
    cost = value / (1 + gain / 100)
    return replace(row, shares=shares, value=value, pnl=value - cost, pnl_pct=gain)


SAMSUNG = "005930.KS"


def two_exchanges(**other: object) -> View:
    """American and Korean rows, New York closed with quotes after its session, Seoul open; one row is old."""
    samsung = row(SAMSUNG, "삼성전자", currency="KRW", exchange="XKRX", close=71_200.0, source="krx")
    rows = (
        quoted(replace(live_view().rows[0], group="phones"), 0.84, "post"),
        quoted(replace(live_view().rows[1], group="search"), -0.31, "post"),
        replace(live_view().rows[2], group="mainframes", session=date(2008, 9, 12)),
        replace(live_view().rows[3], group="software"),
        quoted(replace(samsung, group="phones"), 1.12),
        replace(
            row("000660.KS", "SK하이닉스", currency="KRW", exchange="XKRX", source="krx"),
            close=24_150.0,
            repaired=True,
            data="2008-09-16 missing, filled forward from 2008-09-12",
        ),
    )
    second = Feed("ok", NOW - 3 * 3600, used=41, allowed=10_000)
    both = live(markets=(NYSE_CLOSED, KRX_OPEN), second=second)
    return view(**({"status": both, "rows": rows} | other))


def held_view(**other: object) -> View:
    """Holdings in two currencies; a rate from an hour ago; one that has no rate."""
    apple, google, ibm, microsoft, samsung, hynix = two_exchanges().rows
    rows = (
        held(apple, 1200, 12.4),
        held(google, 40, -8.8),
        ibm,
        held(microsoft, 12.5, 3.1),
        held(samsung, 150, 22.0, 1 / 1128),
        replace(hynix, shares=10.0),
    )
    value = sum(each.value or 0 for each in rows)
    pnl = sum(each.pnl or 0 for each in rows)
    worth = Holdings("USD", value, pnl, ("000660.KS",), NOW - 3600)
    return two_exchanges(**({"rows": rows, "status": replace(two_exchanges().status, holdings=worth)} | other))


def price_alert(number: int, symbol: str) -> Alarm:
    """A person's own level, crossed an hour and a half before NOW."""
    return alarm(
        number,
        symbol,
        kind="price alert",
        direction="up",
        p=None,
        rarity_days=None,
        words="128.10 is above your 128.00",
        evidence={"level": 128.0, "price": 128.1},
        at=NOW - 5400,
    )


def day_chart(symbol: str, span: Range = "1D") -> Chart:
    """Bars of 5 minutes over a session of New York with an hour and a half before it and two hours after; or five."""
    chance = random.Random(symbol)
    days = [TODAY - timedelta(days=back) for back in ((6, 5, 2, 1, 0) if span == "5D" else (0,))]
    price, bars = 127.0, []
    for session in days:
        for minute in range(480, 1080, 15 if span == "5D" else 5):
            start = datetime(session.year, session.month, session.day, 4, tzinfo=UTC) + timedelta(minutes=minute)
            phase: Phase = "pre" if minute < 570 else "post" if minute >= 960 else "regular"
            price *= math.exp(chance.gauss(0, 0.0004 if phase != "regular" else 0.002))
            bars.append(
                (session, start.timestamp(), price, phase, chance.lognormvariate(9 if phase == "regular" else 6, 0.3))
            )
    unknown = (None,) * len(bars)
    fields = {
        "sessions": tuple(bar[0] for bar in bars),
        "times": tuple(bar[1] for bar in bars),
        "close": tuple(bar[2] for bar in bars),
        "phases": tuple(bar[3] for bar in bars),
        "volume": tuple(bar[4] for bar in bars),
        "open": unknown,
        "high": unknown,
        "low": unknown,
        "forecast": None,
        "markers": (),
    }
    return chart(symbol, span, **fields)


NOTES = (
    *(
        DataNote(day, "halt", "quarantined", "halted: no volume, and the price of the day before")
        for day in (date(2008, 4, 30), date(2008, 5, 1), date(2008, 5, 2))
    ),
    DataNote(date(2008, 7, 14), "missing", "repaired", "no bar came: filled forward from 2008-07-11"),
    DataNote(date(2008, 8, 20), "bad tick", "quarantined", "close 1,743.9 is 10 × the days around it"),
)


def korean_view() -> View:
    """Names two cells wide, prices without decimals, and a row that is not scored."""
    samsung = row("005930.KS", "삼성전자", currency="KRW", exchange="XKRX", rarity_days=21.0, tier="watch")
    hynix = row("000660.KS", "SK하이닉스", currency="KRW", exchange="XKRX")
    short = Row("035420.KS", "네이버", currency="KRW", exchange="XKRX", why="212 sessions of history, 756 are needed")
    shock = alarm(1, "005930.KS", tier="watch", rarity_days=21.0, words="변동성 5일 2.1× 평소")
    list_ = Watchlist("kospi", "코스피", ("kospi",))
    status = live(markets=(KRX_OPEN,))
    return live_view(rows=(samsung, hynix, short), alarms=(shock,), watchlist=list_, status=status)


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
