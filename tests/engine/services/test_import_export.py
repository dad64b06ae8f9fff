"""Histories into the store and out of it, by real files and a real store."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.files import FileSource, HistoryFiles
from engine.adapters.store import SqliteStore
from engine.core.bars import Action, as_date, log_returns
from engine.errors import BadFile, BadRequest, DataError
from engine.gate import Gate
from engine.services.exporting import ExportBars
from engine.services.importing import ImportFiles
from tests.engines import write_csv
from tests.worlds import history

CALENDAR = ExchangeCalendars()
PLAIN = history(rows=200)


class Stopped:
    """A clock that stands at the end of 2007."""

    def now(self):
        return 1_199_000_000.0


@pytest.fixture
def store():
    store = SqliteStore(None)
    yield store
    store.close()


@pytest.fixture
def imported(store):
    clock = Stopped()
    return ImportFiles(HistoryFiles(), store, Gate(store, CALENDAR, clock), CALENDAR, clock)


def same(one, other):
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


# --- import ---


async def test_a_file_is_in_the_store_afterwards(tmp_path, store, imported):
    (fetched,) = await imported([write_csv(tmp_path, PLAIN)])
    assert (fetched.symbol, fetched.status, fetched.bars, fetched.why) == ("AAA", "updated", 200, None)
    np.testing.assert_allclose(store.bars("AAA").close, PLAIN.close, atol=1e-6)


async def test_the_same_file_again_is_nothing_new(tmp_path, imported):
    path = write_csv(tmp_path, PLAIN)
    assert [each.status for each in await imported([path, path])] == ["updated", "fresh"]


async def test_a_bad_file_says_why_and_harms_no_other(tmp_path, store, imported):
    (tmp_path / "BAD.csv").write_text("Date,Open\n")
    said = []
    fetched = await imported([tmp_path / "BAD.csv", tmp_path / "GONE.csv", write_csv(tmp_path, PLAIN)], said.append)
    assert [each.status for each in fetched] == ["failed", "failed", "updated"]
    assert "no column Close" in fetched[0].why
    assert said == list(fetched)


async def test_of_a_folder_every_price_file_is_taken_and_nothing_else(tmp_path, imported):
    for name in ("BBB", "AAA"):
        write_csv(tmp_path, history(name, 20))
    (tmp_path / ".CCC.csv").write_text("")
    (tmp_path / "notes.txt").write_text("")
    assert [each.symbol for each in await imported([tmp_path])] == ["AAA", "BBB"]


async def test_a_folder_without_a_price_file_says_that_it_is_one(tmp_path, imported):
    (empty := tmp_path / "prices").mkdir()
    (fetched,) = await imported([empty])
    assert fetched.status == "failed"
    assert "a folder in which no .csv or .parquet file was found" in fetched.why


@pytest.mark.parametrize("name", ["a b.csv", "\x1b[31m.csv", "AAA.txt", "..csv"])
async def test_a_file_whose_name_is_no_symbol_or_whose_ending_is_unknown_is_refused(tmp_path, imported, name):
    path = tmp_path / name
    path.write_text("Date,Close\n2020-01-02,1\n")
    (fetched,) = await imported([path])
    assert fetched.status == "failed"
    assert fetched.why.isprintable()


async def test_rows_of_the_future_are_left_out_and_said(tmp_path, store, imported):
    late = history(rows=540)
    (fetched,) = await imported([write_csv(tmp_path, late)])
    kept = int((late.sessions <= np.datetime64("2007-12-28")).sum())
    assert (fetched.bars, store.coverage("AAA").last) == (kept, as_date(late.sessions[kept - 1]))
    assert "dated after the last completed session" in fetched.why


async def test_what_was_left_out_and_what_the_gate_found_is_in_the_store(tmp_path, store, imported):
    lines = write_csv(tmp_path, PLAIN).read_text().splitlines()
    cells = lines[50].split(",")
    lines[50] = ",".join([*cells[:4], "-1", cells[5]])
    cells = lines[60].split(",")
    lines[60] = ",".join([cells[0], *(str(float(cell) / 10) for cell in cells[1:5]), cells[5]])
    (tmp_path / "AAA.csv").write_text("\n".join(lines))
    await imported([tmp_path / "AAA.csv"])
    rules = {note.rule: note.treatment for note in store.notes("AAA")}
    assert rules["not positive"] == "refused"
    assert rules["split-like"] == "quarantined"
    assert len(store.bars("AAA")) == 199


# --- export ---


@pytest.mark.parametrize("form", ["csv", "parquet"])
async def test_what_was_exported_is_imported_as_it_was(tmp_path, store, imported, form):
    whole = replace(PLAIN, actions=(Action(as_date(PLAIN.sessions[50]), split=2.0, dividend=0.3),))
    store.add_bars(whole, "test", 1.0)
    (path,) = await ExportBars(HistoryFiles(), store)(["AAA"], tmp_path / "out", form)
    other = SqliteStore(None)
    clock = Stopped()
    await ImportFiles(HistoryFiles(), other, Gate(other, CALENDAR, clock), CALENDAR, clock)([path])
    same(other.bars("AAA"), store.bars("AAA"))
    assert other.bars("AAA").actions == store.bars("AAA").actions
    other.close()


async def test_a_symbol_without_bars_is_told_and_leaves_the_others_alone(tmp_path, store):
    store.add_bars(PLAIN, "test", 1.0)
    said = []
    written = await ExportBars(HistoryFiles(), store)(["ZZZ", "../AAA", "AAA"], tmp_path, "csv", said.append)
    assert [path.name for path in written] == ["AAA.csv"]
    assert ["no bars are stored" in said[0].words, "no name for a file" in said[1].words] == [True, True]
    assert [path.name for path in tmp_path.iterdir()] == ["AAA.csv"]


async def test_nothing_to_write_is_an_error(tmp_path, store):
    with pytest.raises(DataError, match="nothing could be written: ZZZ: no bars are stored"):
        await ExportBars(HistoryFiles(), store)(["ZZZ"], tmp_path, "csv")


async def test_a_folder_that_is_not_named_from_the_root_on_is_refused(store, tmp_path):
    with pytest.raises(BadRequest):
        await ExportBars(HistoryFiles(), store)(["AAA"], tmp_path.relative_to("/"), "csv")


@pytest.mark.parametrize("name", ["AAA.csv", "AAA.parquet"])
def test_an_earlier_export_is_replaced(tmp_path, name):
    files = HistoryFiles()
    files.write(tmp_path / name, PLAIN.rows(slice(0, 100)))
    files.write(tmp_path / name, PLAIN)
    assert len(files.read(tmp_path / name).history) == 200


@pytest.mark.parametrize("name", ["AAA.csv", "AAA.parquet"])
def test_a_file_that_is_no_export_is_replaced_only_when_told(tmp_path, name):
    files = HistoryFiles()
    (tmp_path / name).write_text("precious")
    with pytest.raises(BadFile, match="no earlier export"):
        files.write(tmp_path / name, PLAIN)
    assert (tmp_path / name).read_text() == "precious"
    files.write(tmp_path / name, PLAIN, replace=True)
    assert len(files.read(tmp_path / name).history) == 200


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadFile, match="cannot be written"):
        HistoryFiles().write(tmp_path / "file" / "AAA.csv", PLAIN)


def test_the_adjusted_close_grows_as_the_total_return(tmp_path):
    whole = replace(PLAIN, actions=(Action(as_date(PLAIN.sessions[50]), split=2.0, dividend=0.3),))
    HistoryFiles().write(tmp_path / "AAA.csv", whole)
    rows = [line.split(",") for line in (tmp_path / "AAA.csv").read_text().splitlines()]
    adjusted = np.array([float(row[rows[0].index("Adj Close")]) for row in rows[1:]])
    np.testing.assert_allclose(np.diff(np.log(adjusted)), log_returns(whole)[1:], atol=1e-12)
    assert adjusted[-1] == pytest.approx(whole.close[-1])


numbers = st.floats(0.001, 1e7, allow_nan=False)
some = st.one_of(st.just(float("nan")), numbers)


@st.composite
def histories(draw):
    rows = draw(st.integers(1, 12))
    plain = history(rows=rows)
    columns = {
        name: np.array(draw(st.lists(some, min_size=rows, max_size=rows))) for name in ("open", "high", "low", "volume")
    }
    close = np.array(draw(st.lists(numbers, min_size=rows, max_size=rows)))
    ratios = st.tuples(st.sampled_from([1.0, 2.0, 1.5, 0.02]), st.sampled_from([0.0, 0.1, 12.25]))
    told = draw(st.dictionaries(st.integers(0, rows - 1), ratios.filter(lambda told: told != (1.0, 0.0))))
    days = [as_date(day) for day in plain.sessions]
    actions = tuple(Action(days[row], split, paid, days[row]) for row, (split, paid) in sorted(told.items()))
    return replace(plain, close=close, actions=actions, **columns)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exports")


@given(histories(), st.sampled_from(["csv", "parquet"]))
@settings(deadline=None, max_examples=60)
def test_the_files_source_reads_an_export_as_it_was(folder, whole, form):
    for left in folder.iterdir():
        left.unlink()
    HistoryFiles().write(folder / f"AAA.{form}", whole)
    back = FileSource(folder).history("AAA")
    same(back, whole)
    assert back.actions == whole.actions


def test_an_action_on_a_day_without_a_bar_stands_on_the_next_and_returns_stay(tmp_path):
    whole = replace(PLAIN, actions=(Action(date(2006, 1, 7), split=2.0),))
    HistoryFiles().write(tmp_path / "AAA.csv", whole)
    back = FileSource(tmp_path).history("AAA")
    assert [action.ex_date for action in back.actions] == [date(2006, 1, 9)]
    np.testing.assert_array_equal(log_returns(back), log_returns(whole))
