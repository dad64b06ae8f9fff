"""Prices from files: what is read, what is refused, and that no row knows of a later one."""

import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import watchlists
from engine.adapters.files import FileSource
from engine.core.bars import History, log_returns
from engine.errors import BadFile, EmptyHistory, UnknownSource, UnknownSymbol

Row = tuple[date, str, str]
DAY = timedelta(days=1)


def source(folder: Path, **files: str) -> FileSource:
    for name, text in files.items():
        (folder / f"{name}.csv").write_bytes(text.encode())
    return FileSource(folder)


def history(folder: Path, text: str) -> History:
    return source(folder, X=text).history("X")


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(BadFile) as caught:
        history(folder, text)
    return str(caught.value)


def adjusted_csv(rows: list[Row]) -> str:
    return "Date,Close,Adj Close\n" + "".join(f"{day},{close},{adjusted}\n" for day, close, adjusted in rows)


def same(one: History, other: History) -> bool:
    columns = ("sessions", "open", "high", "low", "close", "volume")
    equal = all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in columns)
    return equal and one.actions == other.actions


# --- what is read ---


@pytest.mark.parametrize("title", ["Adj Close", "adj_close", "AdjClose", "ADJUSTED CLOSE", " adj close "])
def test_the_adjusted_close_is_found_under_each_of_its_names(tmp_path: Path, title: str) -> None:
    read = history(tmp_path, f"Date,Close,{title}\n2020-01-02,10.00,5.0000\n2020-01-03,5.00,5.0000\n")
    assert [action.split for action in read.actions] == [2.0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_delimiters_line_ends_and_byte_order_marks_do_not_matter(
    tmp_path: Path, delimiter: str, newline: str, mark: str
) -> None:
    rows = [["Date", "Close"], ["2020-01-02", "1.5"], ["2020-01-03", "2.5"]]
    read = history(tmp_path, mark + newline.join(delimiter.join(row) for row in rows) + newline)
    assert read.close.tolist() == [1.5, 2.5]


@pytest.mark.parametrize(
    "text", ["2020-01-02", "20200102", "2020-01-02 00:00:00", "2020-01-02T16:00:00-05:00", "2020-01-02 00:00:00+09:00"]
)
def test_a_date_may_have_a_time_and_a_zone_after_it(tmp_path: Path, text: str) -> None:
    assert history(tmp_path, f"date,close\n{text},1\n").first == date(2020, 1, 2)


def test_only_date_and_close_are_needed(tmp_path: Path) -> None:
    assert np.isnan(history(tmp_path, "date,close\n2020-01-02,1\n").volume).all()


def test_rows_may_be_unsorted(tmp_path: Path) -> None:
    assert history(tmp_path, "date,close\n2020-01-03,2\n2020-01-02,1\n").close.tolist() == [1, 2]


@pytest.mark.parametrize("close", ["", "nan", "NaN", "null", "N/A", "0", "-3", "inf"])
def test_a_row_without_a_close_above_zero_is_left_out(tmp_path: Path, close: str) -> None:
    assert len(history(tmp_path, f"date,close\n2020-01-02,1\n2020-01-03,{close}\n2020-01-06,2\n")) == 2


def test_a_row_that_stands_there_twice_counts_once(tmp_path: Path) -> None:
    assert len(history(tmp_path, "date,close,open\n2020-01-02,1,\n2020-01-02,1,\n")) == 1


def test_symbols_are_the_names_of_the_files_in_upper_case(tmp_path: Path) -> None:
    files = source(tmp_path, aapl="date,close\n", **{"BRK.B": "date,close\n", "005930.KS": "date,close\n", ".x": ""})
    assert files.symbols() == ("005930.KS", "AAPL", "BRK.B")


def test_a_symbol_is_found_in_any_case(tmp_path: Path) -> None:
    assert source(tmp_path, Aapl="date,close\n2020-01-02,1\n").history("aaPL").symbol == "AAPL"


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    files = source(tmp_path, X="date,close\n2020-01-02,1\n")
    files.history("X")
    source(tmp_path, X="date,close\n2020-01-02,1\n2020-01-03,2\n")
    assert len(files.history("X")) == 2


def test_start_and_end_are_both_included(tmp_path: Path) -> None:
    text = "date,close\n" + "".join(f"2020-01-0{day},1\n" for day in range(1, 8))
    read = source(tmp_path, X=text).history("X", date(2020, 1, 3), date(2020, 1, 5))
    assert (read.first, read.last, len(read)) == (date(2020, 1, 3), date(2020, 1, 5), 3)


def test_nothing_new_since_a_date_is_no_fault(tmp_path: Path) -> None:
    assert len(source(tmp_path, X="date,close\n2020-01-02,1\n").history("X", start=date(2021, 1, 1))) == 0


# --- Parquet ---


def written(folder: Path, columns: dict[str, object]) -> History:
    parquet.write_table(pa.table(columns), folder / "X.parquet")
    return FileSource(folder).history("X")


@pytest.mark.parametrize(
    "dates",
    [
        pa.array([date(2020, 1, 2), date(2020, 1, 3)]),
        pa.array([datetime(2020, 1, 2), datetime(2020, 1, 3)]),
        pa.array(["2020-01-02", "2020-01-03"]),
        pa.array([20200102, 20200103]),
        # midnight in Seoul is the day before in Greenwich
        pa.array([datetime(2020, 1, 1, 15), datetime(2020, 1, 2, 15)])
        .cast(pa.timestamp("s", tz="UTC"))
        .cast(pa.timestamp("s", tz="Asia/Seoul")),
    ],
    ids=["date", "timestamp", "text", "number", "zoned"],
)
def test_a_parquet_file_may_write_its_dates_in_any_way(tmp_path: Path, dates: pa.Array) -> None:
    read = written(tmp_path, {"Date": dates, "Close": [1.0, 2.0]})
    assert (read.first, read.last) == (date(2020, 1, 2), date(2020, 1, 3))


def test_csv_and_parquet_give_the_same_history(tmp_path: Path) -> None:
    sample = FileSource(watchlists.sample()).history("MSFT")
    rows = (watchlists.sample() / "MSFT.csv").read_text().splitlines()
    cells = zip(*(row.split(",") for row in rows[1:]), strict=True)
    columns = {name: list(column) for name, column in zip(rows[0].split(","), cells, strict=True)}
    numbers = {name: [float(cell) for cell in column] for name, column in columns.items() if name != "Date"}
    assert same(written(tmp_path, {"Date": columns["Date"], **numbers}), sample)


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "X.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(BadFile, match=r"X\.parquet: not a Parquet file"):
        FileSource(tmp_path).history("X")


def test_a_parquet_row_without_a_date_is_refused_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"X\.parquet, row 2, column Date: no date"):
        written(tmp_path, {"Date": pa.array([date(2020, 1, 2), None]), "Close": [1.0, 2.0]})


# --- what is refused ---


def test_text_in_place_of_a_number_is_refused_with_line_column_and_what_was_received(tmp_path: Path) -> None:
    words = refusal(tmp_path, "Date,Close\n2020-01-02,1\n2020-01-03,abc\n")
    assert "X.csv, line 3, column Close: not a number (received: abc). A number is written" in words


def test_the_folder_is_named_beside_the_file(tmp_path: Path) -> None:
    assert f"{tmp_path.name}/X.csv" in refusal(tmp_path, "Date,Close\n2020-01-02,abc\n")


@pytest.mark.parametrize("text", ["01/02/2020", "2020-13-01", "2020-01", "yesterday", "", "NaT", "2020-01-02x"])
def test_a_date_in_any_other_form_is_refused(tmp_path: Path, text: str) -> None:
    assert "line 2, column date: not a date" in refusal(tmp_path, f"date,close\n{text},1\n")


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    text = 'note,date,close\n"two\nlines",2020-01-02,1\n\nx,2020-01-03,abc\n'
    assert "line 5, column close" in refusal(tmp_path, text)


def test_two_different_rows_of_one_date_are_refused(tmp_path: Path) -> None:
    words = refusal(tmp_path, "date,close\n2020-01-02,1\n2020-01-03,1\n2020-01-02,2\n")
    assert "line 4: two different rows of 2020-01-02 (received: lines 2 and 4)" in words


@pytest.mark.parametrize(
    ("header", "missing"), [("date,open", "Close"), ("day,close", "Date"), ("date,adj close", "Close")]
)
def test_a_missing_column_is_named(tmp_path: Path, header: str, missing: str) -> None:
    assert f"line 1: no column {missing} (received: {header.replace(',', ', ')})" in refusal(tmp_path, f"{header}\n")


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "two columns of one name" in refusal(tmp_path, "date,close,CLOSE\n2020-01-02,1,1\n")


def test_a_decimal_comma_is_not_taken_for_two_columns(tmp_path: Path) -> None:
    assert "line 2: the header names 2 columns (received: 3 cells" in refusal(tmp_path, "date,close\n2020-01-02,1,5\n")


def test_a_row_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    assert "line 3: the header names 3 columns" in refusal(tmp_path, "date,close,open\n2020-01-02,1,1\n2020-01-03,1")


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "X.csv").write_bytes(b"date,close\n2020-01-02,1\n\xff\xfe,2\n")
    with pytest.raises(BadFile, match=r"line 3: not UTF-8 text \(received: bytes ff fe"):
        FileSource(tmp_path).history("X")


def test_control_characters_do_not_reach_the_message(tmp_path: Path) -> None:
    assert refusal(tmp_path, "date,close\n2020-01-02,\x1b[31mred\n").isprintable()


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "the file is empty" in refusal(tmp_path, "")


def test_a_file_without_rows_is_an_empty_history(tmp_path: Path) -> None:
    with pytest.raises(EmptyHistory, match=r"X: no bars in .*/X\.csv"):
        history(tmp_path, "date,close\n")


@pytest.mark.parametrize("rows", ["", "2021-01-04,1\n"])
def test_no_bars_up_to_a_date_says_the_same_whatever_comes_later(tmp_path: Path, rows: str) -> None:
    with pytest.raises(EmptyHistory, match=r"X: no bars up to 2020-01-01 in"):
        source(tmp_path, X=f"date,close\n{rows}").history("X", end=date(2020, 1, 1))


def test_an_unknown_symbol_is_told_its_nearest_neighbour(tmp_path: Path) -> None:
    with pytest.raises(UnknownSymbol, match=r"\(received: AAPLE\)\. There is AAPL"):
        source(tmp_path, AAPL="date,close\n", MSFT="date,close\n").history("AAPLE")


def test_where_none_is_like_it_some_of_those_there_are_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    held = dict.fromkeys(("AAPL", "GOOG", "IBM", "MSFT", "ORCL"), "date,close\n")
    with pytest.raises(UnknownSymbol, match=r"There is AAPL, GOOG, IBM and 2 more$"):
        source(tmp_path, **held).history("ZZQQ")


def test_a_symbol_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    source(tmp_path, X="date,close\n2020-01-02,1\n")
    with pytest.raises(UnknownSymbol):
        FileSource(tmp_path / "in").history("../X")


def test_two_files_for_one_symbol_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"more than one file for this symbol \(received: X\.csv, x\.csv\)"):
        source(tmp_path, X="date,close\n2020-01-02,1\n", x="date,close\n2020-01-02,1\n").history("X")


def test_a_missing_folder_is_an_unknown_source(tmp_path: Path) -> None:
    with pytest.raises(UnknownSource, match="no such folder"):
        FileSource(tmp_path / "none")


# --- splits and dividends ---


def test_the_split_of_apple_is_found_in_the_sample() -> None:
    actions = {action.ex_date: action for action in FileSource(watchlists.sample()).history("AAPL").actions}
    assert (actions[date(2005, 2, 28)].split, actions[date(2005, 2, 28)].dividend) == (2.0, 0.0)


def test_the_dividends_of_microsoft_are_found_in_the_sample() -> None:
    actions = FileSource(watchlists.sample()).history("MSFT").actions
    paid = [round(action.dividend, 2) for action in actions if date(2004, 1, 1) <= action.ex_date < date(2006, 1, 1)]
    assert paid == [0.08, 3.08, 0.08, 0.08, 0.08, 0.08]


def test_an_action_is_known_on_its_day(tmp_path: Path) -> None:
    actions = FileSource(watchlists.sample()).history("IBM").actions
    assert all(action.known_at == action.ex_date for action in actions)


@pytest.mark.parametrize("symbol", ["AAPL", "FB", "GOOG", "IBM", "MSFT"])
def test_returns_of_the_sample_are_those_of_its_adjusted_closes(symbol: str) -> None:
    rows = (watchlists.sample() / f"{symbol}.csv").read_text().splitlines()[1:]
    adjusted = np.array([float(row.rpartition(",")[2]) for row in rows])
    returns = log_returns(FileSource(watchlists.sample()).history(symbol))
    # the sample's adjusted closes are rounded to six decimals
    np.testing.assert_allclose(returns[1:], np.diff(np.log(adjusted)), rtol=0, atol=3e-6)


@pytest.mark.parametrize("ratio", [2.0, 3.0, 1.5, 7.0, 1.25, 0.1, 0.5, 50.0])
def test_a_jump_near_a_simple_ratio_is_a_split_of_exactly_that_ratio(tmp_path: Path, ratio: float) -> None:
    before, after = 100.0, 100.0 / ratio
    rows = [(date(2020, 1, 2), f"{before:.2f}", f"{after:.2f}"), (date(2020, 1, 3), f"{after:.2f}", f"{after:.2f}")]
    (action,) = history(tmp_path, adjusted_csv(rows)).actions
    assert (action.split, action.dividend) == (ratio, 0.0)


def test_a_dividend_on_the_day_of_a_split_is_what_remains(tmp_path: Path) -> None:
    rows = [(date(2020, 1, 2), "100.00", "49.5000"), (date(2020, 1, 3), "49.50", "49.5000")]
    (action,) = history(tmp_path, adjusted_csv(rows)).actions
    assert action.split == 2.0
    assert action.dividend == pytest.approx(0.50)


def test_rounding_of_the_adjusted_close_is_no_dividend(tmp_path: Path) -> None:
    days = [date(2020, 1, 1) + DAY * row for row in range(300)]
    closes = np.round(20 + np.sin(np.arange(300)), 2)
    rows = [(day, f"{close:.2f}", f"{close / 3:.2f}") for day, close in zip(days, closes, strict=True)]
    assert history(tmp_path, adjusted_csv(rows)).actions == ()


def test_closes_that_are_split_adjusted_already_have_no_split(tmp_path: Path) -> None:
    rows = [(date(2020, 1, 2), "50.00", "49.0000"), (date(2020, 1, 3), "51.00", "49.9800")]
    assert history(tmp_path, adjusted_csv(rows)).actions == ()


def test_a_gap_in_the_adjusted_closes_loses_no_return(tmp_path: Path) -> None:
    rows = [
        (date(2020, 1, 1), "10.00", "5.0000"),
        (date(2020, 1, 2), "10.00", ""),
        (date(2020, 1, 3), "5.00", "5.0000"),
    ]
    assert np.nansum(log_returns(history(tmp_path, adjusted_csv(rows)))) == pytest.approx(0)


events = st.sampled_from([(1.0, 0.0)] * 12 + [(1.0, 0.01), (1.0, 0.004), (2.0, 0.0), (1.5, 0.008), (0.1, 0.0)])


@st.composite
def adjusted_rows(draw: st.DrawFn) -> list[Row]:
    """A random walk with splits and dividends, its adjusted closes to the last digit."""
    moves = draw(st.lists(st.tuples(st.integers(-300, 300), events), min_size=2, max_size=40))
    close, adjusted, rows = 100.0, 37.0, [(date(2020, 1, 1), "100.0", "37.0")]
    for row, (basis_points, (split, paid)) in enumerate(moves, start=1):
        before = close
        close = round(max(1.0, close * (1 + basis_points / 10_000) / split), 2)
        adjusted *= split * close * (1 + paid) / before
        rows.append((date(2020, 1, 1) + DAY * row, f"{close:.2f}", repr(adjusted)))
    return rows


def read_rows(folder: Path, rows: list[Row]) -> History:
    return history(folder, adjusted_csv(rows))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prices")


@given(rows=adjusted_rows())
@settings(deadline=None)
def test_total_returns_are_the_differences_of_the_adjusted_closes(folder: Path, rows: list[Row]) -> None:
    close, adjusted = (np.array([float(row[column]) for row in rows]) for column in (1, 2))
    off = np.abs(log_returns(read_rows(folder, rows))[1:] - np.diff(np.log(adjusted)))
    # no more than the closes' own two decimals allow
    assert (off <= 0.006 * (1 / close[1:] + 1 / close[:-1]) + 1e-5).all()


corruptions = st.sampled_from(["keep", "drop", "nan", "x10", "rescaled"])


def corrupted(row: Row, how: str) -> list[Row]:
    day, close, adjusted = row
    return {
        "keep": [row],
        "drop": [],
        "nan": [(day, "nan", "nan")],
        "x10": [(day, repr(float(close) * 10), repr(float(adjusted) * 10))],
        "rescaled": [(day, close, repr(float(adjusted) / 7))],
    }[how]


@given(rows=adjusted_rows(), data=st.data())
@settings(deadline=None)
def test_what_is_known_of_a_day_does_not_depend_on_later_rows(
    folder: Path, rows: list[Row], data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, len(rows) - 1))
    until, kept = rows[row][0], rows[: row + 1]
    later = [changed for each in rows[row + 1 :] for changed in corrupted(each, data.draw(corruptions))]
    shuffled = data.draw(st.permutations(kept + later))
    assert same(read_rows(folder, shuffled).upto(until), read_rows(folder, kept))


def test_reading_csv_imports_neither_pandas_nor_pyarrow() -> None:
    program = (
        "import sys, watchlists; from engine.adapters.files import FileSource;"
        "FileSource(watchlists.sample()).history('AAPL');"
        "sys.exit(bool({'pandas', 'pyarrow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
