"""Bad price files: a clean load with the bad row said, or a refusal that says where and what."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from engine.adapters.files import FileSource, HistoryFiles, csv_table
from engine.adapters.files.large_csv import read_large_csv
from engine.errors import BadFile
from tests.engines import write_csv
from tests.worlds import history

PLAIN = history(rows=200)


def lines_of(folder):
    return write_csv(folder, PLAIN).read_text().splitlines()


def read(folder, lines, encoding="utf-8"):
    (folder / "AAA.csv").write_text("\n".join(lines), encoding=encoding)
    return HistoryFiles().read(folder / "AAA.csv")


def test_one_bad_row_in_a_hundred_is_left_out_and_said(tmp_path):
    lines = lines_of(tmp_path)
    lines[50] = lines[50].replace(",", ",abc", 1)
    loaded = read(tmp_path, lines)
    assert len(loaded.history) == 199
    (note,) = loaded.notes
    assert (note.treatment, note.rule) == ("refused", "malformed, line 51")
    assert f"{tmp_path.name}/AAA.csv, line 51, column Open: not a number (received: abc" in note.words
    assert note.session.isoformat() == lines[50][:10]


def test_a_row_whose_day_cannot_be_read_is_told_of_the_row_before(tmp_path):
    lines = lines_of(tmp_path)
    before = lines[49][:10]
    lines[50] = "someday" + lines[50][10:]
    assert [note.session.isoformat() for note in read(tmp_path, lines).notes] == [before]


def test_a_row_that_is_cut_off_is_left_out_and_said(tmp_path):
    lines = lines_of(tmp_path)
    lines[-1] = lines[-1][:20]
    loaded = read(tmp_path, lines)
    assert len(loaded.history) == 199
    assert "line 201: the header names 6 columns (received: 2 cells" in loaded.notes[0].words


def test_more_bad_rows_than_one_in_a_hundred_refuse_the_file(tmp_path):
    lines = lines_of(tmp_path)
    for row in (50, 60, 70):
        lines[row] = lines[row].replace(",", ",abc", 1)
    with pytest.raises(BadFile, match="line 51, column Open: not a number"):
        read(tmp_path, lines)


def test_of_two_different_rows_of_one_day_the_first_is_kept_and_the_other_said(tmp_path):
    lines = lines_of(tmp_path)
    day = lines[50][:10]
    loaded = read(tmp_path, [*lines, f"{day},1,1,1,1,1"])
    np.testing.assert_allclose(loaded.history.close, PLAIN.close, atol=1e-6)
    assert f"line 202: two different rows of {day} (received: lines 51 and 202)" in loaded.notes[0].words


@pytest.mark.parametrize(("close", "rule"), [("", "no close"), ("nan", "no close"), ("-3", "not positive")])
def test_a_row_without_a_close_above_zero_is_said(tmp_path, close, rule):
    lines = lines_of(tmp_path)
    cells = lines[50].split(",")
    lines[50] = ",".join([*cells[:4], close, cells[5]])
    (note,) = read(tmp_path, lines).notes
    assert (note.rule, note.session.isoformat()) == (rule, cells[0])
    assert "AAA.csv, line 51" in note.words


@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_decimal_commas_between_semicolons_or_tabs_are_decimals(tmp_path, delimiter, mark):
    lines = [line.replace(",", delimiter).replace(".", ",") for line in lines_of(tmp_path)]
    np.testing.assert_allclose(read(tmp_path, lines, mark).history.close, PLAIN.close, atol=1e-6)


def test_points_between_thousands_are_no_decimals_where_commas_are(tmp_path):
    rows = ["Date;Close;Volume", "2020-01-02;1.234,50;1.000.000", "2020-01-03;1.235;2.000"]
    read_back = read(tmp_path, rows).history
    assert read_back.close.tolist() == [1234.5, 1235.0]
    assert read_back.volume.tolist() == [1_000_000, 2_000]


def test_semicolons_with_decimal_points_stay_points(tmp_path):
    assert read(tmp_path, ["Date;Close", "2020-01-02;1.234"]).history.close.tolist() == [1.234]


def test_control_characters_of_a_row_do_not_reach_what_is_said(tmp_path):
    lines = lines_of(tmp_path)
    lines[50] = lines[50].replace(",", ",\x1b[31mred", 1)
    assert all(note.words.isprintable() for note in read(tmp_path, lines).notes)


def test_a_bad_row_of_a_parquet_file_without_a_close_is_said_with_its_row(tmp_path):
    days = [date(2020, 1, 2), date(2020, 1, 3)]
    parquet.write_table(pa.table({"Date": days, "Close": [1.0, None]}), tmp_path / "AAA.parquet")
    (note,) = HistoryFiles().read(tmp_path / "AAA.parquet").notes
    assert "AAA.parquet, row 2: no close" in note.words


def test_the_source_tells_what_it_left_out(tmp_path):
    lines = lines_of(tmp_path)
    lines[50] = lines[50].replace(",", ",abc", 1)
    (tmp_path / "AAA.csv").write_text("\n".join(lines))
    source = FileSource(tmp_path)
    assert source.refused("AAA") == ()
    source.history("AAA")
    assert [note.rule for note in source.refused("aaa")] == ["malformed, line 51"]


# --- large files ---


def same(one, other):
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(getattr(one.history, name), getattr(other.history, name))
    assert one.history.actions == other.history.actions
    assert one.notes == other.notes


@pytest.mark.parametrize("spoilt", ["", "abc", "-1", "1e3", "N/A", " 12.5 ", "inf", "1_000", "12."])
def test_the_quick_reader_says_the_same_as_the_careful_one(tmp_path, monkeypatch, spoilt):
    lines = lines_of(tmp_path)
    lines[0] += ",Adj Close"
    lines[1:] = [f"{line},{line.split(',')[4]}" for line in lines[1:]]
    if spoilt:
        cells = lines[50].split(",")
        lines[50] = ",".join([*cells[:4], spoilt, *cells[5:]])
    careful = read(tmp_path, lines)
    monkeypatch.setattr(csv_table, "_LARGE", 0)
    same(read(tmp_path, lines), careful)


@pytest.mark.parametrize(
    "day", ["2024-02-30", "0000-01-01", "2024-13-01", "20240105", "2024-01-05T16:00", "tomorrow", ""]
)
def test_the_quick_reader_says_the_same_of_a_day(tmp_path, monkeypatch, day):
    lines = lines_of(tmp_path)
    lines[50] = ",".join([day, *lines[50].split(",")[1:]])
    careful = read(tmp_path, lines)
    monkeypatch.setattr(csv_table, "_LARGE", 0)
    same(read(tmp_path, lines), careful)


def test_of_a_large_file_only_the_lines_with_anything_else_are_read_one_by_one(tmp_path):
    lines = lines_of(tmp_path)
    for at, cell in ((20, "abc"), (70, "1e3")):
        lines[at] = ",".join([*lines[at].split(",")[:4], cell, *lines[at].split(",")[5:]])
    (tmp_path / "AAA.csv").write_text("\n".join(lines))
    large = read_large_csv(tmp_path / "AAA.csv")
    assert large is not None
    assert large.left.tolist() == [21, 71]
    assert len(large.table.lines) == len(lines) - 3


def test_a_blank_line_does_not_shift_the_lines_of_a_large_file(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_table, "_LARGE", 0)
    lines = lines_of(tmp_path)
    lines[50] = lines[50].replace(",", ",abc", 1)
    (note,) = read(tmp_path, [*lines[:20], "", *lines[20:]]).notes
    assert "line 52" in note.words


def test_a_million_rows_are_read(tmp_path):
    # about 2 s: the size is the claim
    rows = 1_000_000
    days = (np.datetime64("1000-01-01") + np.arange(rows)).astype(str)
    with (tmp_path / "AAA.csv").open("w") as file:
        file.write("Date,Close\n")
        file.writelines(f"{day},{10 + number % 7}.5\n" for number, day in enumerate(days))
    loaded = HistoryFiles().read(tmp_path / "AAA.csv")
    assert (len(loaded.history), loaded.notes) == (rows, ())
