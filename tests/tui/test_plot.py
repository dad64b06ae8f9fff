"""The chart: its axis on the exchange's clock, what lies outside the session, marks of the quality gate, its unit."""

import pytest
from msgspec.structs import replace

from engine.protocol import Chart, View
from tests.tui import data, market
from tui.charts.bars import bars
from tui.events import Moved, NoChart, Ranged
from tui.plot import draw
from tui.reduce import reduce
from tui.spans import Spans, cells
from tui.state import State
from tui.widgets.alarm_feed import AlarmFeed
from tui.widgets.price_chart import PriceChart

NEW_YORK = "America/New_York"


def text(spans: Spans) -> str:
    return "".join(words for words, _ in spans)


def drawn(chart: Chart, zone: str = NEW_YORK, columns: int = 80) -> list[str]:
    return [text(line) for line in draw(chart, columns, 20, "USD", zone)]


def pane(view: View, chart: Chart | None, *events: object, width: int = 120) -> str:
    """The chart's pane with its frame."""
    shown = PriceChart()
    state = reduce(State(now=data.NOW), view)
    for event in (*events, *((chart,) if chart else ())):
        state = reduce(state, event)  # type: ignore[arg-type]
    shown.state = state
    lines = shown.paint(width, 38)
    assert {cells(line) for line in lines} == {width}
    return "\n".join(text(line) for line in lines)


def test_a_chart_that_takes_the_memory_of_one_that_is_gone_is_drawn() -> None:
    def painted(shown: PriceChart, times: float) -> str:
        closes = tuple(times * (close or 1.0) for close in known.close)
        shown.state = replace(state, chart=replace(known, close=closes))
        lines = shown.paint(80, 24)
        shown.state = state
        return "\n".join(text(line) for line in lines)

    state, known, shown = reduce(State(now=data.NOW), data.view()), data.chart("AAPL"), PriceChart()
    pictures = [painted(shown, times) for times in range(1, 20)]
    assert pictures == [painted(PriceChart(), times) for times in range(1, 20)]


def test_the_axis_of_a_day_shows_hours_of_the_exchanges_clock() -> None:
    there, here = (
        next(line for line in drawn(market.day_chart("AAPL"), zone) if ":00" in line) for zone in (NEW_YORK, "")
    )
    assert "10:00" in there
    assert "17:00" in there
    assert "08:00" not in there.replace("18:00", "")
    assert "21:00" in here


def test_the_axis_of_five_days_names_each_day() -> None:
    axis = next(line for line in drawn(market.day_chart("AAPL", "5D")) if "Mon" in line)
    assert axis.split() == ["Thu", "11", "Fri", "12", "Mon", "15", "Tue", "16", "Wed", "17"]


def test_bars_without_a_close_are_left_out_with_their_times() -> None:
    chart = market.day_chart("AAPL")
    gap = replace(chart, close=(None, *chart.close[1:]))
    shown = bars(gap, NEW_YORK)
    assert len({len(each) for each in (shown.sessions, shown.closes, shown.volumes, shown.times, shown.outside)}) == 1
    assert len(shown.closes) == len(chart.close) - 1


def test_the_line_outside_the_session_has_a_colour_of_its_own() -> None:
    def braille(chart: Chart) -> set[str]:
        spans = [span for line in draw(chart, 80, 20, "USD", NEW_YORK)[:16] for span in line]
        return {role for words, role in spans if any("\u2801" <= character <= "\u28ff" for character in words)}

    chart = market.day_chart("AAPL")
    assert braille(chart) == {"line", "volume"}
    assert braille(replace(chart, phases=("regular",) * len(chart.phases))) == {"line"}
    assert braille(replace(chart, phases=("post",) * len(chart.phases))) == {"volume"}


def test_what_the_gate_found_is_marked_under_its_session() -> None:
    plain, noted = drawn(data.chart("AAPL")), drawn(data.chart("AAPL", notes=market.NOTES))
    changed = [
        (before, after)
        for one, other in zip(plain, noted, strict=True)
        for before, after in zip(one, other, strict=True)
        if before != after
    ]
    assert {after for _, after in changed} == {"!", "≈"}
    assert all(before in " \u2800" for before, _ in changed)


def test_a_note_outside_the_range_is_not_marked() -> None:
    assert drawn(data.chart("AAPL", "1M", notes=market.NOTES[:3])) == drawn(data.chart("AAPL", "1M"))


@pytest.mark.parametrize(
    ("currency", "close", "width", "words"),
    [
        ("USD", 127.83, 120, "127.83 US dollars ▼"),
        ("USD", 127.83, 55, "127.83 USD ▼"),
        ("GBp", 742.4, 120, "742.4p pence ▼"),
        ("GBp", 742.4, 55, "742.4p ▼"),
        ("KRW", 71_200.0, 55, "71,200 won ▼"),
        ("", 5.0, 120, "5.00 ▼"),
    ],
)
def test_the_title_says_what_the_price_counts(currency: str, close: float, width: int, words: str) -> None:
    row = data.row("AAPL", currency=currency, close=close)
    assert words in pane(data.live_view(rows=(row,)), None, width=width)


def test_the_lower_edge_says_source_age_quote_and_clock() -> None:
    row = market.quoted(data.live_view().rows[0], 0.84, "post")
    events = [Ranged(-1)] * 4
    last = pane(data.live_view(rows=(row,)), market.day_chart("AAPL"), *events).splitlines()[-1]
    assert "yahoo 2m ago · post-market 18:59 · New York time" in last


def test_below_bars_within_the_day_stands_why_nothing_newer_came() -> None:
    events = [Ranged(-1)] * 4
    chart = replace(market.day_chart("AAPL"), fault="yahoo takes no more\x1b[31m requests (received: 429)")
    shown = pane(data.live_view(), chart, *events)
    assert "nothing newer: yahoo takes no more" in shown
    assert "\x1b" not in shown
    assert "nothing newer" not in pane(data.live_view(), market.day_chart("AAPL"), *events)


def test_a_replay_has_no_age() -> None:
    assert "ago" not in pane(data.view(), data.chart("AAPL"))


def feed(*events: object, width: int = 118) -> list[str]:
    shown = AlarmFeed()
    view = data.live_view(alarms=(market.price_alert(6, "AAPL"), *data.alarms()))
    state = reduce(State(now=data.NOW), view)
    for event in events:
        state = reduce(state, event)  # type: ignore[arg-type]
    shown.state = state
    return [text(line) for line in shown.paint(width, 12)]


def test_a_price_alert_has_its_time_and_no_rarity() -> None:
    line = feed()[1]
    assert "17:30" in line
    assert "price alert · 128.10 is above your 128.00" in line
    assert "·   " not in line.split("128.00")[1]


def test_a_price_alert_is_explained_as_outside_the_budget_and_not_counted_in_it() -> None:
    lines = feed()
    assert "your own level, outside the budget" in lines[-2]
    assert "ordinary" not in lines[-3]
    assert "3 open · 5 in a year" in lines[0]


def test_an_alarm_of_the_close_has_its_day() -> None:
    assert "17 Sep" in feed(Moved(1, "feed"))[2]


@pytest.mark.parametrize("width", [44, 60, 120])
def test_why_a_ticker_is_not_scored_is_told_in_full(width: int) -> None:
    why = "halted since 2008-09-15: the newest bar is older than that of the others of its exchange"
    view = data.view(rows=(data.row("AAPL", scored=False, why=why),))
    told = " ".join(line.strip("│ ") for line in pane(view, data.chart("AAPL"), width=width).splitlines())
    assert f"not scored: {why}" in " ".join(told.split())


def test_why_there_is_no_chart_is_told_in_full() -> None:
    words = "no file for this symbol in /home/user/.local/share/whipsaw/prices"
    view = data.view()
    lines = pane(view, None, NoChart("AAPL", words), width=44).splitlines()
    assert words.replace(" ", "") in "".join(line.strip("│ ").replace(" ", "") for line in lines)


def test_the_feed_leaves_a_clause_out_whole_where_it_has_no_room() -> None:
    shown = AlarmFeed()
    words = "down 10.7 % in 10 d, forecast leans up +0.4 σ; the model has no skill"
    shown.state = reduce(State(now=data.NOW), data.view(alarms=(data.reversal(1, "AAPL", words=words),)))
    line = text(shown.paint(118, 12)[1])
    assert "leans up +0.4 σ  " in line
    assert "model" not in line
