"""Views and charts of a market's day: several exchanges, live quotes, holdings, dirty data."""

import math
import random
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from engine.protocol import Alarm, Chart, DataNote, Feed, Holdings, Market, Phase, Range, Row, View, Watchlist
from tests.tui import data
from tests.tui.data import NOW, TODAY

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
    samsung = data.row(SAMSUNG, "삼성전자", currency="KRW", exchange="XKRX", close=71_200.0, source="krx")
    rows = (
        quoted(replace(data.live_view().rows[0], group="phones"), 0.84, "post"),
        quoted(replace(data.live_view().rows[1], group="search"), -0.31, "post"),
        replace(data.live_view().rows[2], group="mainframes", session=date(2008, 9, 12)),
        replace(data.live_view().rows[3], group="software"),
        quoted(replace(samsung, group="phones"), 1.12),
        replace(
            data.row("000660.KS", "SK하이닉스", currency="KRW", exchange="XKRX", source="krx"),
            close=24_150.0,
            repaired=True,
            data="2008-09-16 missing, filled forward from 2008-09-12",
        ),
    )
    second = Feed("ok", NOW - 3 * 3600, used=41, allowed=10_000)
    both = data.live(markets=(NYSE_CLOSED, KRX_OPEN), second=second)
    return data.view(**({"status": both, "rows": rows} | other))


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


def stale_quotes() -> tuple[Row, ...]:
    """New York is open: two quotes are fresh, one is of 22 minutes ago, one row has only its close of days ago."""
    apple, google, ibm, microsoft = data.live_view().rows
    return (
        quoted(apple, 0.84),
        replace(quoted(google, -0.31), price_at=NOW - 22 * 60),
        quoted(ibm, 0.12),
        replace(microsoft, session=date(2008, 9, 15)),
    )


def price_alert(number: int, symbol: str) -> Alarm:
    """A person's own level, crossed an hour and a half before NOW."""
    return data.alarm(
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
    return data.chart(symbol, span, **fields)


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
    samsung = data.row("005930.KS", "삼성전자", currency="KRW", exchange="XKRX", rarity_days=21.0, tier="watch")
    hynix = data.row("000660.KS", "SK하이닉스", currency="KRW", exchange="XKRX")
    short = Row("035420.KS", "네이버", currency="KRW", exchange="XKRX", why="212 sessions of history, 756 are needed")
    shock = data.alarm(1, "005930.KS", tier="watch", rarity_days=21.0, words="변동성 5일 2.1× 평소")
    list_ = Watchlist("kospi", "코스피", ("kospi",))
    status = data.live(markets=(KRX_OPEN,))
    return data.live_view(rows=(samsung, hynix, short), alarms=(shock,), watchlist=list_, status=status)
