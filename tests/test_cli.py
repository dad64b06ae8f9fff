"""The command as a person types it, with a real engine process behind it."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.__main__ import main as engine_main
from tests.engines import write_all
from tests.worlds import history

SAMPLE = Path(__file__).parent.parent / "watchlists" / "sample"


class Shell:
    """Runs `whipsaw` on a home of its own, and ends its engine afterwards."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "WHIPSAW_HOME": str(home), "COLUMNS": "100", "NO_COLOR": "1"}

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "tui", *words],
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.home.parent,
            timeout=100,
            check=False,
        )

    def json(self, *words: str):
        said = self(*words, "--json")
        return [json.loads(line) for line in said.stdout.splitlines()]


@pytest.fixture
def shell(tmp_path):
    shell = Shell(tmp_path / "home")
    yield shell
    if (shell.home / "engine.lock").exists():
        shell("engine", "stop")


@pytest.fixture
def files(tmp_path):
    return write_all(tmp_path / "files", [history(name, 300, seed=seed) for seed, name in enumerate(("AAA", "BBB"))])


def test_an_engine_is_started_found_again_and_stopped(shell, files):
    source = f"files:{files}"
    assert shell.json("engine", "status")[0]["running"] is False
    started = shell.json("engine", "start", "--source", source)[0]
    (status,) = shell.json("engine", "status")
    assert (status["running"], status["pid"], status["source"]) == (True, started["pid"], source)
    assert set(status) == {"running", "pid", "version", "home", "source", "screens", "jobs", "model", "uptime_s"}
    assert shell.json("engine", "stop")[0]["done"] == "stop"


def test_a_second_engine_on_a_home_is_refused_and_told_the_firsts_pid(shell, files):
    first = shell.json("engine", "start", "--source", f"files:{files}")[0]["pid"]
    second = shell("engine", "run")
    assert second.returncode == 1
    assert f"pid {first}" in second.stderr


def test_a_command_with_another_source_is_refused_in_words(shell, files, tmp_path):
    shell("engine", "start", "--source", f"files:{files}")
    refused = shell("fetch", "--source", f"files:{tmp_path}", "--json")
    error = json.loads(refused.stdout)["error"]
    assert (refused.returncode, error["kind"]) == (2, "unknown_source")
    assert "--home" in error["do"]


def test_fetch_says_a_line_a_symbol_and_fails_if_one_did(shell, files):
    said = shell("fetch", "AAA", "NOPE", "--source", f"files:{files}", "--json")
    rows = {row["symbol"]: row for row in map(json.loads, said.stdout.splitlines())}
    assert rows["AAA"] == {"symbol": "AAA", "status": "updated", "bars": 300, "from": "2006-01-02", "to": "2007-02-23"}
    assert rows["NOPE"]["status"] == "failed"
    assert said.returncode == 1


def test_there_is_no_alarm_on_an_empty_home(shell, files):
    assert shell.json("alarms", "--source", f"files:{files}") == [[]]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("scna",), "did you mean `whipsaw scan`?"),
        (("scan", "--asof", "2008-09-15"), "--asof"),
        (("scan", "--as-of", "15.9.2008"), "YYYY-MM-DD"),
        (("replay", "--from", "2008-01-01"), "--to"),
        (("engine", "explode"), "explode"),
        (("train", "--bogus"), "`whipsaw train --help` shows what there is"),
        (("engine", "run", "--source=--x"), "(received: --x). known: yahoo"),
        (("--source", "telepathy", "fetch"), "known: yahoo, krx, files:DIR, replay, replay:DIR"),
        (("--source", "files:/no/such/folder", "fetch"), "/no/such/folder"),
    ],
)
def test_bad_usage_ends_with_status_2_and_says_what_to_do(shell, words, says):
    said = shell(*words)
    assert (said.returncode, said.stdout) == (2, "")
    assert says in said.stderr
    assert "Traceback" not in said.stderr


def test_the_engines_own_usage_shows_what_people_may_say_to_it_and_no_more(capsys):
    with pytest.raises(SystemExit):
        engine_main(["--bogus"])
    usage = capsys.readouterr().err
    assert usage.startswith("usage: whipsaw engine run")
    assert set(re.findall(r"--[a-z-]+", usage)) == {"--home", "--config", "--source", "--log-level", "--bogus"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[modle]\n", "line 1: unknown key modle (received: modle). the nearest known key is model"),
        ("[model]\nepochs = 'many'\n", "line 2: model.epochs: Expected `int`, got `str`"),
        ("watchlist = \n", "is not TOML"),
    ],
)
def test_a_bad_settings_file_is_named_with_line_and_key(shell, text, says):
    shell.home.mkdir()
    (shell.home / "config.toml").write_text(text)
    said = shell("fetch")
    assert said.returncode == 2
    assert says in said.stderr


def test_the_first_run_writes_settings_that_hold(shell, files):
    shell("engine", "start", "--source", f"files:{files}")
    assert shell("config", "check").returncode == 0
    assert "#budget = 2.0" in (shell.home / "config.toml").read_text()


def test_the_users_own_days_are_checked_with_the_settings(shell):
    days = shell.home / "calendars.toml"
    shell.home.mkdir()
    assert shell("config", "path").stdout.splitlines() == [str(shell.home / "config.toml"), str(days)]
    assert f"{days}: not there" in shell("config", "check").stdout
    assert "[[session]]" in shell("config", "show").stdout
    days.write_text('[[session]]\nexchange = "XKRX"\ndate = 2026-06-03\nclosed = true\n')
    (good,) = shell.json("config", "check")
    assert (good["good"], good["calendars"], good["days"]) == (True, str(days), 1)
    assert shell.json("config", "show")[0]["calendars"] == days.read_text()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[session]]\nexchange = "XKRX"\ndate = 2026-06-03\nopend = "10:00"\n', "line 4, key opend: unknown key"),
        ('[[session]]\nexchange = "XKRX"\ndate = 2026-06-03\nopen = "25:00"\n', "allowed is a time of that exchange"),
        ("[[session]\n", "is not TOML"),
    ],
)
def test_a_bad_day_of_ones_own_is_named_with_line_key_and_what_is_allowed(shell, text, says):
    shell.home.mkdir()
    (shell.home / "calendars.toml").write_text(text)
    said = shell("config", "check")
    assert (said.returncode, said.stdout) == (2, "")
    assert says in said.stderr
    assert str(shell.home / "calendars.toml") in said.stderr


def test_a_malformed_row_is_left_out_and_named_with_line_and_what_was_received(shell, files):
    path = files / "AAA.csv"
    lines = path.read_text().splitlines()
    lines[7] = "2006-01-10,1,2,3,abc,5"
    path.write_text("\n".join(lines))
    (row,) = shell.json("fetch", "AAA", "--source", f"files:{files}")
    assert (row["status"], row["bars"]) == ("updated", len(lines) - 2)
    for word in ("1 row left out", "AAA.csv", "8", "abc"):
        assert word in row["why"]


def test_a_malformed_file_is_refused_and_nothing_of_it_is_stored(shell, files):
    path = files / "AAA.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *("2006-01-10,1,2,3,abc,5" for _ in rows)]))
    (row,) = shell.json("fetch", "AAA", "--source", f"files:{files}")
    assert (row["status"], row["bars"]) == ("failed", 0)
    assert "AAA.csv" in row["why"]


def test_a_damaged_store_is_refused_in_words_and_left_as_it_is(shell, files):
    shell("engine", "start", "--source", f"files:{files}")
    shell("engine", "stop")
    store = shell.home / "whipsaw.db"
    for file in shell.home.glob("whipsaw.db-*"):
        file.unlink()
    store.write_bytes(b"not a database, " * 400)
    said = shell("fetch", "--source", f"files:{files}")
    assert said.returncode == 1
    assert "damaged" in said.stderr
    assert store.read_bytes().startswith(b"not a database")


def test_a_replay_never_begins_in_a_home_that_holds_a_store(shell, files):
    shell("fetch", "--source", f"files:{files}")
    shell("engine", "stop")
    said = shell("engine", "start", "--source", "replay")
    assert said.returncode == 1
    assert "a home of its own" in said.stderr
    assert (shell.home / "whipsaw.db").exists()


def test_a_replay_that_begins_anew_is_not_paused(shell):
    shell.home.mkdir()
    (shell.home / "paused").touch()
    assert shell("engine", "start", "--source", "replay").returncode == 0
    assert not (shell.home / "paused").exists()


def test_after_kill_9_the_next_command_starts_an_engine_and_nothing_committed_is_lost(shell, files):
    source = f"files:{files}"
    shell("fetch", "--source", source)
    pid = shell.json("engine", "status")[0]["pid"]
    os.kill(pid, signal.SIGKILL)
    rows = shell.json("fetch", "--source", source)
    assert sorted((row["symbol"], row["status"], row["bars"]) for row in rows) == [
        ("AAA", "fresh", 300),
        ("BBB", "fresh", 300),
    ]
    assert shell.json("engine", "status")[0]["pid"] != pid


BRIEFLY = "[model]\nepochs = 2\n"
"""A model that has learned little is trained all the way."""


@pytest.mark.timeout(300)  # the trainer starts twice
def test_scan_as_of_lehman_is_the_same_to_the_bit_with_and_without_the_rows_after_it(tmp_path):
    """The real trainer, two fresh homes, four real tickers: every row scored, every row with a forecast."""
    until = tmp_path / "until"
    until.mkdir()
    for path in SAMPLE.glob("*.csv"):
        lines = path.read_text().splitlines()
        kept = [line for line in lines[1:] if line[:10] <= "2008-09-15"]
        if kept:
            (until / path.name).write_text("\n".join([lines[0], *kept]) + "\n")
    answers = []
    for name, folder in (("whole", SAMPLE), ("until", until)):
        shell = Shell(tmp_path / f"home-{name}")
        shell.home.mkdir()
        (shell.home / "config.toml").write_text(BRIEFLY)
        said = shell("scan", "--as-of", "2008-09-15", "--json", "--source", f"files:{folder}")
        shell("engine", "stop")
        assert said.returncode == 0, said.stderr
        answers.append(said.stdout)
    assert answers[0] == answers[1]
    scanned = json.loads(answers[0])
    assert scanned["as_of"] == "2008-09-15"
    assert [row["symbol"] for row in scanned["rows"]] == ["AAPL", "GOOG", "IBM", "MSFT"]
    for row in scanned["rows"]:
        forecast = row["forecast"]
        assert (row["scored"], row["why"], forecast["made_at"]) == (True, None, "2008-09-15")
        assert (forecast["target_date"], forecast["horizon"]) == ("2008-09-16", 1)
        assert forecast["q05"] < forecast["q25"] < forecast["q50"] < forecast["q75"] < forecast["q95"]


@pytest.mark.timeout(300)  # the trainer starts, and two months are played
def test_the_headless_demo_plays_the_sample_and_tells_what_fired(tmp_path):
    shell = Shell(tmp_path / "home")
    (settings := tmp_path / "config.toml").write_text(BRIEFLY)
    lines = shell.json("demo", "--from", "2008-09-02", "--to", "2008-10-31", "--config", str(settings))
    shell("engine", "stop", "--home", str(shell.home / "demo-headless"))
    *events, done = lines
    assert (done["event"], done["sessions"], done["symbols"]) == ("done", 44, 4)
    assert ("2008-09-17", "AAPL", "drift") in [(each["at"], each["symbol"], each["kind"]) for each in events]
    assert len([each for each in events if each["event"] == "opened"]) == done["alarms"] < 10


def test_several_clients_that_start_at_once_share_one_engine(shell, files):
    words = [sys.executable, "-P", "-m", "tui", "alarms", "--json", "--source", f"files:{files}"]
    clients = [
        subprocess.Popen(words, env=shell.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [client.communicate(timeout=60) for client in clients] == [("[]\n", "")] * 3


def test_settings_that_are_no_table_are_named_even_with_a_source_on_the_command_line(shell, files):
    shell.home.mkdir()
    (shell.home / "config.toml").write_text("source = 'yahoo'\n")
    said = shell("fetch", "--source", f"files:{files}")
    assert said.returncode == 2
    assert "line 1: source: Expected `object`, got `str`" in said.stderr


def test_a_portfolio_is_imported_edited_and_shown(shell, files, tmp_path):
    (tmp_path / "port.csv").write_text(
        "\ufeffSymbol;Name;Quantity;Purchase Price\nBRK.B;Berkshire;2,5;400,25\nAAA;;;\n??;;;\n"
    )
    imported = shell("watchlist", "import", str(tmp_path / "port.csv"), "--source", f"files:{files}", "--json")
    assert json.loads(imported.stdout)["added"] == ["BRK-B", "AAA"]
    assert "line 4: not a symbol (received: ??)" in imported.stderr
    own = shell.home / "watchlists" / "port.toml"
    own.write_text(own.read_text() + "\n# to be looked at\n")
    assert shell.json("watchlist", "add", "BBB", "-w", "port") == [
        {"watchlist": "port", "added": ["BBB"], "removed": [], "rules": [], "notes": []}
    ]
    assert shell("watchlist", "remove", "AAA", "-w", "port").stdout == "port: removed AAA\n"
    (shown,) = shell.json("watchlist", "show", "port")
    assert [(each["symbol"], each["shares"], each["cost"]) for each in shown["tickers"]] == [
        ("BRK-B", 2.5, 400.25),
        ("BBB", None, None),
    ]
    assert "# to be looked at" in own.read_text()


def test_a_broken_watchlist_is_named_with_line_and_key(shell, files):
    (shell.home / "watchlists").mkdir(parents=True)
    (shell.home / "watchlists" / "mine.toml").write_text('[[ticker]]\nsymbol = "AAA"\nshares = "ten"\n')
    said = shell("watchlist", "show", "mine", "--source", f"files:{files}")
    assert (said.returncode, said.stdout) == (2, "")
    assert "mine.toml, line 3, key shares: not a number (received: ten)" in said.stderr
