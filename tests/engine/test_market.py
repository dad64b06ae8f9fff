"""What a running engine makes of the market's data: a changed list, holdings, two sources, files in and out."""

import asyncio
import dataclasses
import functools
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.files import FileSource
from engine.core.bars import History
from engine.errors import BadRequest
from engine.ports import IntradayBar
from engine.protocol import (
    Attach,
    Chart,
    ExportBars,
    FetchBars,
    Fetched,
    GetChart,
    ImportBars,
    Refresh,
    Search,
    SearchResults,
    View,
)
from tests.bad_day import Clock
from tests.engines import client_of, record, running, until, write_all, write_csv
from tests.krx import KEY, local_krx, share
from tests.worlds import history
from tests.yahoo import LocalYahoo, serving

EVENING = datetime(2025, 6, 20, 20, tzinfo=ZoneInfo("Asia/Seoul")).timestamp()
SAMSUNG = "005930.KS"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return write_all(tmp_path / "files", [history(name, seed=number) for number, name in enumerate(("AAA", "BBB"))])


def write_list(folder: Path, text: str) -> None:
    """A list of the home's own."""
    lists = folder / "watchlists"
    lists.mkdir(parents=True, exist_ok=True)
    (lists / "mine.toml").write_text(text)


def ticker(symbol: str, *lines: str) -> str:
    return "\n".join(("[[ticker]]", f'symbol = "{symbol}"', *lines, ""))


async def attached(client, name: str = "mine") -> View:
    view = await client.ask(Attach(watchlist=name))
    assert isinstance(view, View)
    return view


async def test_a_list_changed_on_disk_is_taken_up_and_a_broken_one_is_said(tmp_path: Path, files: Path) -> None:
    write_list(tmp_path / "home", ticker("AAA"))
    async with running(tmp_path / "home", f"files:{files}") as _, client_of(tmp_path / "home") as client:
        view = await attached(client)
        write_list(tmp_path / "home", ticker("AAA") + ticker("BBB"))
        view = await until(view, client, lambda now: [row.symbol for row in now.rows] == ["AAA", "BBB"])
        write_list(tmp_path / "home", ticker("AAA") + "shares = many\n")
        view = await until(view, client, lambda now: "mine.toml" in (now.status.notice or ""))
        assert [row.symbol for row in view.rows] == ["AAA", "BBB"]
        write_list(tmp_path / "home", ticker("BBB"))
        view = await until(view, client, lambda now: [row.symbol for row in now.rows] == ["BBB"])
        await until(view, client, lambda now: now.status.notice is None)


def _counted(view: View) -> bool:
    return view.status.holdings is not None and not view.status.holdings.left_out


async def test_holdings_are_worth_their_last_price(tmp_path: Path, files: Path) -> None:
    write_list(tmp_path / "home", ticker("AAA", "shares = 10", "cost = 20") + ticker("BBB"))
    close = history("AAA", seed=0).close[-1]
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        view = await until(await attached(client), client, _counted)
        assert view.status.holdings
        assert view.status.holdings.value == pytest.approx(10 * close, rel=1e-5)
        assert view.status.holdings.pnl == pytest.approx(10 * (close - 20), rel=1e-4)
        assert [row.value is None for row in view.rows] == [False, True]


async def test_a_level_is_held_against_the_sessions_that_come_after_it_where_there_are_no_quotes(
    tmp_path: Path,
) -> None:
    made = history("AAA", seed=0)
    files = write_all(tmp_path / "files", [made.rows(slice(0, -1))])
    level = (made.close[-1] + made.close[-2]) / 2
    rule = "above" if made.close[-1] > level else "below"
    # a move was as large in many a session before: none of them calls
    write_list(tmp_path / "home", ticker("AAA", f"{rule} = {level:.4f}", "move = 0.0001"))
    async with running(tmp_path / "home", f"files:{files}") as engine, client_of(tmp_path / "home") as client:
        view = await until(await attached(client), client, lambda now: now.rows[0].session == made.sessions[-2].item())
        quotes = engine.engine.schedule._live._quotes
        while not quotes._judging.marks or None in quotes._judging.marks.values():
            await asyncio.sleep(0)
        write_all(files, [made])
        await client.ask(Refresh())
        view = await until(
            view, client, lambda now: {a.evidence["rule"] for a in now.alarms if a.kind == "price alert"} >= {rule}
        )
        called = [alarm for alarm in view.alarms if alarm.kind == "price alert"]
        assert {(alarm.symbol, alarm.opened, alarm.p) for alarm in called} == {("AAA", made.last, None)}


async def test_files_come_in_and_go_out_as_they_were(tmp_path: Path, files: Path) -> None:
    other = history("CCC", seed=9)
    path = write_csv(tmp_path / "elsewhere", other)
    out = tmp_path / "out"
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        said = [item async for item in client.stream(ImportBars((str(path), str(tmp_path / "no.csv"))))]
        assert [(item.symbol, item.status) for item in said if isinstance(item, Fetched)] == [
            ("CCC", "updated"), ("NO", "failed"),
        ]  # fmt: skip
        for form in ("csv", "parquet"):
            await client.ask(ExportBars(str(out / form), form, ("CCC",)))
            back = FileSource(out / form).history("CCC")
            np.testing.assert_allclose(back.close, other.close, rtol=1e-6)
            assert np.array_equal(back.sessions, other.sessions)


async def test_a_source_without_times_within_the_day_says_so(tmp_path: Path, files: Path) -> None:
    write_list(tmp_path / "home", ticker("AAA"))
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        await attached(client)
        with pytest.raises(BadRequest, match="within the day"):
            await client.ask(GetChart("AAA", "1D"))
        with pytest.raises(BadRequest, match="no list and no price file here has it"):
            await client.ask(Search("no such name"))


# --- with a local Yahoo ---


@pytest.fixture
def yahoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm_yahoo: Sequence[str]) -> Iterator[LocalYahoo]:
    with serving(tmp_path, lambda: EVENING) as local:
        local.reached(monkeypatch, warm_yahoo)
        yield local


async def fetched_now(client) -> Fetched:
    """What became of one fetch of Samsung's bars."""
    said = [item async for item in client.stream(FetchBars(symbols=(SAMSUNG,)))]
    assert isinstance(said[0], Fetched)
    return said[0]


@functools.cache
def korean(symbol: str, last: float) -> History:
    """Sessions of Seoul up to 20 June 2025, in whole won."""
    calendar = ExchangeCalendars(record=record)
    sessions = np.array(calendar.between("XKRX", date(2023, 11, 1), date(2025, 6, 20)), "datetime64[D]")
    made = history(symbol, len(sessions), seed=3)
    factor = last / made.close[-1]
    scaled = {name: np.round(getattr(made, name) * factor, -2) for name in ("open", "high", "low", "close")}
    return dataclasses.replace(made, sessions=sessions, **scaled)


async def test_yahoo_is_searched_by_name_and_while_it_is_away_the_lists_are(tmp_path: Path, yahoo: LocalYahoo) -> None:
    yahoo.add(korean(SAMSUNG, 60_000), name="Samsung Electronics", currency="KRW", zone="Asia/Seoul")
    write_list(tmp_path / "home", ticker(SAMSUNG))
    async with (
        running(tmp_path / "home", "yahoo", "source.stream=false", clock=Clock(EVENING)),
        client_of(tmp_path / "home") as client,
    ):
        found = await client.ask(Search("samsung"))
        assert [(hit.symbol, hit.name) for hit in found.hits] == [(SAMSUNG, "Samsung Electronics")]
        yahoo.misbehave("429")
        found = await client.ask(Search("삼성전"))
        assert (found.hits[0].symbol, found.hits[0].kind) == (SAMSUNG, "in kospi-large")


async def test_two_sources_that_differ_are_both_named_and_the_bar_is_not_scored(
    tmp_path: Path, yahoo: LocalYahoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = korean(SAMSUNG, 60_000)
    yahoo.add(made, name="Samsung Electronics", currency="KRW", zone="Asia/Seoul")
    write_list(tmp_path / "home", ticker(SAMSUNG))
    monkeypatch.setenv("WHIPSAW_KRX_KEY", KEY)
    with local_krx() as krx:
        for day, close in zip(made.sessions[-15:].astype(object), made.close[-15:], strict=True):
            krx.add(day, share("005930", float(close) * (1.02 if day == made.last else 1), name="삼성전자"))
        settings = ("source.stream=false", f'source.krx_url="{krx.url}"')
        async with (
            running(tmp_path / "home", "yahoo", *settings, clock=Clock(EVENING)),
            client_of(tmp_path / "home") as client,
        ):
            view = await until(await attached(client), client, lambda now: now.status.second is not None)
            view = await until(view, client, lambda now: "krx says" in (now.rows[0].data or now.rows[0].why or ""))
            row, second = view.rows[0], view.status.second
            assert "yahoo says" in (row.data or row.why or "")
            assert not row.scored
            assert (row.currency, row.name) == ("KRW", "Samsung Electronics")
            assert second and (second.state, second.allowed) == ("ok", 10_000)
            assert second.used == len(krx.asked)


async def test_a_first_fill_from_the_exchange_holds_up_neither_the_poll_nor_who_asks_for_news(
    tmp_path: Path, yahoo: LocalYahoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    yahoo.add(korean(SAMSUNG, 60_000), name="Samsung Electronics", currency="KRW", zone="Asia/Seoul")
    write_list(tmp_path / "home", ticker("035420.KS") + ticker(SAMSUNG))
    monkeypatch.setenv("WHIPSAW_KRX_KEY", KEY)
    with local_krx() as krx:
        krx.faults[None] = "held"
        settings = ("source.stream=false", f'source.krx_url="{krx.url}"')
        async with (
            running(tmp_path / "home", "yahoo", *settings, clock=Clock(EVENING)),
            client_of(tmp_path / "home") as client,
        ):
            view = await until(await attached(client), client, lambda now: now.status.feed.next_poll is not None)
            before = len(yahoo.charts(SAMSUNG))
            await client.ask(Refresh())
            assert len(yahoo.charts(SAMSUNG)) == before + 1
            await until(view, client, lambda now: now.rows[1].scored)
            assert not krx.go.is_set()


async def test_a_range_within_the_day_is_fetched_once_and_shown_with_its_times(
    tmp_path: Path, yahoo: LocalYahoo
) -> None:
    start = datetime(2025, 6, 20, 9, tzinfo=ZoneInfo("Asia/Seoul")).timestamp()
    bars = [IntradayBar(start + 300 * number, 60_000, 60_100, 59_900, 60_000 + number, 10.0) for number in range(24)]
    yahoo.add(korean(SAMSUNG, 60_000), name="Samsung", currency="KRW", zone="Asia/Seoul", intraday={"5m": bars})
    write_list(tmp_path / "home", ticker(SAMSUNG))
    async with (
        running(tmp_path / "home", "yahoo", "source.stream=false", clock=Clock(EVENING)),
        client_of(tmp_path / "home") as client,
    ):
        await attached(client)
        chart = await client.ask(GetChart(SAMSUNG, "1D"))
        again = await client.ask(GetChart(SAMSUNG, "1D"))
        assert isinstance(chart, Chart)
        assert chart.close == tuple(bar.close for bar in bars)
        assert chart.times == tuple(bar.time for bar in bars)
        assert set(chart.sessions) == {date(2025, 6, 20)}
        assert (chart.currency, again) == ("KRW", chart)
        asked = [each for each in yahoo.charts(SAMSUNG) if each.query.get("interval") == "5m"]
        assert len(asked) == 1


async def test_a_fault_within_the_day_is_told_with_the_older_bars(tmp_path: Path, yahoo: LocalYahoo) -> None:
    start = datetime(2025, 6, 20, 9, tzinfo=ZoneInfo("Asia/Seoul")).timestamp()
    bars = [IntradayBar(start + 300 * number, 60_000, 60_100, 59_900, 60_000 + number, 10.0) for number in range(24)]
    yahoo.add(korean(SAMSUNG, 60_000), name="Samsung", currency="KRW", zone="Asia/Seoul", intraday={"5m": bars})
    write_list(tmp_path / "home", ticker(SAMSUNG))
    clock = Clock(EVENING)
    async with (
        running(tmp_path / "home", "yahoo", "source.stream=false", clock=clock),
        client_of(tmp_path / "home") as client,
    ):
        await attached(client)
        before = await client.ask(GetChart(SAMSUNG, "1D"))
        yahoo.misbehave("429")
        clock.at += 301
        after = await client.ask(GetChart(SAMSUNG, "1D"))
        assert isinstance(before, Chart)
        assert isinstance(after, Chart)
        assert before.fault is None
        assert "429" in (after.fault or "")
        assert after.close == before.close


async def test_a_name_is_searched_and_what_is_fresh_is_not_asked_for_again(tmp_path: Path, yahoo: LocalYahoo) -> None:
    yahoo.add(korean(SAMSUNG, 60_000), name="Samsung Electronics", currency="KRW", zone="Asia/Seoul")
    write_list(tmp_path / "home", ticker(SAMSUNG))
    async with (
        running(tmp_path / "home", "yahoo", "source.stream=false", clock=Clock(EVENING)) as engine,
        client_of(tmp_path / "home") as client,
    ):
        found = await client.ask(Search("samsung"))
        assert isinstance(found, SearchResults)
        assert [hit.symbol for hit in found.hits] == [SAMSUNG]
        view = await until(await attached(client), client, lambda now: all(row.scored for row in now.rows))
        before = len(yahoo.charts(SAMSUNG))
        engine.engine.schedule.wake()
        await until(view, client, lambda now: now.status.feed.next_poll is not None)
        await asyncio.wait_for(client.ask(FetchBars(symbols=("AAA",))), 20)
        assert len(yahoo.charts(SAMSUNG)) == before
        await client.ask(Refresh())
        assert len(yahoo.charts(SAMSUNG)) == before + 1


async def test_krx_alone_is_a_source_and_says_what_it_has_no_key_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = korean(SAMSUNG, 60_000)
    write_list(tmp_path / "home", ticker(SAMSUNG) + ticker("AAPL"))
    with local_krx() as krx:
        for day, close in zip(made.sessions.astype(object), made.close, strict=True):
            krx.add(day, share("005930", float(close), name="삼성전자"))
        settings = (f'source.krx_url="{krx.url}"', "source.history_years=1")
        monkeypatch.delenv("WHIPSAW_KRX_KEY", raising=False)
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        async with (
            running(tmp_path / "keyless", "krx", *settings, clock=Clock(EVENING)),
            client_of(tmp_path / "keyless") as client,
        ):
            said = [item async for item in client.stream(FetchBars(symbols=(SAMSUNG,)))]
            assert "there is no key for KRX" in next(item.why or "" for item in said if isinstance(item, Fetched))
        assert krx.asked == []
        monkeypatch.setenv("WHIPSAW_KRX_KEY", KEY)
        async with (
            running(tmp_path / "home", "krx", *settings, clock=Clock(EVENING)),
            client_of(tmp_path / "home") as client,
        ):
            start = made.sessions[-10].item()
            said = [item async for item in client.stream(FetchBars(symbols=(SAMSUNG, "AAPL"), start=start))]
            fetched = {item.symbol: item for item in said if isinstance(item, Fetched)}
            assert (fetched[SAMSUNG].bars, fetched[SAMSUNG].end) == (10, made.last)
            assert "Korean shares only" in (fetched["AAPL"].why or "")
            assert len(krx.asked) == 10


async def test_a_fault_of_the_second_source_does_not_keep_the_list_from_being_scored(
    tmp_path: Path, yahoo: LocalYahoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    yahoo.add(korean(SAMSUNG, 60_000), name="Samsung Electronics", currency="KRW", zone="Asia/Seoul")
    write_list(tmp_path / "home", ticker(SAMSUNG))
    monkeypatch.setenv("WHIPSAW_KRX_KEY", "not a key")
    async with (
        running(tmp_path / "home", "yahoo", "source.stream=false", clock=Clock(EVENING)),
        client_of(tmp_path / "home") as client,
    ):
        view = await until(await attached(client), client, lambda now: all(row.scored for row in now.rows))
        view = await until(view, client, lambda now: now.status.second is not None)
        assert view.status.second
        assert (view.status.second.state, "not a key" in (view.status.second.error or "")) == ("failing", False)


async def test_a_bar_is_not_taken_for_final_while_its_close_settles(tmp_path: Path, yahoo: LocalYahoo) -> None:
    close = datetime(2025, 6, 20, 15, 30, tzinfo=ZoneInfo("Asia/Seoul")).timestamp()
    clock = Clock(close + 60)
    yahoo.now = clock.now
    made = korean(SAMSUNG, 60_000)
    yahoo.add(made, name="Samsung Electronics", currency="KRW", zone="Asia/Seoul")
    async with (
        running(tmp_path / "home", "yahoo", "source.stream=false", clock=clock),
        client_of(tmp_path / "home") as client,
    ):
        early = await fetched_now(client)
        clock.at = close + 1260
        late = await fetched_now(client)
        assert (early.end, late.end) == (made.sessions[-2].item(), made.last)


async def test_bars_from_a_file_are_no_success_of_the_source_and_leave_no_hole(
    tmp_path: Path, yahoo: LocalYahoo
) -> None:
    made = korean(SAMSUNG, 60_000)
    yahoo.add(made, name="Samsung Electronics", currency="KRW", zone="Asia/Seoul")
    clock = Clock(datetime(2024, 6, 20, 20, tzinfo=ZoneInfo("Asia/Seoul")).timestamp())
    yahoo.now = clock.now
    path = write_csv(tmp_path / "elsewhere", made.since(made.sessions[-5].item()))
    async with (
        running(tmp_path / "home", "yahoo", "source.stream=false", clock=clock),
        client_of(tmp_path / "home") as client,
    ):
        await client.ask(FetchBars(symbols=(SAMSUNG,)))
        clock.at = EVENING
        await client.ask(ImportBars((str(path),)))
        fetched = await fetched_now(client)
        assert (fetched.status, fetched.bars) == ("updated", len(made))
