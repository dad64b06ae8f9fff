"""Yahoo's history: bars as traded, completed sessions only, and every fault in words."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from curl_cffi.requests import exceptions as curl
from yfinance import exceptions as yf

from engine.adapters.yahoo import YahooSource
from engine.adapters.yahoo.answer import Answer, answer
from engine.core.bars import log_returns
from engine.errors import EmptyHistory, EngineError, SourceError, UnknownSymbol
from engine.ports import MarketHours

DAYS = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"]
EVENING = datetime(2024, 1, 8, 22, tzinfo=UTC).timestamp()


class NewYork:
    """A calendar of weekdays that close at 21:00 UTC."""

    def exchange(self, symbol: str) -> str:
        return "XNYS"

    def completed(self, exchange: str, now: float) -> date:
        day = np.datetime64(int(now), "s").astype("datetime64[D]")
        closed = now % 86_400 >= 21 * 3600
        return np.busday_offset(day if closed else day - 1, 0, roll="backward").astype(object)

    def session(self, exchange: str, day: date) -> date:
        raise NotImplementedError

    def following(self, exchange: str, session: date, count: int = 1) -> date:
        raise NotImplementedError

    def between(self, exchange: str, start: date, end: date) -> tuple[date, ...]:
        days = np.arange(start, end + timedelta(days=1), dtype="datetime64[D]")
        return tuple(days[np.is_busday(days)].astype(object))

    def hours(self, exchange: str, now: float) -> MarketHours:
        raise NotImplementedError


def frame(
    close: list[float], *, splits: dict[str, float] | None = None, paid: dict[str, float] | None = None
) -> pd.DataFrame:
    """A frame as yfinance gives it: split-adjusted to its end, indexed by midnights of the exchange."""
    index = pd.DatetimeIndex(DAYS[: len(close)], name="Date").tz_localize("America/New_York")
    columns = {name: np.array(close) for name in ("Open", "High", "Low", "Close", "Adj Close")}
    actions = {
        "Dividends": [(paid or {}).get(day, 0.0) for day in DAYS[: len(close)]],
        "Stock Splits": [(splits or {}).get(day, 0.0) for day in DAYS[: len(close)]],
    }
    return pd.DataFrame({**columns, "Volume": np.full(len(close), 1000), **actions}, index=index)


class Shelf:
    """In yfinance's place: the same answer to every question, or the same exception."""

    def __init__(self, answer: pd.DataFrame | Exception) -> None:
        self.answer = answer

    def daily(self, symbol: str, start: date) -> Answer:
        return self.newest(symbol)

    def within(self, symbol: str, interval: str, since: float) -> Answer:
        return self.newest(symbol)

    def newest(self, symbol: str) -> Answer:
        if isinstance(self.answer, Exception):
            raise self.answer
        return answer(self.answer, {})

    def search(self, text: str) -> list[dict[str, str]]:
        raise NotImplementedError

    def close(self) -> None:
        """There is nothing to let go of."""


@pytest.fixture
def source(request: pytest.FixtureRequest) -> Callable[..., YahooSource]:
    """Makes sources that are closed when the test ends."""

    def made(answer: pd.DataFrame | Exception, now: float = EVENING) -> YahooSource:
        shelf = Shelf(answer)
        new = YahooSource(
            Path("unused"), NewYork(), library=lambda _: shelf, now=lambda: now, wait=lambda seconds: None
        )
        request.addfinalizer(new.close)
        return new

    return made


Make = Callable[..., YahooSource]


def fault(source: Make, error: Exception) -> EngineError:
    with pytest.raises(EngineError) as caught:
        source(error).history("AAPL")
    return caught.value


# --- bars as traded ---


def test_a_later_split_is_taken_out_of_prices(source: Make) -> None:
    read = source(frame([10, 11, 12, 13, 14], splits={"2024-01-04": 2.0})).history("AAPL")
    assert read.close.tolist() == [20, 22, 12, 13, 14]


def test_a_later_split_is_taken_out_of_volume(source: Make) -> None:
    read = source(frame([10, 11, 12, 13, 14], splits={"2024-01-04": 2.0})).history("AAPL")
    assert read.volume.tolist() == [500, 500, 1000, 1000, 1000]


def test_a_split_after_the_end_is_taken_out_as_well(source: Make) -> None:
    read = source(frame([10, 11, 12, 13, 14], splits={"2024-01-08": 4.0})).history("AAPL", end=date(2024, 1, 3))
    assert read.close.tolist() == [40, 44]


def test_a_split_after_the_end_is_not_known_yet(source: Make) -> None:
    read = source(frame([10, 11, 12, 13, 14], splits={"2024-01-08": 4.0})).history("AAPL", end=date(2024, 1, 3))
    assert read.actions == ()


def test_a_split_on_a_day_that_has_not_closed_is_taken_out_of_the_days_before(source: Make) -> None:
    morning = datetime(2024, 1, 8, 15, tzinfo=UTC).timestamp()
    read = source(frame([10, 11, 12, 13, 14], splits={"2024-01-08": 2.0}), morning).history("AAPL")
    assert read.close.tolist() == [20, 22, 24, 26]


def test_a_dividend_is_money_per_share_of_its_own_day(source: Make) -> None:
    read = source(frame([10, 11, 12, 13, 14], splits={"2024-01-05": 2.0}, paid={"2024-01-03": 0.25})).history("AAPL")
    assert [(action.ex_date, action.dividend) for action in read.actions if action.dividend] == [
        (date(2024, 1, 3), 0.5)
    ]


def test_returns_are_the_same_before_and_after_a_split_is_known(source: Make) -> None:
    before = source(frame([20, 22, 24])).history("AAPL", end=date(2024, 1, 4))
    after = source(frame([10, 11, 12, 13], splits={"2024-01-05": 2.0})).history("AAPL", end=date(2024, 1, 4))
    np.testing.assert_array_equal(log_returns(before), log_returns(after))


def test_digits_beyond_single_precision_are_no_price(source: Make) -> None:
    assert source(frame([131.22000122070312, 0.9994419813156128])).history("AAPL").close.tolist() == [131.22, 0.999442]


def test_sessions_are_days_of_the_exchange(source: Make) -> None:
    assert source(frame([10, 11])).history("AAPL").sessions.astype(str).tolist() == DAYS[:2]


# --- what is left out ---


def test_a_session_that_has_not_closed_is_never_returned(source: Make) -> None:
    morning = datetime(2024, 1, 8, 15, tzinfo=UTC).timestamp()
    assert source(frame([10, 11, 12, 13, 14]), morning).history("AAPL").last == date(2024, 1, 5)


def test_a_row_without_a_close_is_left_out(source: Make) -> None:
    assert len(source(frame([10, float("nan"), 12])).history("AAPL")) == 2


@pytest.mark.parametrize("close", [0.0, -1.0])
def test_a_close_that_cannot_be_is_kept_for_the_gate_to_judge(source: Make, close: float) -> None:
    assert source(frame([10, close, 12])).history("AAPL").close.tolist() == [10, close, 12]


def test_rows_before_the_start_are_left_out(source: Make) -> None:
    assert source(frame([10, 11, 12])).history("AAPL", start=date(2024, 1, 3)).first == date(2024, 1, 3)


def test_a_start_after_the_last_completed_session_asks_for_nothing(source: Make) -> None:
    assert len(source(AssertionError("asked")).history("AAPL", start=date(2024, 1, 9))) == 0


def test_no_row_at_all_is_an_empty_history(source: Make) -> None:
    with pytest.raises(EmptyHistory, match="Yahoo has no bars of AAPL"):
        source(frame([])).history("AAPL")


def test_its_symbols_cannot_be_listed(source: Make) -> None:
    assert source(frame([])).symbols() == ()


# --- faults ---


class Status:
    """The part of a response that carries its status."""

    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


UNKNOWN = [
    curl.HTTPError("HTTP Error 404:", response=Status(404)),
    yf.YFTzMissingError("AAPL"),
    yf.YFPricesMissingError("AAPL", "", yahoo_reason="No data found, symbol may be delisted"),
]
FAULTS = [
    (yf.YFRateLimitError(), "Yahoo takes no more requests for now (429)"),
    (yf.YFDataException("*** YAHOO! FINANCE IS CURRENTLY DOWN! ***"), "Yahoo Finance is down"),
    (json.JSONDecodeError("Expecting value", "<html>", 0), "Yahoo's answer was not data"),
    (curl.Timeout("Failed to perform, curl: (28) Operation timed out"), "Yahoo did not answer in time"),
    (curl.IncompleteRead("curl: (18) end of response"), "Yahoo's answer was cut short"),
    (curl.ConnectionError("curl: (56) Recv failure: Connection reset by peer"), "Yahoo cannot be reached"),
    (curl.DNSError("curl: (6) Could not resolve host"), "Yahoo cannot be reached"),
    (curl.HTTPError("HTTP Error 503:", response=Status(503)), "Yahoo Finance is down (status 503)"),
    (yf.YFPricesMissingError("AAPL", "", yahoo_reason="Internal Server Error"), "Yahoo answered with an error"),
    (KeyError("timestamp"), "Yahoo's answer was not data"),
    (RuntimeError("database is locked"), "Yahoo's answer could not be read"),
]


@pytest.mark.parametrize("error", UNKNOWN, ids=lambda error: type(error).__name__)
def test_a_symbol_that_yahoo_does_not_know_is_unknown(source: Make, error: Exception) -> None:
    assert isinstance(fault(source, error), UnknownSymbol)


@pytest.mark.parametrize(("error", "words"), FAULTS, ids=lambda each: type(each).__name__)
def test_every_other_fault_is_one_error_in_words(source: Make, error: Exception, words: str) -> None:
    raised = fault(source, error)
    assert type(raised) is SourceError
    assert raised.message == words
    assert raised.do


@pytest.mark.parametrize(("error", "_words"), FAULTS, ids=lambda each: type(each).__name__)
def test_no_fault_shows_the_librarys_own_text(source: Make, error: Exception, _words: str) -> None:
    assert "curl" not in str(fault(source, error))


def test_no_rows_for_some_dates_does_not_make_a_symbol_unknown(source: Make) -> None:
    reason = "Data doesn't exist for startDate = 1, endDate = 2"
    assert isinstance(fault(source, yf.YFPricesMissingError("AAPL", "", yahoo_reason=reason)), EmptyHistory)


def test_a_frame_of_another_shape_is_an_answer_that_is_not_data(source: Make) -> None:
    with pytest.raises(SourceError, match="was not data"):
        source(frame([10, 11]).drop(columns="Stock Splits")).history("AAPL")


# --- the library itself, offline ---


PROGRAM = """
import logging
import sys
from pathlib import Path
from engine.adapters.yahoo import YahooSource
from engine.errors import EngineError
from tests.engine.adapters.test_yahoo import NewYork
logging.getLogger("engine").addHandler(logging.NullHandler())
try:
    YahooSource(Path(sys.argv[1]), NewYork()).history("AAPL")
except EngineError as error:
    print(type(error).__name__, error, sep=": ")
"""


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The cache folder and what a process said that asked the real library without a network."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{closed.getsockname()[1]}"
    cache = tmp_path_factory.mktemp("cache")
    environment = {name: value for name, value in os.environ.items() if name.upper() != "NO_PROXY"}
    environment |= {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "https_proxy": proxy, "http_proxy": proxy}
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(cache)],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return cache, ran


def test_without_a_network_the_real_library_ends_in_words(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    assert offline[1].stdout.startswith("SourceError: Yahoo cannot be reached (received: AAPL). Check the network")


def test_the_real_library_writes_nothing_to_the_terminal(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    assert offline[1].stderr == ""


def test_the_real_library_keeps_its_cache_in_the_given_folder(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    assert list(offline[0].iterdir())
