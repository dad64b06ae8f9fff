"""A screen that stands at an earlier session sees what was known after it, and nothing that came later."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import msgspec
import numpy as np
import pytest

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.store import SqliteStore
from engine.core.bars import Action, as_date
from engine.errors import BadRequest, UnknownSymbol
from engine.gate import Gate
from engine.ports import Ticker
from engine.protocol import (
    Acknowledge,
    AddSymbol,
    Attach,
    Explain,
    Feed,
    GetChart,
    GetModels,
    Inspect,
    ListAlarms,
    Mute,
    PauseReplay,
    Refresh,
    RemoveSymbol,
    RollBack,
    Snooze,
    Train,
    Tune,
)
from engine.services.timeline import Timeline
from engine.services.watch import Watch
from tests.engines import client_of, running, until, write_all
from tests.worlds import corrupted, history, shocked

CALENDAR = ExchangeCalendars()
ROWS = 430
NAMES = ("AAA", "BBB", "CCC")


def on_sessions(of):
    """The same bars, on sessions of New York."""
    days = CALENDAR.between("XNYS", date(2006, 1, 3), date(2009, 12, 31))
    return replace(of, sessions=np.array(days[: len(of)], "datetime64[D]"))


WORLD = [on_sessions(history(name, ROWS, seed=seed)) for seed, name in enumerate(NAMES)]
DAYS = [as_date(session) for session in WORLD[0].sessions]
THEN = 400
"""The row of the session that is looked back at."""
DAY, LAST = DAYS[THEN], DAYS[-1]


def known_by(row, world):
    """What had happened by then; the newest bars are a shock, so that there is something to tell of."""
    return [shocked(each.rows(slice(0, row + 1))) for each in world]


def whole(world=WORLD):
    """All of it: the shock of then, and what came after."""
    then = known_by(THEN, world)
    columns = ("open", "high", "low", "close", "volume")
    return [
        replace(all_of, **{name: np.append(getattr(one, name), getattr(all_of, name)[THEN + 1 :]) for name in columns})
        for one, all_of in zip(then, world, strict=True)
    ]


def scored(view):
    return (
        bool(view.rows)
        and all(row.scored for row in view.rows)
        and not any(job.state == "running" for job in view.jobs)
    )


async def grown(client, folder, world):
    """More bars have come, and alarms were decided on them."""
    write_all(folder, world)
    await client.ask(Refresh())


def content(view):
    """What is told of the list: without the engine's own state, and without which sessions there are later."""
    sessions = tuple(each for each in view.status.sessions if each <= view.status.as_of)
    own = {"pid": 0, "started": 0.0, "home": "", "source": "", "screens": 0, "version": "", "feed": Feed()}
    told = msgspec.structs.replace(view.status, sessions=sessions, **own)
    return msgspec.json.encode(msgspec.structs.replace(view, status=told, jobs=()))


async def seen_at(client, day):
    """All that a screen is told that stands at a day, as bytes."""
    view = await client.ask(Attach(as_of=day))
    charts = [await client.ask(GetChart(name, span)) for name in NAMES for span in ("6M", "max")]
    kinds = [await client.ask(Explain(name)) for name in NAMES]
    models = await client.ask(GetModels("AAA"))
    cards = [msgspec.structs.replace(card, made_at=None, seconds=None) for card in models.models]
    return content(view), *map(msgspec.json.encode, (*charts, *kinds, cards, models.plot))


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """What is seen of a day when it is not the last one any more, by what came after it."""
    folder = tmp_path_factory.mktemp("lived")

    async def live(name, later):
        files = write_all(folder / name, known_by(THEN, WORLD))
        async with (
            running(folder / f"{name}-home", f"files:{files}") as _,
            client_of(folder / f"{name}-home") as client,
        ):
            now = await until(await client.ask(Attach()), client, scored)
            for row in (THEN + 1, THEN + 2, ROWS - 1):
                await grown(client, files, [each.rows(slice(0, row + 1)) for each in later])
            return now, await seen_at(client, DAY), await client.ask(Attach(as_of=DAY))

    worlds = {"plain": whole()}
    for how in ("x10", "random"):
        worlds[how] = [corrupted(each, THEN, how, seed=4) for each in whole()]
    # all but the last one, for without it the day would be now
    worlds["removed"] = [each.rows((np.arange(ROWS) <= THEN) | (np.arange(ROWS) == ROWS - 1)) for each in whole()]
    return {name: asyncio.run(live(name, later)) for name, later in worlds.items()}


@pytest.mark.parametrize("how", ["x10", "random", "removed"])
def test_whatever_comes_later_a_day_looks_the_same_to_the_byte(lived, how):
    assert lived[how][1] == lived["plain"][1]


def test_a_day_looks_as_it_did_when_it_was_now(lived):
    now, _, then = lived["plain"]
    assert then.alarms == now.alarms
    assert then.alarms
    assert [without_fetch(row) for row in then.rows] == [without_fetch(row) for row in now.rows]
    assert (then.status.model, then.status.alarms) == (now.status.model, now.status.alarms)


def without_fetch(row):
    return msgspec.structs.replace(row, fetched_at=None, value=None, pnl=None)


def test_nothing_of_a_later_day_is_told(lived):
    _, told, view = lived["plain"]
    later = {day.isoformat() for day in DAYS[THEN + 12 :]}  # forecasts reach ten sessions ahead
    assert not [day for part in (content(view), *told) for day in later if day.encode() in part]


@pytest.fixture
async def engine(tmp_path):
    """An engine whose list is scored, with a client that watches it as it is now."""
    files = write_all(tmp_path / "files", whole())
    async with running(tmp_path / "home", f"files:{files}") as engine, client_of(tmp_path / "home") as client:
        await until(await client.ask(Attach()), client, scored)
        yield tmp_path / "home", client, engine


async def test_two_screens_look_at_the_same_list_one_at_now_and_one_at_a_day(engine):
    home, now, _ = engine
    async with client_of(home) as other:
        then = await other.ask(Attach(as_of=DAY))
        here = await now.ask(Attach())
        assert (then.status.as_of, here.status.as_of) == (DAY, None)
        assert {row.session for row in then.rows} == {DAY}
        assert {row.session for row in here.rows} == {LAST}
        assert here.status.screens == 2
        assert (await other.ask(GetChart("AAA", "6M"))).sessions[-1] == DAY
        assert (await now.ask(GetChart("AAA", "6M"))).sessions[-1] == LAST


async def test_what_happens_now_does_not_move_a_screen_that_stands_at_a_day(engine):
    home, now, _ = engine
    async with client_of(home) as other:
        then = await other.ask(Attach(as_of=DAY))
        await now.ask(Train())
        still = await until(
            then, other, lambda view: any(job.state == "done" for job in view.jobs if job not in then.jobs)
        )
        assert (still.rows, still.alarms, still.watchlist) == (then.rows, then.alarms, then.watchlist)
        assert content(still) == content(then)


@pytest.mark.parametrize(
    "command",
    [
        *(Acknowledge(1), Snooze(1), Mute(1), AddSymbol("DDD"), RemoveSymbol("AAA")),
        *(Refresh(), Train(), Tune(), RollBack(), PauseReplay(True)),
    ],
    ids=lambda command: type(command).__name__,
)
async def test_what_would_change_anything_is_refused_at_a_day(engine, command):
    _, client, _ = engine
    await client.ask(Attach(as_of=DAY))
    with pytest.raises(BadRequest, match=f"you are at {DAY}, from where nothing is changed. go back to now first"):
        await client.ask(command)


async def test_back_at_now_it_is_done_again(engine):
    _, client, _ = engine
    await client.ask(Attach(as_of=DAY))
    await client.ask(Attach())
    await client.ask(Refresh())


async def test_what_changes_nothing_is_answered_at_a_day(engine):
    _, client, _ = engine
    await client.ask(Attach(as_of=DAY))
    inspection = await client.ask(Inspect())
    assert [seat.own for seat in inspection.seats] == [True]
    await client.ask(ListAlarms())


@pytest.mark.parametrize("day", [DAYS[0] - timedelta(days=1), LAST + timedelta(days=1)])
async def test_a_day_that_is_not_stored_is_refused_with_the_first_and_the_last_that_are(engine, day):
    _, client, _ = engine
    with pytest.raises(BadRequest, match=rf"{day}.*stored are {DAYS[0]} to {LAST}"):
        await client.ask(Attach(as_of=day))


async def test_the_last_stored_session_is_now(engine):
    _, client, _ = engine
    assert (await client.ask(Attach(as_of=LAST))).status.as_of is None


async def test_a_day_without_a_session_is_the_one_before(engine):
    _, client, _ = engine
    monday = next(at for at in range(THEN - 40, THEN) if (DAYS[at] - DAYS[at - 1]).days == 3)
    view = await client.ask(Attach(as_of=DAYS[monday] - timedelta(days=1)))
    assert view.status.as_of == DAYS[monday - 1]


async def test_the_sessions_to_step_to_lie_on_both_sides(engine):
    _, client, _ = engine
    status = (await client.ask(Attach(as_of=DAY))).status
    at = status.sessions.index(DAY)
    assert status.sessions[at - 5 : at + 6] == tuple(DAYS[THEN - 5 : THEN + 6])
    assert status.first == DAYS[0]


async def test_at_the_first_session_there_is_none_before(engine):
    _, client, _ = engine
    status = (await client.ask(Attach(as_of=DAYS[0]))).status
    assert (status.as_of, status.sessions[0]) == (DAYS[0], DAYS[0])


async def test_an_earlier_model_being_gone_no_later_one_speaks(engine):
    _, client, _ = engine
    view = await client.ask(Attach(as_of=DAYS[THEN - 100]))
    assert view.status.model is None
    assert {row.why for row in view.rows} == {"no model yet"}
    assert {row.forecast for row in view.rows} == {None}


async def test_another_list_is_shown_at_the_same_day(tmp_path):
    files = write_all(tmp_path / "files", whole())
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        (tmp_path / "home" / "watchlists").mkdir(parents=True, exist_ok=True)
        await until(await client.ask(Attach()), client, scored)
        view = await client.ask(Attach(symbols=("AAA",), as_of=DAY))
        assert ([row.symbol for row in view.rows], view.status.as_of) == (["AAA"], DAY)


async def test_within_the_day_what_is_not_kept_is_refused_in_words(engine):
    _, client, _ = engine
    await client.ask(Attach(as_of=DAY))
    with pytest.raises(UnknownSymbol, match=f"no prices within the day of AAA are kept of {DAY}"):
        await client.ask(GetChart("AAA", "1D"))


async def test_a_replay_waits_while_every_screen_is_away_and_goes_on_when_one_comes_back(tmp_path):
    async with running(tmp_path, "replay", "replay.speed=100"), client_of(tmp_path) as client:
        view = await until(await client.ask(Attach()), client, lambda now: now.status.model is not None)
        view = await until(
            view, client, lambda now: now.status.replay.state == "running" and now.status.replay.index > 8
        )
        then = await client.ask(Attach(as_of=view.status.sessions[-4]))
        assert then.status.replay is None
        one = await client.ask(Attach())
        await client.ask(Attach(as_of=one.status.sessions[-4]))
        two = await client.ask(Attach())
        assert two.status.session <= one.status.sessions[-1] + timedelta(days=8)
        await until(two, client, lambda now: now.status.session > two.status.session)


def test_prices_are_in_the_shares_of_the_day():
    split = Action(DAYS[THEN + 5], 2.0, known_at=DAYS[THEN + 3])
    of = replace(WORLD[0], actions=(split,))
    share = np.where(np.arange(ROWS) > THEN + 4, 2.0, 1.0)
    traded = {name: getattr(of, name) / share for name in ("open", "high", "low", "close")}
    store = SqliteStore(None)
    store.add_bars(replace(of, **traded), "test", 1.0)
    watch = Watch(store, Gate(store, CALENDAR), CALENDAR)
    then, now = (watch.chart(Ticker("AAA"), "3M", day) for day in (DAY, None))
    assert then.close[-1] == pytest.approx(of.close[THEN])
    assert now.close[now.sessions.index(DAY)] == pytest.approx(of.close[THEN] / 2)
    store.close()


@pytest.mark.parametrize(("told", "last"), [(DAY, DAY), (None, LAST), (DAYS[0] - timedelta(days=9), LAST)])
def test_what_came_after_the_session_that_the_list_shows_is_not_on_its_chart(told, last):
    store = SqliteStore(None)
    store.add_bars(WORLD[0], "test", 1.0)
    chart = Watch(store, Gate(store, CALENDAR), CALENDAR).chart(Ticker("AAA"), "3M", told=told)
    assert (chart.sessions[-1], len(chart.close)) == (last, len(chart.sessions))
    store.close()


def test_a_list_of_nothing_has_no_sessions():
    store = SqliteStore(None)
    timeline = Timeline(store, CALENDAR)
    assert timeline.around(("AAA",), None).sessions == ()
    with pytest.raises(BadRequest, match="no session is stored yet"):
        timeline.meant(("AAA",), DAY)
    store.close()
