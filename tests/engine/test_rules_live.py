"""config.toml edited while an engine runs: the alarms' rules hold at once, as was said before they were saved."""

from pathlib import Path

import pytest

from engine.client import connect
from engine.config import assignment, save
from engine.home import Options, home
from engine.protocol import Attach, Explain, Explanation, Preview, Previewed, Stop, View
from tests.engines import client_of, running, until, write_all
from tests.worlds import history, shocked

CHANGES = ("alarms.budget=20", "alarms.alerts=5", "alarms.kinds.drift=0")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    worlds = [shocked(history("AAA", 420)), *(history(name, 420, seed=at) for at, name in enumerate(("BBB", "CCC")))]
    return write_all(tmp_path / "files", worlds)


def budgeted(view: View) -> float | None:
    return view.status.alarms.budgeted if view.status.alarms else None


async def counted(client, *changes: str) -> Previewed:
    told = await client.ask(Preview(changes))
    assert isinstance(told, Previewed)
    return told


async def scored(client) -> View:
    view = await client.ask(Attach())
    assert isinstance(view, View)
    return await until(view, client, lambda now: bool(now.rows) and all(row.scored for row in now.rows))


async def test_rules_edited_on_disk_are_in_force_at_once_with_the_effect_that_was_said(
    tmp_path: Path, files: Path
) -> None:
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        view = await scored(client)
        before = await counted(client, *CHANGES)
        assert before.then != before.now
        save(home(tmp_path / "home").config_file, [assignment(each) for each in CHANGES])
        await until(view, client, lambda now: budgeted(now) == 60)
        after = await counted(client)
        assert after.now == before.then
        told = await client.ask(Explain("AAA"))
        assert isinstance(told, Explanation)
        assert [each.kind for each in told.kinds if each.state == "off"] == ["drift"]


async def test_a_file_that_cannot_be_used_is_said_and_the_last_good_rules_stay_until_it_can(
    tmp_path: Path, files: Path
) -> None:
    file = home(tmp_path / "home").config_file
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        view = await scored(client)
        file.write_text("[alarms]\nbudget = many\n")
        view = await until(view, client, lambda now: "config.toml" in (now.status.notice or ""))
        assert "line 2" in (view.status.notice or "")
        assert budgeted(view) == 6
        file.write_text("[alarms]\nbudget = 1\n")
        view = await until(view, client, lambda now: budgeted(now) == 3)
        await until(view, client, lambda now: now.status.notice is None)


async def test_an_engine_in_a_process_of_its_own_takes_them_up_too(tmp_path: Path) -> None:
    # too short to be trained on: no trainer is started
    files = write_all(tmp_path / "files", [history(name, 100, seed=at) for at, name in enumerate(("AAA", "BBB"))])
    options = Options(home=tmp_path / "home", source=f"files:{files}")
    client = await connect(options)
    try:
        view = await client.ask(Attach())
        assert isinstance(view, View)
        view = await until(view, client, lambda now: budgeted(now) == 4)
        save(options.where.config_file, [assignment("alarms.budget=7")])
        await until(view, client, lambda now: budgeted(now) == 14)
    finally:
        await client.ask(Stop())
        await client.close()
