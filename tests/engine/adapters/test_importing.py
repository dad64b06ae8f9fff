"""Lists of other tools: what is taken, what is said of the rest, and what is refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adapters.watchlists import TomlWatchlists
from engine.adapters.watchlists.amounts import amount
from engine.adapters.watchlists.importing import MAX_BYTES, MAX_NOTES
from engine.errors import BadFile
from engine.ports import Imported, Ticker

YAHOO = (
    "Symbol,Current Price,Date,Time,Change,Open,High,Low,Volume,Trade Date,"
    "Purchase Price,Quantity,Commission,High Limit,Low Limit,Comment\n"
)


def yahoo(symbol: str, price: str = "", quantity: str = "", *, high: str = "", low: str = "", comment: str = "") -> str:
    """One line of Yahoo's export."""
    return (
        f'{symbol},187.15,2024/01/05,16:00 EST,1.2,1,2,3,4,20231101,{price},{quantity},0.0,{high},{low},"{comment}"\n'
    )


def load(folder: Path, content: str | bytes, name: str = "list.csv") -> Imported:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return TomlWatchlists(folder / "user", folder / "shipped").load(path)


def symbols(found: Imported) -> list[str]:
    return [ticker.symbol for ticker in found.tickers]


# --- a symbol a line ---


def test_a_text_file_is_a_symbol_a_line_with_comments(tmp_path: Path) -> None:
    assert load(tmp_path, "# mine\nAAPL\n\n  msft  # the other one\n^KS11\r\nEURUSD=X", "list.txt") == Imported(
        (Ticker("AAPL"), Ticker("MSFT"), Ticker("^KS11"), Ticker("EURUSD=X"))
    )


def test_a_line_that_is_no_symbol_is_said_with_its_number_and_left_out(tmp_path: Path) -> None:
    found = load(tmp_path, "AAPL\n# a comment\n12 apples!\nMSFT\n")
    assert symbols(found) == ["AAPL", "MSFT"]
    assert found.notes == ("line 3: not a symbol (received: 12 apples!)",)


def test_a_symbol_that_stands_there_twice_is_taken_once_and_said(tmp_path: Path) -> None:
    found = load(tmp_path, "AAPL\nMSFT\naapl\n")
    assert (symbols(found), found.notes) == (["AAPL", "MSFT"], ("line 3: AAPL is there already, on line 1",))


def test_a_class_of_shares_is_spelt_as_yahoo_does_which_is_said(tmp_path: Path) -> None:
    found = load(tmp_path, "BRK.B\n")
    assert symbols(found) == ["BRK-B"]
    (note,) = found.notes
    assert note.startswith("line 1: ")
    assert "BRK-B" in note


def test_two_spellings_of_one_symbol_are_one(tmp_path: Path) -> None:
    assert symbols(load(tmp_path, "BRK.B\nBRK-B\n")) == ["BRK-B"]


# --- CSV ---


@pytest.mark.parametrize("header", ["Symbol", "ticker", " SYMBOL ", '"Ticker"'])
def test_a_column_of_symbols_is_found_whatever_its_case(tmp_path: Path, header: str) -> None:
    assert symbols(load(tmp_path, f"No,{header},Note\n1,AAPL,x\n2,MSFT,y\n")) == ["AAPL", "MSFT"]


def test_name_shares_and_cost_are_taken_where_they_are_there(tmp_path: Path) -> None:
    found = load(tmp_path, "Ticker,Name,Group,Shares,Cost\nAAPL,Apple,tech,10,150.5\n")
    assert found == Imported((Ticker("AAPL", "Apple", "tech", 10.0, 150.5),))


def test_semicolons_and_decimal_commas_go_together(tmp_path: Path) -> None:
    found = load(tmp_path, "Symbol;Quantity;Purchase Price\nSAP.DE;2,5;1.150,75\n")
    assert found.tickers == (Ticker("SAP.DE", shares=2.5, cost=1150.75),)


def test_a_number_that_can_be_read_in_two_ways_is_left_out_and_said(tmp_path: Path) -> None:
    found = load(tmp_path, "Symbol;Quantity\nSAP.DE;1.234\n")
    assert found.tickers == (Ticker("SAP.DE"),)
    assert "line 2: shares is left out" in found.notes[0]
    assert "(received: 1.234)" in found.notes[0]


def test_the_names_of_the_columns_may_stand_below_a_title(tmp_path: Path) -> None:
    found = load(tmp_path, '"Positions of account 7"\n\n"Symbol","Quantity"\n"AAPL","3"\n')
    assert found.tickers == (Ticker("AAPL", shares=3.0),)
    assert found.notes[0].startswith("line 1: left out, it stands above the names of the columns")


def test_a_byte_order_mark_and_tabs_are_no_matter(tmp_path: Path) -> None:
    assert symbols(load(tmp_path, "\ufeffSymbol\tName\nAAPL\tApple\n")) == ["AAPL"]


def test_control_characters_are_taken_out_of_names_and_notes(tmp_path: Path) -> None:
    found = load(tmp_path, "Symbol,Name\nAAPL,\x1b[31mred\n\x1b[2J,x\n")
    assert found.tickers[0].name.isprintable()
    assert all(note.isprintable() for note in found.notes)


def test_a_quote_that_is_never_closed_spoils_its_own_line_alone(tmp_path: Path) -> None:
    assert symbols(load(tmp_path, 'Symbol,Name\nAAPL,"App\nMSFT,Microsoft\n')) == ["AAPL", "MSFT"]


@pytest.mark.parametrize("value", ["nan", "inf", "-5", "abc", "1,2,3", "1e999"])
def test_a_price_that_is_none_is_left_out_and_said(tmp_path: Path, value: str) -> None:
    found = load(tmp_path, f'Symbol,Cost\nAAPL,"{value}"\n')
    assert found.tickers == (Ticker("AAPL"),)
    assert found.notes == (
        f"line 2: cost is left out, it is not the price paid for one share, above 0 (received: {value})",
    )


def test_a_line_without_a_symbol_is_said(tmp_path: Path) -> None:
    assert load(tmp_path, "Symbol,Name\n,Apple\nMSFT,x\n").notes == ("line 2: not a symbol (received: nothing)",)


# --- Yahoo's portfolio ---


def test_several_lots_of_a_symbol_are_its_shares_and_their_average_cost(tmp_path: Path) -> None:
    found = load(tmp_path, YAHOO + yahoo("AAPL", "100.0", "10.0") + yahoo("MSFT") + yahoo("AAPL", "110.0", "30.0"))
    assert found.tickers == (Ticker("AAPL", shares=40.0, cost=107.5), Ticker("MSFT"))
    assert found.notes == ("AAPL: 2 lines make 40 shares at 107.5 on average",)


def test_limits_become_price_alerts(tmp_path: Path) -> None:
    found = load(tmp_path, YAHOO + yahoo("AAPL", high="250.0", low="150.0"))
    assert found.tickers == (Ticker("AAPL", above=250.0, below=150.0),)


def test_a_comment_that_has_no_place_is_said(tmp_path: Path) -> None:
    found = load(tmp_path, YAHOO + yahoo("AAPL", comment="for the long run"))
    assert found.notes == ("line 2: the comment on AAPL is not taken over (received: for the long run)",)


def test_cash_is_no_symbol(tmp_path: Path) -> None:
    found = load(tmp_path, YAHOO + yahoo("$$CASH_TX") + yahoo("AAPL"))
    assert (symbols(found), found.notes) == (["AAPL"], ("line 2: not a symbol (received: $$CASH_TX)",))


def test_a_sale_takes_shares_away_and_leaves_the_average_cost(tmp_path: Path) -> None:
    text = "Symbol,Purchase Price,Quantity,Transaction Type\nAAPL,100,10,BUY\nAAPL,200,10,BUY\nAAPL,500,5,SELL\n"
    assert load(tmp_path, text).tickers == (Ticker("AAPL", shares=15.0, cost=150.0),)


def test_what_is_sold_again_is_watched_only(tmp_path: Path) -> None:
    found = load(tmp_path, "Symbol,Cost,Shares\nAAPL,1,0.1\nAAPL,1,0.2\nAAPL,1,-0.3\n")
    assert found == Imported((Ticker("AAPL"),), ("AAPL: all of it is sold again, it is watched only",))


def test_a_lot_without_a_price_leaves_no_average(tmp_path: Path) -> None:
    found = load(tmp_path, "Symbol,Cost,Shares\nAAPL,10,1\nAAPL,,2\n")
    assert found.tickers == (Ticker("AAPL", shares=3.0),)
    assert found.notes[0] == "AAPL: a line has no price, so the average cost is left out"


lots = st.lists(st.tuples(st.integers(1, 10_000), st.integers(1, 100_000)), min_size=1, max_size=8)


@given(lots=lots)
@settings(deadline=None, max_examples=50)
def test_what_all_lots_cost_together_is_kept(tmp_path_factory: pytest.TempPathFactory, lots: list[tuple[int, int]]):
    text = "Symbol,Quantity,Purchase Price\n" + "".join(f"A,{shares},{cents / 100}\n" for shares, cents in lots)
    (ticker,) = load(tmp_path_factory.mktemp("lots"), text).tickers
    assert ticker.shares == sum(shares for shares, _ in lots)
    assert ticker.shares * ticker.cost == pytest.approx(sum(shares * cents / 100 for shares, cents in lots))


# --- what is refused, and what is bounded ---


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", r"list\.csv: no symbol found \(received: an empty file\)"),
        ("# nothing\n\n", "no symbol found"),
        (
            "AAPL,Apple\n",
            r"no symbol found \(received: line 1: not a symbol .*Write one a line, or a column named Symbol",
        ),
        (b"AAPL\nMS\xffFT\n", "line 2: not UTF-8 text"),
        ("Symbol\n".encode("utf-16"), "line 1: not UTF-8 text"),
    ],
)
def test_a_file_without_a_symbol_is_refused_in_words(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        load(tmp_path, content)


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"none\.csv: cannot be read \(received: No such file"):
        TomlWatchlists(tmp_path, tmp_path).load(tmp_path / "none.csv")


def test_a_file_that_is_no_list_by_its_size_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BadFile, match=r"too large for a list \(received: 2,000,001 bytes\)"):
        TomlWatchlists(tmp_path, tmp_path).load(tmp_path / "huge")


def test_a_list_of_more_symbols_than_can_be_watched_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"5,000 symbols at most \(received: 5,001\)"):
        load(tmp_path, "\n".join(f"A{row}" for row in range(5_001)))


def test_ten_thousand_junk_lines_are_not_ten_thousand_notes(tmp_path: Path) -> None:
    found = load(tmp_path, "AAPL\n" + "not a symbol\n" * 10_000)
    assert len(found.notes) == MAX_NOTES + 1
    assert found.notes[-1] == "and 9,900 more like these"


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(deadline=None, max_examples=100)
def test_whatever_the_file_there_is_a_list_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    folder = tmp_path_factory.mktemp("any")
    try:
        found = load(folder, b"Symbol,Quantity,Cost\n" + content)
    except BadFile:
        return
    lists = TomlWatchlists(folder / "user", folder / "shipped")
    lists.create("made", found.tickers)
    assert lists.read("made").tickers == found.tickers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", 1234.0),
        ("1,234,567.5", 1234567.5),
        ("0,5", 0.5),
        ("€ 12", 12.0),
        ("−3", -3.0),
        ("1 234.5", 1234.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("12,34.5", None),
        ("1.2.3", None),
        ("٣", None),
        ("", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, value: float | None) -> None:
    assert amount(text, decimal_comma=False) == value
