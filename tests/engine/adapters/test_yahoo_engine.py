"""Yahoo's faults as a running engine tells them: its row, its status, its log, and what it wrote."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.adapters.store import SqliteStore
from engine.adapters.yahoo import YahooSource
from engine.home import home
from engine.ports import Coverage
from engine.protocol import Attach, Feed, FetchBars, Fetched, Row, View
from engine.services.refresh import DAY
from tests.bad_day import Clock
from tests.engine.adapters.test_yahoo_faults import CASES, Case, each_case
from tests.engines import client_of, running, until
from tests.worlds import history
from tests.yahoo import LocalYahoo, Misdeed, serving

FIRST = date(2024, 1, 2)
EVENING = datetime(2024, 7, 29, 22, tzinfo=UTC).timestamp()
"""New York is closed: no quote is polled, and what is counted are requests for bars."""


@dataclass(frozen=True)
class Seen:
    """One engine that met one fault."""

    row: Row
    feed: Feed
    log: list[str]
    asked: int
    stored: Coverage


class Lines(logging.Handler):
    """The log's lines, and how many requests for bars had been made when the first was written."""

    def __init__(self, yahoo: LocalYahoo) -> None:
        super().__init__(logging.INFO)
        self._yahoo = yahoo
        self.lines: list[str] = []
        self.asked = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.asked = self.asked or len(self._yahoo.charts())
        self.lines.append(record.getMessage())


async def met(folder: Path, yahoo: LocalYahoo, *symbols: str, at: float = EVENING) -> tuple[View, Lines]:
    """What a screen shows once the engine has asked for all of its list, and what the log says."""
    lines = Lines(yahoo)
    logger = logging.getLogger("engine.adapters.yahoo")
    logger.addHandler(lines)
    try:
        async with (
            running(folder, "yahoo", "source.stream=false", clock=Clock(at)),
            client_of(folder) as client,
        ):
            view = await client.ask(Attach(symbols=symbols))
            view = await until(view, client, lambda now: now.status.feed.state != "waiting")
            view = await until(view, client, lambda now: all(row.why != "no bars yet" for row in now.rows))
    finally:
        logger.removeHandler(lines)
    return view, lines


def coverage(folder: Path, symbol: str) -> Coverage:
    """What is stored of a symbol."""
    store = SqliteStore(home(folder).data)
    try:
        return store.coverage(symbol)
    finally:
        store.close()


def _patience(patch: pytest.MonkeyPatch, seconds: float) -> None:
    """How long an engine's source waits for an answer."""
    patch.setitem(YahooSource.__init__.__kwdefaults__, "timeout", seconds)


@pytest.fixture
def yahoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm_yahoo: Sequence[str]) -> Iterator[LocalYahoo]:
    """AAA and BBB are listed."""
    with serving(tmp_path, lambda: EVENING) as local:
        local.reached(monkeypatch, warm_yahoo)
        for symbol in ("AAA", "BBB"):
            local.add(history(symbol, 150, start=FIRST), name=f"The {symbol} company")
        yield local


@pytest.fixture
def seen(yahoo: LocalYahoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Misdeed], Seen]:
    def one(misdeed: Misdeed) -> Seen:
        if misdeed == "slow":
            _patience(monkeypatch, 1.0)
        yahoo.misbehave(misdeed)
        view, log = asyncio.run(met(tmp_path / "home", yahoo, "AAA"))
        return Seen(view.rows[0], view.status.feed, log.lines, log.asked, coverage(tmp_path / "home", "AAA"))

    return one


@each_case
def test_row_status_log_and_store_tell_the_same_of_each_fault(seen: Callable[[Misdeed], Seen], case: Case) -> None:
    of = seen(case.misdeed)
    assert (of.row.why or "").startswith(case.words)
    assert of.row.close is None
    assert (of.feed.state, of.feed.last_success) == ("failing", None)
    assert (of.feed.error or "").startswith(case.words)
    assert [line for line in of.log if line.startswith(f"AAA: {case.words}")]
    # one more where the look-up of the time zone still went well; as many again where quotes are polled meanwhile
    assert 1 <= of.asked <= 2 * (case.requests + 1)
    assert (of.stored.bars, of.stored.fault, of.stored.fetched_at) == (0, case.fault, None)


def test_an_unknown_symbol_says_so_on_its_row_and_the_others_are_whole(yahoo: LocalYahoo, tmp_path: Path) -> None:
    view, _ = asyncio.run(met(tmp_path / "home", yahoo, "AAA", "NOPE", "BBB"))
    rows = {row.symbol: row for row in view.rows}
    assert (rows["NOPE"].why or "").startswith("Yahoo knows no such symbol. Check ")
    assert rows["AAA"].close
    assert rows["BBB"].close
    # once for its history; once more if its quote was polled before that was known
    assert len(yahoo.charts("NOPE")) <= 2


def test_a_row_keeps_its_last_success_while_yahoo_refuses(yahoo: LocalYahoo, tmp_path: Path) -> None:
    before, _ = asyncio.run(met(tmp_path / "home", yahoo, "AAA"))
    yahoo.misbehave("429")
    after, _ = asyncio.run(met(tmp_path / "home", yahoo, "AAA", at=EVENING + DAY))
    assert after.rows[0].close == before.rows[0].close
    assert after.rows[0].fetched_at == EVENING
    assert after.status.feed.state == "failing"


def test_what_yahoo_says_of_a_symbol_is_in_the_store(yahoo: LocalYahoo, tmp_path: Path) -> None:
    asyncio.run(met(tmp_path / "home", yahoo, "AAA"))
    store = SqliteStore(home(tmp_path / "home").data)
    assert store.profiles()["AAA"].name == "The AAA company"
    store.close()


def test_an_engine_ends_at_once_while_yahoo_lets_it_wait(
    yahoo: LocalYahoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped() -> float:
        loop = asyncio.get_running_loop()
        async with (
            running(tmp_path / "home", "yahoo", "source.stream=false", clock=Clock(EVENING)),
            client_of(tmp_path / "home") as client,
        ):
            fetch = asyncio.create_task(_all(client, FetchBars(symbols=("AAA", "BBB"))))
            await asyncio.to_thread(yahoo.until, yahoo.charts)
            began = loop.time()
        fetch.cancel()
        await asyncio.gather(fetch, return_exceptions=True)
        return loop.time() - began

    _patience(monkeypatch, 30.0)
    yahoo.misbehave("slow")
    assert asyncio.run(stopped()) < 10


async def _all(client, command) -> list[Fetched]:  # type: ignore[no-untyped-def]
    return [item async for item in client.stream(command) if isinstance(item, Fetched)]


def test_every_fault_is_among_the_cases() -> None:
    assert {case.fault for case in CASES} == {"limited", "down", "garbled", "slow", "cut", "unreachable"}
