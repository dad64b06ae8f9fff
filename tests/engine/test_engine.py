"""The engine through its wire: what is asked, what is answered, what is pushed."""

import asyncio
import os
from datetime import date

import msgspec
import numpy as np
import pytest
from websockets.asyncio.client import unix_connect

from engine.adapters.store import SqliteStore
from engine.client import connect
from engine.core.bars import as_date
from engine.core.presets import PRESETS
from engine.errors import BadRequest, DataError, ForeignSocket, TooShort, UnknownWatchlist, Unreachable
from engine.home import Options, home
from engine.protocol import (
    VERSION,
    Acknowledge,
    AddSymbol,
    AlarmEvent,
    Attach,
    CancelJob,
    DismissJob,
    Explain,
    FetchBars,
    Fetched,
    GetAlarmHistory,
    GetChart,
    GetModels,
    GetStatus,
    ListAlarms,
    Mute,
    Refresh,
    Refused,
    RemoveSymbol,
    Replay,
    Replayed,
    RetryJob,
    RollBack,
    Scan,
    Scanned,
    ShowList,
    Snooze,
    Train,
    Trained,
    TrainProgress,
    Unmute,
    View,
    apply,
    decode,
)
from engine.server import prepare_folder
from tests.engines import client_of, running, until, write_all, write_csv
from tests.fakes import FakeTrainer
from tests.registries import Calm, Wild
from tests.worlds import corrupted, history, shocked

WORLD = [history(name, 420, seed=seed) for seed, name in enumerate(("AAA", "BBB", "CCC"))]
DAY = as_date(WORLD[0].sessions[400])


@pytest.fixture
def files(tmp_path):
    return write_all(tmp_path / "files", WORLD)


def timeless(view):
    """The rows without the time of the last fetch, which the second screen's coming renews."""
    return [msgspec.structs.replace(row, fetched_at=None) for row in view.rows]


async def test_a_question_brings_no_change_before_its_time(tmp_path, files):
    place = tmp_path / "home"
    async with (
        running(place, f"files:{files}"),
        client_of(place) as client,
        client_of(place) as second,
        client_of(place) as third,
    ):
        view = await client.ask(Attach(rate=0.001))
        changes = client.changes()
        view = apply(view, await anext(changes))  # the next would be due in a quarter of an hour
        for other in (second, third):
            await other.ask(Attach())
            await client.ask(GetModels())
        with pytest.raises(BadRequest):
            await client.ask(Acknowledge(999))  # what a person does is shown at once
        view = apply(view, await anext(changes))
        assert view.status.screens == 3


async def test_a_chart_is_never_a_session_ahead_of_the_list_beside_it(tmp_path):
    place, before = tmp_path / "home", as_date(WORLD[0].sessions[-2])
    files = write_all(tmp_path / "files", [each.rows(each.sessions <= np.datetime64(before)) for each in WORLD])
    async with (
        running(place, f"files:{files}"),
        client_of(place) as quick,
        client_of(place) as slow,
        client_of(place) as third,
    ):
        view = await until(await quick.ask(Attach()), quick, settled)
        await slow.ask(Attach(rate=0.001))
        await third.ask(Attach())
        await anext(slow.changes())  # the next would be due in a quarter of an hour
        write_all(tmp_path / "files", WORLD)
        await quick.ask(Refresh())
        await until(view, quick, lambda now: all(row.session == WORLD[0].last for row in now.rows))
        charts = [await client.ask(GetChart("AAA", "6M")) for client in (slow, quick)]
        assert [chart.sessions[-1] for chart in charts] == [before, WORLD[0].last]


async def test_attaching_gives_a_snapshot_then_deltas_until_every_row_is_scored(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        view = await client.ask(Attach())
        assert isinstance(view, View)
        assert [row.symbol for row in view.rows] == ["AAA", "BBB", "CCC"]
        view = await until(view, client, lambda now: now.rows and all(row.scored for row in now.rows))
        assert view.status.model is not None
        assert {row.forecast.made_at for row in view.rows} == {WORLD[0].last}
        assert view.status.session == WORLD[0].last


def settled(view: View) -> bool:
    """Scored, and nothing under way: what a job says next would differ from what it said before."""
    jobs_done = all(job.state == "done" for job in view.jobs)
    return bool(view.rows) and all(row.scored for row in view.rows) and jobs_done


async def test_what_was_pushed_equals_a_fresh_snapshot(tmp_path, files):
    async with (
        running(tmp_path / "home", f"files:{files}"),
        client_of(tmp_path / "home") as one,
        client_of(tmp_path / "home") as other,
    ):
        view = await until(await one.ask(Attach()), one, settled)
        fresh = await other.ask(Attach())
        view = await until(view, one, lambda now: now.status.screens == 2 and now.jobs == fresh.jobs)
        assert (timeless(view), view.alarms, view.watchlist) == (timeless(fresh), fresh.alarms, fresh.watchlist)


async def test_scan_trains_first_on_an_empty_home_and_scores_every_row(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        said = [item async for item in client.stream(Scan(as_of=DAY))]
        scanned = said[-1]
        assert isinstance(scanned, Scanned)
        assert any(isinstance(item, TrainProgress) for item in said)
        assert [(row.symbol, row.scored, row.forecast.made_at) for row in scanned.rows] == [
            (name, True, DAY) for name in ("AAA", "BBB", "CCC")
        ]


async def test_a_list_too_small_to_make_a_market_says_so_where_it_is_looked_for(tmp_path, files):
    words = "needs 5 tickers of an exchange, has 3"
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        view = await client.ask(Attach())
        view = await until(view, client, lambda now: now.rows and all(row.scored for row in now.rows))
        assert view.status.alarms.no_market == words
        told = await client.ask(Explain("AAA"))
        assert [each.why for each in told.kinds if each.kind == "market"] == [words]
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as script:
        told = await script.ask(Explain("market"))
        assert (told.symbol, told.scored, told.why) == ("MARKET", False, words)


@pytest.mark.parametrize("how", ["x10", "nan", "random", "removed"])
async def test_scan_as_of_a_day_is_the_same_to_the_bit_whatever_stands_after_it(tmp_path, files, how):
    answers = []
    for name, world in (("whole", WORLD), ("altered", [corrupted(each, 400, how) for each in WORLD])):
        folder = write_all(tmp_path / name, world)
        async with (
            running(tmp_path / f"{name}-home", f"files:{folder}"),
            client_of(tmp_path / f"{name}-home") as client,
        ):
            answers.append(msgspec.json.encode(await client.ask(Scan(as_of=DAY))))
    assert answers[0] == answers[1]


async def test_a_ticker_that_starts_later_is_unknown_as_of_an_earlier_day(tmp_path, files):
    write_csv(files, history("ZZZ", 50, start=date(2009, 1, 5)))
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        scanned = await client.ask(Scan(as_of=DAY))
        assert [row.symbol for row in scanned.rows] == ["AAA", "BBB", "CCC"]
        named = await client.ask(Scan(symbols=("AAA", "ZZZ"), as_of=DAY))
        assert [(row.symbol, row.scored, row.why) for row in named.rows if not row.scored] == [
            ("ZZZ", False, f"no bars up to {DAY}")
        ]


async def test_a_short_history_says_how_many_rows_are_needed(tmp_path):
    files = write_all(tmp_path / "files", [history("NEW", 90)])
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        scanned = await client.ask(Scan())
        assert scanned.rows[0].why == "90 rows, the model needs 252"
        with pytest.raises(TooShort, match="NEW: 90 rows, the model needs 252"):
            await client.ask(Train())


async def test_a_ticker_behind_the_others_is_stale_and_not_scored(tmp_path, files):
    write_csv(files, history("OLD", 400, seed=9))
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        rows = {row.symbol: row for row in (await client.ask(Scan())).rows}
        assert rows["AAA"].scored
        assert not rows["OLD"].scored
        assert rows["OLD"].why.startswith("stale: its last bar is of ")


async def test_fetch_says_what_became_of_each_symbol(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        fetch = FetchBars(symbols=("AAA", "NOPE"))
        first = {item.symbol: item async for item in client.stream(fetch) if isinstance(item, Fetched)}
        again = {item.symbol: item async for item in client.stream(fetch) if isinstance(item, Fetched)}
        assert (first["AAA"].status, first["AAA"].bars, again["AAA"].status) == ("updated", 420, "fresh")
        assert first["NOPE"].status == "failed"
        assert first["NOPE"].why.startswith("no file for this symbol in ")


async def test_train_reports_each_epoch_and_errors_beside_those_of_persistence(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        said = [item async for item in client.stream(Train())]
        hyper = PRESETS["pooled"].hyper
        epochs = [item.epoch for item in said if isinstance(item, TrainProgress)]
        assert epochs[: hyper.epochs] == list(range(1, hyper.epochs + 1))
        assert epochs[hyper.epochs] == 1  # of the pass over all rows
        trained = said[-1]
        assert isinstance(trained, Trained)
        assert trained.metrics.mae > 0
        assert trained.metrics.mae_persistence > 0


async def test_replay_tells_alarms_in_order_and_leaves_the_homes_own_alarms_alone(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        start = as_date(WORLD[0].sessions[300])
        said = [item async for item in client.stream(Replay(start, WORLD[0].last, retrain=100))]
        events = [item for item in said if isinstance(item, AlarmEvent)]
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert isinstance(said[-1], Replayed)
        assert said[-1].alarms == sum(event.event == "opened" for event in events) > 0
        assert (await client.ask(ListAlarms())).alarms == ()


async def test_a_cancelled_training_says_so_and_leaves_no_model(tmp_path, files):
    class Endless(FakeTrainer):
        begun = asyncio.Event()

        async def fit(self, job, progress):
            progress("fitting")
            self.begun.set()
            await asyncio.Event().wait()

    async with (
        running(tmp_path / "home", f"files:{files}", trainer=Endless()),
        client_of(tmp_path / "home") as client,
    ):
        training = asyncio.create_task(client.ask(Train()))
        await Endless.begun.wait()
        jobs = (await client.ask(GetStatus())).jobs
        await client.ask(CancelJob(jobs[0].id))
        with pytest.raises(Exception, match="cancelled"):
            await training
        status = await client.ask(GetStatus())
        assert (status.jobs[0].state, status.status.model) == ("cancelled", None)


async def test_an_alarm_is_acknowledged_on_every_screen(tmp_path):
    files = write_all(tmp_path / "files", [shocked(WORLD[0]), *WORLD[1:]])
    async with (
        running(tmp_path / "home", f"files:{files}"),
        client_of(tmp_path / "home") as one,
        client_of(tmp_path / "home") as other,
    ):
        view = await until(await one.ask(Attach()), one, lambda now: all(row.scored for row in now.rows))
        opened = [(alarm.symbol, alarm.kind, alarm.state) for alarm in view.alarms]
        assert ("AAA", "volatility_shock", "open") in opened
        seen = await other.ask(Attach())
        await one.ask(Acknowledge(view.alarms[0].id))
        await until(seen, other, lambda now: now.alarms[0].state == "acknowledged")


async def test_an_alarm_is_snoozed_and_muted_and_its_history_tells_it(tmp_path):
    files = write_all(tmp_path / "files", [shocked(WORLD[0]), *WORLD[1:]])
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        view = await until(await client.ask(Attach()), client, lambda now: all(row.scored for row in now.rows))
        number = view.alarms[0].id
        await client.ask(Snooze(number, sessions=2))
        view = await until(view, client, lambda now: now.alarms[0].state == "snoozed")
        assert view.alarms[0].snoozed_until > view.alarms[0].opened
        for command, state in (
            (Mute(number), "muted"),
            (Unmute(number), "snoozed"),
            (Acknowledge(number), "acknowledged"),
        ):
            await client.ask(command)
            view = await until(view, client, lambda now, state=state: now.alarms[0].state == state)
        steps = (await client.ask(GetAlarmHistory(number))).steps
        assert [step.event for step in steps] == ["opened", "snoozed", "muted", "unmuted", "acknowledged"]
        assert all(step.at is not None and step.session == view.alarms[0].opened for step in steps)
        with pytest.raises(BadRequest, match="no alarm of that number"):
            await client.ask(GetAlarmHistory(999))


async def test_the_year_is_held_against_the_budget_of_the_list(tmp_path):
    files = write_all(tmp_path / "files", [shocked(WORLD[0]), *WORLD[1:]])
    async with running(tmp_path / "home", f"files:{files}", "alarms.budget=3"), client_of(tmp_path / "home") as client:
        view = await until(await client.ask(Attach()), client, lambda now: all(row.scored for row in now.rows))
        tally = view.status.alarms
        assert (tally.open, tally.this_year, tally.budgeted) == (len(view.alarms), len(view.alarms), 3 * len(view.rows))
        view = await client.ask(Attach(symbols=("AAA",)))
        await until(view, client, lambda now: now.status.session is not None and now.status.alarms is None)


async def test_symbols_are_added_and_taken_off_again_where_they_stood(tmp_path, files):
    async with running(tmp_path / "home", "replay"), client_of(tmp_path / "home") as client:
        view = await client.ask(Attach())
        assert [row.symbol for row in view.rows] == ["AAPL", "GOOG", "IBM", "MSFT"]
        removed = await client.ask(RemoveSymbol("GOOG"))
        assert removed.position == 1
        view = await until(view, client, lambda now: len(now.rows) == 3)
        await client.ask(AddSymbol("GOOG", removed.position))
        view = await until(view, client, lambda now: len(now.rows) == 4)
        assert [row.symbol for row in view.rows] == ["AAPL", "GOOG", "IBM", "MSFT"]
        with pytest.raises(BadRequest):
            await client.ask(AddSymbol("GOOG"))


async def test_a_chart_holds_the_stretch_asked_for_with_the_forecast_of_its_last_session(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        await until(await client.ask(Attach()), client, lambda now: all(row.scored for row in now.rows))
        month, whole = await client.ask(GetChart("AAA", "1M")), await client.ask(GetChart("AAA", "max"))
        assert (len(whole.sessions), whole.sessions[-1]) == (420, WORLD[0].last)
        assert 18 <= len(month.sessions) <= 24
        assert whole.forecast.q05 < whole.forecast.q50 < whole.forecast.q95
        assert whole.forecast.target_date > whole.forecast.made_at == WORLD[0].last
        assert len(month.overlays.ma50) == len(month.overlays.upper) == len(month.sessions)
        assert None not in month.overlays.ma50


async def test_an_unknown_list_is_refused_in_words(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        await client.ask(Attach())
        with pytest.raises(UnknownWatchlist, match="nosuch"):
            await client.ask(ShowList("nosuch"))


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        ('{"id": 7, "version": 99, "command": {}}', "version_mismatch"),
        (f'{{"id": 7, "version": {VERSION}, "command": {{"type": "Explode"}}}}', "bad_request"),
        ("not json", "bad_request"),
    ],
)
async def test_a_frame_of_another_version_or_shape_is_refused_in_words(tmp_path, files, frame, kind):
    async with running(tmp_path / "home", f"files:{files}") as engine:
        assert engine
        async with unix_connect(str(home(tmp_path / "home").socket), "ws://engine/") as connection:
            await connection.send(frame)
            answer = decode(await connection.recv())
            assert isinstance(answer, Refused)
            assert answer.kind == kind


async def test_a_second_life_of_a_home_keeps_bars_models_and_alarms(tmp_path, files):
    trainer = FakeTrainer()
    for _ in range(2):
        async with (
            running(tmp_path / "home", f"files:{files}", trainer=trainer),
            client_of(tmp_path / "home") as client,
        ):
            await client.ask(Scan())
    assert len(trainer.jobs) == 2  # a training, and its pass over all rows


async def test_for_tickers_that_lack_a_model_a_scan_trains_one_of_its_whole_list(tmp_path, files):
    trainer = FakeTrainer()
    async with (
        running(tmp_path / "home", f"files:{files}", trainer=trainer),
        client_of(tmp_path / "home") as client,
    ):
        await client.ask(Scan(symbols=("AAA",)))
        await client.ask(Scan())
    assert [job.x.shape[1] for job in trainer.jobs[::2]] == [len(WORLD[0]), sum(map(len, WORLD))]


@pytest.mark.parametrize("command", [Scan(symbols=("NOPE",)), Train(symbols=("NOPE",))])
async def test_a_symbol_that_no_source_knows_is_refused_in_the_sources_own_words(tmp_path, files, command):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        with pytest.raises(DataError, match="no file for this symbol"):
            await client.ask(command)


async def test_a_file_without_rows_says_that_it_is_empty(tmp_path, files):
    (files / "EMPTY.csv").write_text("Date,Close\n")
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        said = [item async for item in client.stream(FetchBars(symbols=("EMPTY",)))]
        assert (said[0].status, said[0].bars) == ("failed", 0)
        assert "EMPTY" in said[0].why


async def test_the_socket_stands_in_a_folder_of_ones_own(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"):
        folder = home(tmp_path / "home").socket.parent
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
async def test_a_folder_of_another_user_is_refused_by_both_ends(tmp_path, files):
    where = home(tmp_path / "home")
    async with running(tmp_path / "home", f"files:{files}"):
        os.chown(where.socket.parent, 12_345, 12_345)
        with pytest.raises(ForeignSocket, match="another user"):
            await connect(Options(home=tmp_path / "home"), start=False)
        with pytest.raises(ForeignSocket, match="another user"):
            prepare_folder(where.socket)
        os.chown(where.socket.parent, 0, 0)


async def test_a_peer_of_another_uid_is_turned_away(tmp_path, files, monkeypatch):
    monkeypatch.setattr("engine.server.peer_uid", lambda _: os.getuid() + 1)
    async with running(tmp_path / "home", f"files:{files}"):
        with pytest.raises(ForeignSocket, match="another user"):
            await connect(Options(home=tmp_path / "home"), start=False)


async def test_a_model_trained_further_back_does_not_take_over(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        await client.ask(Scan())
        await client.ask(Train(end=as_date(WORLD[0].sessions[300])))
        scanned = await client.ask(Scan())
        assert [row.scored for row in scanned.rows] == [True, True, True]
        assert (await client.ask(GetStatus())).status.model.trained_to == WORLD[0].last


async def test_a_list_over_two_exchanges_is_scored_where_only_one_was_open(tmp_path):
    holiday = date(2007, 5, 28)  # Memorial Day: Seoul trades, New York does not
    seoul, york = history("005930.KS", 420, seed=4), history("AAA", 420)
    york = york.rows(york.sessions != np.datetime64(holiday))
    files = write_all(tmp_path / "files", [seoul, york])
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        first = await client.ask(Scan(as_of=holiday))
        assert {row.symbol: row.scored for row in first.rows} == {"005930.KS": True, "AAA": True}
        assert await client.ask(Scan(as_of=holiday)) == first


async def test_a_fetched_stretch_leaves_no_hole_to_what_is_stored(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        for start, end in ((300, 320), (10, 20)):
            stretch = FetchBars(("AAA",), None, as_date(WORLD[0].sessions[start]), as_date(WORLD[0].sessions[end]))
            [item async for item in client.stream(stretch)]
        fetched, _ = [item async for item in client.stream(stretch)]
        assert (fetched.start, fetched.end, fetched.bars) == (stretch.start, as_date(WORLD[0].sessions[320]), 311)
        plain, _ = [item async for item in client.stream(FetchBars(("AAA",)))]
        assert plain.bars == 420


async def test_symbols_picked_by_hand_take_no_decision_away_from_the_list(tmp_path):
    files = write_all(tmp_path / "files", [shocked(WORLD[0]), *WORLD[1:]])
    home = tmp_path / "home"
    async with running(home, f"files:{files}", "alarms.budget=20"), client_of(home) as client:
        alone = await client.ask(Scan(symbols=("AAA",)))
        assert "volatility_shock" in [alarm.kind for alarm in alone.rows[0].alarms]
        assert (await client.ask(ListAlarms())).alarms == ()
        await client.ask(Scan())
        assert "AAA" in [alarm.symbol for alarm in (await client.ask(ListAlarms())).alarms]


async def test_a_list_is_shown_and_scored_while_another_one_trains(tmp_path):
    class Held(FakeTrainer):
        hold = asyncio.Event()

        async def fit(self, job, progress):
            await self.hold.wait()
            return await super().fit(job, progress)

    files = write_all(tmp_path / "files", WORLD)
    async with (
        running(tmp_path / "home", f"files:{files}", trainer=Held()),
        client_of(tmp_path / "home") as one,
        client_of(tmp_path / "home") as other,
    ):
        view = await one.ask(Attach(symbols=("AAA",)))
        await until(view, one, lambda now: bool(now.jobs) and now.jobs[0].state == "running")
        view = await other.ask(Attach(symbols=("BBB",)))
        await until(view, other, lambda now: now.rows[0].close is not None)
        Held.hold.set()
        await until(view, other, lambda now: now.rows[0].scored)


class Gated(FakeTrainer):
    """Trains when it is let."""

    def __init__(self):
        super().__init__()
        self.gate = asyncio.Event()

    async def fit(self, job, progress):
        await self.gate.wait()
        return await super().fit(job, progress)


async def test_a_training_is_shown_though_its_asker_has_left(tmp_path, files):
    trainer = Gated()
    trainer.gate.set()
    async with (
        running(tmp_path / "home", f"files:{files}", trainer=trainer),
        client_of(tmp_path / "home") as stays,
    ):
        view = await until(await stays.ask(Attach()), stays, settled)
        first = view.status.model.id
        trainer.gate.clear()
        async with client_of(tmp_path / "home") as leaves:
            asking = asyncio.create_task(leaves.ask(Train()))
            view = await until(view, stays, lambda now: now.jobs[0].state == "running")
        with pytest.raises(Unreachable):
            await asking
        trainer.gate.set()
        await until(view, stays, lambda now: now.status.model.id > first)


async def trained_twice(client):
    """Two models of the list, the second of later rows."""
    await client.ask(Train(("AAA", "BBB", "CCC"), end=DAY))
    return (await client.ask(Train(("AAA", "BBB", "CCC")))).model


async def test_models_are_shown_newest_first_and_one_is_drawn(tmp_path, files):
    async with (
        running(tmp_path / "home", f"files:{files}", trainer=Calm()),
        client_of(tmp_path / "home") as client,
    ):
        newest = await trained_twice(client)
        shown = await client.ask(GetModels("AAA"))
        assert [card.id for card in shown.models] == [newest, newest - 1]
        assert (shown.plot.model, shown.plot.symbol, shown.plot.sessions[-1]) == (newest, "AAA", WORLD[0].last)
        assert len(shown.plot.actual) == len(shown.plot.predicted) == len(shown.plot.q95)


async def test_rolled_back_every_screen_shows_the_model_before(tmp_path, files):
    async with (
        running(tmp_path / "home", f"files:{files}", trainer=Calm()),
        client_of(tmp_path / "home") as one,
        client_of(tmp_path / "home") as other,
    ):
        newest = await trained_twice(other)
        view = await until(await one.ask(Attach()), one, settled)
        assert view.status.model.id == newest
        done = await other.ask(RollBack())
        assert (done.withdrawn, done.model) == (newest, newest - 1)
        view = await until(view, one, lambda now: now.status.model.id == newest - 1)
        assert all(row.scored for row in view.rows)
        with pytest.raises(BadRequest, match="no model before"):
            await other.ask(RollBack())


async def test_a_damaged_weights_file_is_said_on_the_screen_and_a_new_model_is_trained(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        await client.ask(Train(("AAA", "BBB", "CCC")))
    (home(tmp_path / "home").data / "models" / "1.npz").write_bytes(b"PK")
    trainer = Gated()
    async with (
        running(tmp_path / "home", f"files:{files}", trainer=trainer),
        client_of(tmp_path / "home") as client,
    ):
        view = await until(await client.ask(Attach()), client, lambda now: now.status.notice)
        assert view.status.notice.startswith("model #1 cannot be used: its weights file is damaged (1.npz: ")
        view = await until(view, client, lambda now: now.jobs and now.jobs[0].state == "running")
        assert "model #1 cannot be used" in view.jobs[0].title
        trainer.gate.set()
        view = await until(view, client, settled)
        assert (view.status.model.id, view.status.notice) == (2, None)


async def test_a_job_that_a_crash_interrupted_is_offered_again_and_run(tmp_path, files):
    store = SqliteStore(home(tmp_path / "home").data)
    store.start_job("train", "train AAA", msgspec.json.encode(Train(("AAA",))).decode())
    store.close()
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        view = await until(await client.ask(Attach()), client, settled_but_for_interrupted)
        interrupted = view.jobs[-1]
        assert (interrupted.state, interrupted.again) == ("interrupted", True)
        trained = await client.ask(RetryJob(interrupted.id))
        assert trained.symbols == ("AAA",)
        view = await until(view, client, settled)
        assert interrupted.id not in [job.id for job in view.jobs]
        with pytest.raises(BadRequest, match="can be run again"):
            await client.ask(RetryJob(interrupted.id))


def settled_but_for_interrupted(view: View) -> bool:
    """Scored, and nothing under way."""
    return all(row.scored for row in view.rows) and all(job.state != "running" for job in view.jobs)


async def test_a_dismissed_job_is_gone_from_every_screen(tmp_path, files):
    store = SqliteStore(home(tmp_path / "home").data)
    store.start_job("train", "train AAA", msgspec.json.encode(Train(("AAA",))).decode())
    store.close()
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        view = await until(await client.ask(Attach()), client, settled_but_for_interrupted)
        await client.ask(DismissJob(view.jobs[-1].id))
        await until(view, client, settled)


async def test_a_scheduled_training_that_is_rejected_waits_as_long_for_the_next_one(tmp_path, files):
    trainer = Changing()
    async with (
        running(
            tmp_path / "home", f"files:{files}", "model.retrain_every=10", 'model.preset="article"', trainer=trainer
        ),
        client_of(tmp_path / "home") as client,
    ):
        await client.ask(Train(("AAA", "BBB", "CCC"), end=DAY))
        trainer.wild = True
        view = await until(await client.ask(Attach()), client, lambda now: len(now.jobs) == 2 and settled(now))
        assert view.jobs[0].title.endswith(": 19 sessions since the last training")
        assert view.status.model.id == 1
        models = (await client.ask(GetModels())).models
        assert [card.status for card in models] == ["rejected", "champion"]


class Changing(FakeTrainer):
    """Calm at first, then wild."""

    wild = False

    async def fit(self, job, progress):
        return await (Wild() if self.wild else Calm()).fit(job, progress)
