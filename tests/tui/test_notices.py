"""What the terminal is told, by the views before and after."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.protocol import Alarm, Row
from tests.tui import data
from tui.notices import BELL, Notice, notice, sequence, spoken, title

AAPL = data.alarm(5, "AAPL")
WATCH = data.reversal(6, "GOOG")
KITTY = {"TERM": "xterm-kitty"}


ROWS = tuple(data.row(symbol) for symbol in ("AAPL", "GOOG", "IBM"))
EARLIER = data.TODAY - timedelta(days=1)


def said(before: tuple[Alarm, ...], after: tuple[Alarm, ...], rows: tuple[Row, ...] = ROWS) -> Notice | None:
    return notice(data.view(alarms=before, rows=rows), data.view(alarms=after, rows=ROWS))


def test_a_new_alert_is_told_in_its_words() -> None:
    assert said((), (AAPL,)) == Notice("AAPL volatility shock: 5-day volatility 2.1× its norm", loud=True)


def test_a_watch_is_told_without_the_bell() -> None:
    told = said((), (WATCH,))
    assert told and not told.loud


def test_many_are_one_notice() -> None:
    told = said((), (data.alarm(8, "IBM", kind="drift"), WATCH, AAPL))
    assert told and told.text == "3 alarms: IBM drift, GOOG predicted reversal, AAPL volatility shock"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"tier": "watch"}, {"tier": "alert"}),
        ({"p": 0.004}, {"p": 0.0004}),
        ({"tier": "watch", "state": "acknowledged"}, {"tier": "alert"}),
        ({"tier": "watch", "state": "snoozed"}, {"tier": "alert"}),
    ],
    ids=["to alert", "much rarer", "acknowledged before", "snoozed before"],
)
def test_an_escalation_is_told(before: dict[str, object], after: dict[str, object]) -> None:
    assert said((data.alarm(5, "AAPL", **before),), (data.alarm(5, "AAPL", **after),))


@pytest.mark.parametrize(
    "other",
    [{"muted": True}, {"state": "muted"}, {"state": "snoozed"}, {"state": "closed"}, {"state": "withdrawn"}],
    ids=str,
)
def test_what_does_not_ring_is_not_told(other: dict[str, object]) -> None:
    assert said((), (data.alarm(5, "AAPL", **other),)) is None


def test_a_provisional_alarm_that_stands_at_the_close_was_told_before() -> None:
    assert said((data.alarm(5, "AAPL", provisional=True),), (AAPL,)) is None


def test_a_provisional_alarm_that_went_and_came_again_was_told_before() -> None:
    assert said((data.alarm(5, "AAPL", state="withdrawn"),), (data.alarm(7, "AAPL"),)) is None


@pytest.mark.parametrize("known", [(), (WATCH,)], ids=["no alarm", "an alarm"])
@pytest.mark.parametrize("number", [2, 9])
def test_the_records_of_a_symbol_just_added_are_no_news(number: int, known: tuple[Alarm, ...]) -> None:
    record = data.alarm(number, "IBM")
    assert said(known, (*known, record), ROWS[:2]) is None
    assert said(known, (*known, record), (*ROWS[:2], unseen("IBM"))) is None


def test_what_a_symbol_just_added_raises_on_its_next_session_is_news() -> None:
    raised = data.alarm(9, "IBM", opened=data.NEXT)
    assert said((), (raised,), (*ROWS[:2], unseen("IBM")))


def test_what_was_open_before_an_engine_began_is_no_news() -> None:
    old = data.alarm(5, "AAPL", opened=EARLIER)
    market = data.alarm(6, "MARKET", kind="market", watchlist="sample")
    assert said((), (old, market), tuple(unseen(row.symbol) for row in ROWS)) is None


def test_what_an_engine_that_begins_opens_on_a_session_that_came_meanwhile_is_news() -> None:
    rows = tuple(replace(unseen(row.symbol), session=EARLIER) for row in ROWS)
    assert said((), (AAPL,), rows)
    assert said((), (data.alarm(6, "MARKET", kind="market", watchlist="sample"),), rows)


def unseen(symbol: str) -> Row:
    """The row of a symbol before anything but its last bars was looked at."""
    return data.row(symbol, momentum_z=None, scored=False, why="not scored yet")


def test_what_was_decided_after_the_fact_is_not_told_until_it_escalates_in_time() -> None:
    late = data.alarm(5, "AAPL", tier="watch", found=data.TODAY)
    assert said((), (late,)) is None
    assert said((late,), (AAPL,))


def test_what_was_there_at_attaching_is_no_news() -> None:
    assert notice(None, data.view()) is None


def test_another_list_is_no_news() -> None:
    other = data.view(watchlist=data.Watchlist("dow30", "Dow 30", ("sample", "dow30")))
    assert notice(data.view(alarms=()), other) is None


@given(st.text(max_size=300), st.text(max_size=20))
def test_no_text_from_outside_ends_or_splits_a_sequence(words: str, symbol: str) -> None:
    told = said((), (data.alarm(5, symbol, words=words),), (replace(ROWS[0], symbol=symbol),))
    assert told
    assert not set(told.text) & {*map(chr, range(32)), *map(chr, range(127, 160)), ";"}


@pytest.mark.parametrize(
    ("environ", "protocol"),
    [
        ({"TERM": "xterm-kitty"}, "99"),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, "99"),
        ({"TERM": "xterm-ghostty"}, "777"),
        ({"TERM": "foot-extra"}, "777"),
        ({"TERM": "rxvt-unicode-256color"}, "777"),
        ({"TERM_PROGRAM": "iTerm.app"}, "9"),
        ({"LC_TERMINAL": "iTerm2", "TERM": "xterm-256color"}, "9"),
        ({"TERM_PROGRAM": "WezTerm"}, "9"),
        ({"TERM": "xterm-256color"}, None),
    ],
    ids=str,
)
def test_a_terminal_is_known_by_what_it_says_of_itself(environ: dict[str, str], protocol: str | None) -> None:
    assert spoken(environ) == protocol


LOUD, QUIET = Notice("AAPL drift", loud=True), Notice("AAPL drift", loud=False)
NINE = "\x1b]9;whipsaw: AAPL drift\x1b\\"


@pytest.mark.parametrize(
    ("told", "how", "environ", "sent"),
    [
        (LOUD, "off", KITTY, ""),
        (LOUD, "bell", KITTY, BELL),
        (QUIET, "bell", KITTY, ""),
        (QUIET, "both", KITTY, "\x1b]99;;whipsaw: AAPL drift\x1b\\"),
        (LOUD, "desktop", {"TERM": "foot"}, "\x1b]777;notify;whipsaw;AAPL drift\x1b\\"),
        (LOUD, "both", {"TERM_PROGRAM": "WezTerm"}, BELL + NINE),
        (LOUD, "desktop", {"TERM": "xterm"}, BELL),
        (QUIET, "desktop", {"TERM": "xterm"}, ""),
        (
            LOUD,
            "desktop",
            {"LC_TERMINAL": "iTerm2", "TMUX": "a socket"},
            "\x1bPtmux;\x1b\x1b]9;whipsaw: AAPL drift\x1b\x1b\\\x1b\\",
        ),
    ],
)
def test_a_notice_goes_the_way_that_is_set(told: Notice, how: str, environ: dict[str, str], sent: str) -> None:
    assert sequence(told, how, environ) == sent  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alarms", "words"), [((), "whipsaw"), (data.alarms(), "whipsaw (2)")], ids=["none open", "two open"]
)
def test_the_title_counts_what_is_open(alarms: tuple[Alarm, ...], words: str) -> None:
    assert title(data.view(alarms=alarms)) == f"\x1b]2;{words}\x1b\\"
