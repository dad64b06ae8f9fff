"""Text from outside in cells: whatever a name is made of, what stands behind it stays where it is."""

import pyte
import pytest
import wcwidth
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.format import closed, fit, plain
from engine.protocol import Row
from tests.tui import data
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tui.reduce import reduce
from tui.spans import Spans
from tui.state import State
from tui.widgets.watchlist_table import WatchlistTable

MARK = "\u200e"
NAMES = {
    "Korean": "삼성전자",
    "Korean, decomposed": "\u1109\u1161\u11b7\u1109\u1165\u11bc전자",
    "combining marks": "U\u0308nï\u0301co\u0302de",
    "a mark on nothing": "\u0301acute",
    "a family": "👩\u200d👩\u200d👧 Holdings",
    "a flag": "🇩🇪 Deutsche Bank",
    "skin tone": "👍🏽 Thumbs",
    "emoji presentation": "❤\ufe0f Hearts 1\ufe0f\u20e3",
    "Arabic": "أرامكو السعودية",
    "Hebrew": "בנק לאומי",
    "Hebrew, overridden": "\u202eבנק\u202c \u2067לאומי\u2069",
    "Hindi": "रिलायंस हिन्दी",
    "Thai": "กำไรดี",
    "escape": "\x1b[31mred\x1b[0m\nnext\tcell",
}
anything = st.text(max_size=40) | st.lists(st.sampled_from([*"".join(NAMES.values())]), max_size=40).map("".join)


def text(spans: Spans) -> str:
    return "".join(words for words, _ in spans)


def table(width: int, *rows: Row) -> list[str]:
    pane = WatchlistTable(("name", "last", "chg"))
    pane.state = reduce(State(now=data.NOW), data.view(rows=rows))
    return [text(line) for line in pane.paint(width, len(rows) + 3)]


@given(anything)
@example("a\u0903b")
@example("\U0001171e")
@example("\u1112\u1161\u11ab")
def test_what_is_shown_of_a_text_is_as_wide_for_every_measure(received: str) -> None:
    shown = plain(received)
    assert cell_len(shown) == wcwidth.wcswidth(shown) == sum(map(wcwidth.wcwidth, shown))


@given(anything, st.integers(0, 30), st.booleans())
def test_a_fitted_text_takes_exactly_its_cells(received: str, cells: int, right: bool) -> None:
    shown = fit(plain(received), cells, right=right)
    assert cell_len(shown) == wcwidth.wcswidth(shown) == cells


@given(anything, st.integers(40, 120))
def test_a_row_is_as_wide_as_its_pane_whatever_its_name(name: str, width: int) -> None:
    for line in table(width, data.row("AAPL", name=name)):
        assert cell_len(line) == wcwidth.wcswidth(line) == width


@given(anything, st.integers(40, 120))
def test_nothing_that_steers_a_terminal_comes_from_a_name(name: str, width: int) -> None:
    shown = "".join(table(width, data.row("AAPL", name=name)))
    assert shown.replace(MARK, "").isprintable()


@pytest.mark.parametrize(
    ("received", "shown"),
    [
        (NAMES["Korean, decomposed"], "삼성전자"),
        (NAMES["a family"], "👩👩👧 Holdings"),
        (NAMES["a flag"], "DE Deutsche Bank"),
        (NAMES["skin tone"], "👍 Thumbs"),
        (NAMES["a mark on nothing"], "acute"),
        ("a \u0301b", "a b"),
        ("two\nlines", "two lines"),
    ],
)
def test_a_name_stays_as_readable_as_it_can(received: str, shown: str) -> None:
    assert plain(received) == shown


@pytest.mark.parametrize("name", ["Arabic", "Hebrew", "Hebrew, overridden"])
def test_a_name_from_right_to_left_ends_before_the_next_column_does(name: str) -> None:
    shown = fit(plain(NAMES[name]), 20)
    assert shown.rstrip().endswith(MARK)
    assert shown.count(MARK) == 1


def test_a_name_that_was_cut_is_closed_too() -> None:
    assert fit(plain(NAMES["Hebrew"]), 4) == f"בנק…{MARK}"


def test_closing_twice_is_closing_once() -> None:
    assert closed(closed("בנק  ")) == f"בנק{MARK}  "


def test_a_text_from_left_to_right_is_left_alone() -> None:
    assert closed("삼성전자 Ünïcode 👩 ") == "삼성전자 Ünïcode 👩 "


ROWS = tuple(
    data.row(f"N{index}", name=name, close=127.83, change_pct=0.71) for index, name in enumerate(NAMES.values())
)


class Terminal(pyte.Screen):
    """One that knows characters of no width: pyte drops what stands behind most of them."""

    def draw(self, data: str) -> None:
        super().draw("".join(character for character in data if wcwidth.wcwidth(character)))


def shown(lines: list[str], width: int) -> list[list[str]]:
    """The cells of a terminal that was sent these lines."""
    terminal = Terminal(width, len(lines))
    pyte.Stream(terminal).feed("\r\n".join(lines))
    return [[terminal.buffer[y][x].data for x in range(width)] for y in range(len(lines))]


@pytest.mark.parametrize("width", [60, 80, 118])
def test_every_column_of_every_row_starts_at_the_same_cell(width: int) -> None:
    lines = shown(table(width, *ROWS), width)[2:-1]
    price = lines[0].index("1", 8)
    assert {"".join(line[price:]) for line in lines} == {"".join(lines[0][price:])}
    assert "".join(lines[0][price : price + 6]) == "127.83"


async def test_the_whole_screen_keeps_its_frames_beside_such_names() -> None:
    async with build(FakeClient(data.view(rows=ROWS))).run_test(size=(200, 60)) as pilot:
        await pilot.pause(0.5)
        lines = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
    frames = [[x for x, cell in enumerate(line) if cell == "│"] for line in shown(lines, 200)[2 : 2 + len(ROWS)]]
    assert frames == [[0, 93, 94, 199]] * len(ROWS)


async def test_the_title_of_a_chart_is_closed_as_well() -> None:
    engine = FakeClient(data.view(rows=(data.row("AAPL", name=NAMES["Hebrew"]),)))
    async with build(engine).run_test(size=(200, 60)) as pilot:
        await pilot.pause(0.5)
        head = pilot.app.screen._compositor.render_strips()[1].text
    assert f"{NAMES['Hebrew']}{MARK}" in head
