"""Headless commands on files and symbols, against an engine whose answers are given."""

import asyncio
import json
from contextlib import asynccontextmanager

import msgspec
import pytest

from engine.adapters.clock import SystemClock
from engine.board.visitors import Visitors
from engine.cli import main
from engine.client import Lease
from engine.errors import SourceError
from engine.home import home
from engine.protocol import (
    AddTickers,
    Edited,
    ExportBars,
    Exported,
    Fetched,
    ImportBars,
    ImportWatchlist,
    Note,
    Ok,
    Preview,
    RemoveTickers,
    Search,
    SearchHit,
    SearchResults,
    ShowWatchlist,
)
from engine.server import serve


class NoBoards:
    """Boards on which nothing changes."""

    def __init__(self):
        self.visitors = Visitors(SystemClock())

    def listen(self, _listener):
        return lambda: None


class FakeDesk:
    """Says what it was given to say, and keeps what it was asked."""

    def __init__(self, *said):
        self.boards = NoBoards()
        self.asked = []
        self.said = said

    async def carry_out(self, command, _visitor, say):
        self.asked.append(command)
        *progress, result = self.said
        for item in progress:
            say(item)
        if isinstance(result, Exception):
            raise result
        return result


@asynccontextmanager
async def answering(folder, desk):
    """A desk behind a real socket, where the command line looks for it."""
    where = home(folder)
    server = await serve(desk, where.socket, rate=20.0)
    where.lock_file.parent.mkdir(parents=True, exist_ok=True)
    where.lock_file.write_bytes(msgspec.json.encode(Lease(1, str(where.socket), "yahoo")))
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
def whipsaw(tmp_path, capsys):
    """Runs a command line against a desk; gives exit status, lines of standard output, and standard error."""

    async def run(desk, *words):
        async with answering(tmp_path / "home", desk):
            status = await asyncio.to_thread(main, [*words, "--home", str(tmp_path / "home")])
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err

    return run


FOUND = SearchResults((SearchHit("005930.KS", "Samsung Electronics", "KSC", "equity"),))
TAKEN = Fetched("AAPL", "updated", 300)
LEFT = Fetched("IBM", "failed", 0, why="IBM.csv, line 3: not a number (received: abc)")


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("watchlist", "show"), ShowWatchlist()),
        (("watchlist", "show", "mine"), ShowWatchlist("mine")),
        (("watchlist", "show", "-w", "mine"), ShowWatchlist("mine")),
        (("watchlist", "add", "aapl", "BRK.B", "-w", "mine"), AddTickers(("AAPL", "BRK.B"), "mine")),
        (("watchlist", "add", "AAPL", "-w", "mine", "--new"), AddTickers(("AAPL",), "mine", new=True)),
        (("watchlist", "remove", "aapl"), RemoveTickers(("AAPL",))),
        (("watchlist", "import", "/a/port.csv"), ImportWatchlist("/a/port.csv")),
        (("watchlist", "import", "/a/port.csv", "--name", "mine"), ImportWatchlist("/a/port.csv", "mine")),
        (("watchlist", "search", "samsung", "elec"), Search("samsung elec")),
        (
            ("watchlist", "set", "alarms.budget=1", "AAPL.off=drift", "-w", "mine"),
            Preview(("alarms.budget=1", "AAPL.off=drift"), watchlist="mine", of_list=True),
        ),
        (("import", "/a/AAPL.csv", "/a/IBM.csv"), ImportBars(("/a/AAPL.csv", "/a/IBM.csv"))),
        (("export", "--csv", "/out", "aapl"), ExportBars("/out", "csv", ("AAPL",))),
        (("export", "--parquet", "/out", "-w", "mine"), ExportBars("/out", "parquet", (), "mine")),
    ],
)
async def test_a_command_line_is_one_command_to_the_engine(whipsaw, words, asked):
    desk = FakeDesk(SourceError("not today"))
    await whipsaw(desk, *words)
    assert desk.asked == [asked]


@pytest.mark.parametrize("words", [("import", "AAPL.csv"), ("watchlist", "import", "AAPL.csv")])
async def test_a_file_is_named_in_full_for_the_engine_stands_elsewhere(whipsaw, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    desk = FakeDesk(SourceError("not today"))
    await whipsaw(desk, *words)
    assert str(tmp_path / "AAPL.csv") in msgspec.json.encode(desk.asked[0]).decode()


async def test_what_a_search_found_is_one_list_in_json(whipsaw):
    status, out, _ = await whipsaw(FakeDesk(FOUND), "watchlist", "search", "samsung", "--json")
    assert (status, [json.loads(line) for line in out]) == (0, [[msgspec.to_builtins(FOUND.hits[0])]])


async def test_an_import_fails_where_one_file_did_and_says_a_line_a_symbol(whipsaw):
    status, out, _ = await whipsaw(FakeDesk(TAKEN, LEFT, Ok()), "import", "AAPL.csv", "IBM.csv", "--json")
    assert (status, [json.loads(line)["status"] for line in out]) == (1, ["updated", "failed"])


async def test_an_import_of_good_files_ends_with_status_0(whipsaw):
    assert (await whipsaw(FakeDesk(TAKEN, Ok()), "import", "AAPL.csv"))[0] == 0


async def test_an_export_says_a_line_a_file_and_a_note_cannot_steer_the_terminal(whipsaw):
    desk = FakeDesk(Note("IBM: no bars are stored\x1b[2J"), Exported("AAPL", "/out/AAPL.csv", 300), Ok())
    status, out, err = await whipsaw(desk, "export", "--csv", "/out", "--json")
    assert [json.loads(line) for line in out] == [{"symbol": "AAPL", "file": "/out/AAPL.csv", "bars": 300}]
    assert (status, err) == (0, "IBM: no bars are stored [2J\n")


async def test_what_there_is_to_say_of_an_edit_goes_to_standard_error(whipsaw):
    desk = FakeDesk(Edited("mine", added=("BRK-B",), notes=("line 2: junk\x1b[2J",)))
    status, out, err = await whipsaw(desk, "watchlist", "import", "port.csv")
    assert (status, out, err) == (0, ["mine: added BRK-B"], "line 2: junk [2J\n")


async def test_a_refusal_is_words_on_standard_error_and_an_object_in_json(whipsaw):
    desk = FakeDesk(SourceError("Yahoo does not answer", do="try again later"))
    status, out, err = await whipsaw(desk, "watchlist", "search", "x", "--json")
    error = {"kind": "source", "message": "Yahoo does not answer", "do": "try again later"}
    assert (status, [json.loads(line) for line in out]) == (1, [{"error": error}])
    assert err == "whipsaw: Yahoo does not answer. try again later\n"
