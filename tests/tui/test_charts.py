"""The whole chart: what is in sight, and what is drawn of it where."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.protocol import Chart, Marker
from tests.tui import charting, data, market
from tui.charts.bars import Bars, bars, fan_of
from tui.charts.columns import Columns
from tui.charts.dots import Dots
from tui.charts.look import FEWEST, Look, kept, looked
from tui.charts.reading import legend, reading
from tui.charts.whole import Drawn, draw, rooms
from tui.events import Looked
from tui.spans import Spans, cells

WIDTH, ROWS = 90, 30
USUAL = Look()
BRAILLE = {chr(0x2800 + dots) for dots in range(1, 256)}
looks = st.builds(
    Look,
    shown=st.none() | st.integers(1, 300),
    back=st.integers(0, 300),
    cursor=st.none() | st.integers(0, 300),
)
counts = st.integers(1, 300)
deeds = st.lists(st.builds(Looked, st.sampled_from(["cursor", "slide", "zoom"]), st.sampled_from([-1, 1])), max_size=30)


def text(spans: Spans) -> str:
    return "".join(words for words, _ in spans)


def drawn(
    chart: Chart, look: Look = USUAL, columns: int = WIDTH, rows: int = ROWS, cursor: int | None = None
) -> list[Spans]:
    known = bars(chart)
    of = Drawn(known, known.closes[-1], fan_of(chart), chart.markers, chart.notes, cursor)
    return draw(of, look, columns, rows)


def texts(*args: object, **other: object) -> list[str]:
    return [text(line) for line in drawn(*args, **other)]  # type: ignore[arg-type]


def grounds(lines: list[Spans]) -> set[str]:
    return {part for line in lines for _, role in line for part in role.split("/")}


# --- lines in dots ------------------------------------------------------------------------------------------


@given(st.lists(st.none() | st.tuples(st.integers(0, 7), st.integers(0, 15)), max_size=60), st.sampled_from([1, 2, 4]))
def test_a_line_through_many_points_of_a_column_is_the_same_as_stroke_by_stroke(points, every):  # type: ignore[no-untyped-def]
    whole, strokes = Dots(4, 4), Dots(4, 4)
    whole.line(points, "line", every=every)
    for one, other in zip([None, *points], points, strict=False):
        strokes.line([one, other], "line", every=every)
    assert whole.grid() == strokes.grid()


# --- what is in sight -------------------------------------------------------------------------------------------------


@given(counts, deeds)
def test_whatever_is_pressed_some_bars_are_in_sight_and_the_cursor_among_them(count: int, done: list[Looked]) -> None:
    look = Look()
    for event in done:
        look = looked(look, event, count)
        first, end = look.window(count)
        assert 0 <= first < end <= count
        assert end - first >= min(FEWEST, count)
        assert look.cursor is None or first <= count - 1 - look.cursor < end


@given(looks, counts)
def test_any_look_fits_a_chart_of_any_length(look: Look, count: int) -> None:
    first, end = look.window(count)
    assert 0 <= first < end <= count


def test_nearer_and_further_away_are_each_others_way_back() -> None:
    near = looked(Look(), Looked("zoom", 1), 126)
    assert near.shown == 84
    assert looked(near, Looked("zoom", -1), 126) == Look()


def test_zooming_leaves_the_cursor_where_it_is() -> None:
    look = Look(cursor=60)
    near = looked(look, Looked("zoom", 1), 126)
    first, end = near.window(126)
    share = (126 - 1 - 60 - first) / (end - first)
    assert share == pytest.approx((126 - 1 - 60) / 126, abs=0.02)


def test_without_a_cursor_the_same_keys_move_the_chart() -> None:
    look = looked(Look(shown=80), Looked("slide", -1), 126)
    assert look.window(126) == (36, 116)
    assert looked(look, Looked("slide", 1), 126).window(126) == (46, 126)


def test_a_cursor_at_the_edge_takes_the_chart_along() -> None:
    look = Look(shown=20, cursor=19)
    assert look.window(126) == (106, 126)
    assert looked(look, Looked("slide", -1), 126).window(126) == (105, 125)


def test_what_can_be_drawn_beside_goes_round() -> None:
    look, seen = Look(beside="none"), []
    for _ in range(4):
        look = looked(look, Looked("beside"), 126)
        seen.append(look.beside)
    assert seen == ["averages", "bands", "panels", "none"]


def chart_upto(count: int) -> Chart:
    whole = charting.chart("AAPL", "1Y")
    part = {name: getattr(whole, name)[:count] for name in ("sessions", "open", "high", "low", "close", "volume")}
    return replace(whole, **part)


def test_a_cursor_stays_on_its_bar_while_the_chart_grows() -> None:
    look = kept(Look(cursor=5, shown=40), chart_upto(200), chart_upto(203))
    assert look.cursor == 8
    assert look.window(203) == (163, 203)


def test_who_looks_at_the_past_still_does_when_a_bar_comes() -> None:
    look = Look(shown=40, back=30)
    assert kept(look, chart_upto(200), chart_upto(201)).window(201) == look.window(200)


def test_another_ticker_or_range_is_seen_whole_in_the_same_style() -> None:
    look = Look(style="candles", beside="panels", shown=30, back=20, cursor=25)
    for other in (charting.chart("GOOG", "1Y"), charting.chart("AAPL", "3M")):
        assert kept(look, chart_upto(200), other) == Look(style="candles", beside="panels", cursor=0)


@given(st.integers(1, 400), st.integers(1, 200))
def test_every_bar_stands_in_one_cell_and_the_cells_hold_them_in_order(count: int, room: int) -> None:
    columns = Columns(count, room)
    assert [index for column in range(room) for index in columns.within(column)] == list(range(count))
    assert all(index in columns.within(columns.at(index)) for index in range(count))
    assert all(columns.dot(index) // 2 == columns.at(index) for index in range(count))


# --- what is drawn ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beside", ["none", "averages", "bands", "panels"])
@pytest.mark.parametrize("style", ["line", "candles"])
@pytest.mark.parametrize("size", [(150, 50), (90, 30), (70, 18), (56, 11), (30, 8)])
def test_every_picture_is_as_large_as_its_place(beside: str, style: str, size: tuple[int, int]) -> None:
    lines = drawn(charting.chart(), Look(style=style, beside=beside), *size)  # type: ignore[arg-type]
    assert len(lines) == size[1]
    assert max(map(cells, lines)) <= size[0]


@pytest.mark.parametrize("size", [(20, 30), (90, 3), (0, 0)])
def test_without_room_nothing_is_drawn(size: tuple[int, int]) -> None:
    assert drawn(charting.chart(), Look(), *size) == []


def test_as_rows_get_fewer_the_macd_goes_first_then_the_volume_then_the_rsi() -> None:
    seen = []
    for rows in range(40, 5, -1):
        of = rooms(rows, "panels", volume=True)
        parts = [name for name in ("macd", "volume", "rsi") if getattr(of, name)]
        if not seen or seen[-1] != parts:
            seen.append(parts)
        assert of.price + of.volume + of.rsi + of.macd + bool(of.rsi) + bool(of.macd) + 1 == rows
    assert seen == [["macd", "volume", "rsi"], ["macd", "rsi"], ["rsi"], []]


def test_the_fan_has_both_tones_and_stands_right_of_the_last_bar() -> None:
    chart = replace(charting.chart(), past=())
    assert {"band90", "band50"} <= grounds(drawn(chart)[:-5])
    assert "band50" not in grounds(drawn(replace(chart, forecasts=(), forecast=None)))


def test_the_fan_names_its_horizons_below() -> None:
    axis = next(line for line in texts(charting.chart()) if "Jun" in line)
    assert axis.split()[-3:] == ["1", "5", "10"]


def test_the_fan_widens_through_every_horizon() -> None:
    lines = drawn(replace(charting.chart(), past=()), Look(beside="none"))
    heights = []
    for column in range(WIDTH):
        shades = [role_at(line, column) for line in lines[:-4]]
        heights.append(sum("band" in shade for shade in shades))
    fan = [height for height in heights if height > 1]
    assert fan == sorted(fan)
    assert fan[-1] > 2 * fan[0]


def role_at(line: Spans, column: int) -> str:
    for words, role in line:
        if column < len(words):
            return role
        column -= len(words)
    return ""


def test_the_bands_of_past_forecasts_lie_under_the_past() -> None:
    without = replace(charting.chart(), forecasts=(), forecast=None, past=())
    assert "ground" not in grounds(drawn(without)[:20])
    shaded = drawn(replace(charting.chart(), forecasts=(), forecast=None))
    assert any(role.startswith("line/band90") for line in shaded for _, role in line)


def test_a_rise_and_a_fall_differ_in_shape_and_not_in_colour_alone() -> None:
    lines = drawn(charting.chart(span="1M"), Look(style="candles", beside="none"))
    rises, falls = (
        {sign for line in lines for words, role in line if role.split("/")[0] == of for sign in words if sign != " "}
        for of in ("up", "down")
    )
    assert "┃" in rises
    assert "█" in falls
    assert not (rises & falls) - set("│╷╵")


def test_bars_without_open_high_and_low_are_drawn_as_a_line() -> None:
    of = data.chart("AAPL")
    assert drawn(of, Look(style="candles")) == drawn(of, Look(style="line"))
    assert "closes only" in text(legend(bars(of), Look(style="candles"), 126, "USD", 100))


@pytest.mark.parametrize(("beside", "role"), [("averages", "text"), ("bands", "dim")])
def test_overlays_are_lines_of_their_own(beside: str, role: str) -> None:
    def dotted(look: Look) -> bool:
        spans = (span for line in drawn(charting.chart(), look) for span in line)
        return any(of.split("/")[0] == role and set(words) & BRAILLE for words, of in spans)

    assert dotted(Look(beside=beside))  # type: ignore[arg-type]
    assert not dotted(Look(beside="none"))


def test_panels_say_the_last_value_and_under_a_cursor_that_of_its_bar() -> None:
    chart = charting.chart()
    last = chart.overlays.rsi14[-1]
    earlier = chart.overlays.rsi14[40]
    assert f"RSI14 {last:.0f}" in "\n".join(texts(chart, Look(beside="panels")))
    assert f"RSI14 {earlier:.0f}" in "\n".join(texts(chart, Look(beside="panels"), cursor=40))


def test_the_last_price_is_boxed_and_led_across_the_chart() -> None:
    lines = drawn(charting.chart(), Look(beside="none"))
    level = next(line for line in lines if ("127.83" in text(line)))
    assert any(role == "text bold/band90" for _, role in level)
    assert "┄" in text(level)


def test_the_cursor_is_a_stroke_with_its_price_on_the_axis_and_its_day_below() -> None:
    lines = drawn(charting.chart(), Look(beside="none"), cursor=60)
    day = charting.chart().sessions[60]
    assert any(f"{day:%d %b}" in words and role == "key bold" for line in lines for words, role in line)
    assert any(role == "key bold/selected" for line in lines for _, role in line)
    assert sum("│" in text(line) for line in lines) > 10


@pytest.mark.parametrize("cursor", range(20, 110))
def test_the_day_of_the_cursor_leaves_no_piece_of_a_month_beside_it(cursor: int) -> None:
    lines = drawn(charting.chart(), Look(beside="none"), cursor=cursor)
    axis = next(line for line in lines if any(role == "key bold" and words.strip() for words, role in line))
    beside = " ".join(words for words, role in axis if role == "dim").split()
    assert set(beside) <= {*(f"{date(2008, month, 1):%b}" for month in range(1, 13)), "2008", "1", "5", "10"}


def test_an_alarm_stands_over_its_bar() -> None:
    assert sum("◆" in line for line in texts(charting.chart())) >= 1
    assert not any("◆" in line for line in texts(replace(charting.chart(), markers=())))


def test_a_marker_of_a_day_out_of_sight_is_not_drawn() -> None:
    early = (Marker(data.history("AAPL")[0][0], "volatility_shock", "alert", "up"),)
    assert not any("▲" in line for line in texts(replace(charting.chart(), markers=early)))


def test_what_the_gate_found_is_marked_on_the_axis() -> None:
    lines = texts(replace(charting.chart(), notes=market.NOTES))
    assert any("≈" in line for line in lines)


def test_hours_outside_the_session_are_secondary() -> None:
    chart = market.day_chart("AAPL")
    roles = {role for line in drawn(chart, Look(beside="none")) for words, role in line if set(words) & BRAILLE}
    assert {"line", "volume"} <= roles


def test_flat_prices_can_be_drawn() -> None:
    flat = data.chart("AAPL", close=(5.0,) * 126, forecast=None)
    assert len(drawn(flat)) == ROWS


# --- the line above ---------------------------------------------------------------------------------------------------


@pytest.fixture
def whole() -> Bars:
    return bars(charting.chart())


def test_the_line_above_reads_the_bar_under_the_cursor(whole: Bars) -> None:
    said = text(reading(whole, 125, charting.chart().markers, "USD", 200))
    assert "Wed 17 Sep 2008" in said
    assert "C 127.83 ▼8.61 %" in said
    assert "volatility shock" in said
    assert "below" in said
    assert all(name in said for name in ("O ", "H ", "L ", "V "))


@pytest.mark.parametrize("room", [30, 50, 70, 100])
def test_what_does_not_fit_gives_way_and_day_and_close_stay(whole: Bars, room: int) -> None:
    line = reading(whole, 125, charting.chart().markers, "USD", room)
    assert cells(line) <= max(room, 38)
    assert "17 Sep 2008" in text(line)
    assert "127.83" in text(line)


@pytest.mark.parametrize("room", [66, 70, 80])
def test_open_high_and_low_give_way_before_what_was_forecast(whole: Bars, room: int) -> None:
    said = text(reading(whole, 125, charting.chart().markers, "USD", room))
    assert "90 % below" in said
    assert "O " not in said


@pytest.mark.parametrize("at", [60, 90, 110])
def test_beside_the_panes_of_120_columns_day_figures_and_forecast_of_then_all_fit(whole: Bars, at: int) -> None:
    said = text(reading(whole, at, (), "USD", 70))
    assert all(word in said for word in (f"{whole.sessions[at]:%d %b %Y}", "O ", "H ", "L ", "C ", "90 % "))


def test_the_line_says_how_past_forecasts_held(whole: Bars) -> None:
    held = sum(each.q05 <= close <= each.q95 for each, close in zip(whole.past, whole.closes, strict=True) if each)
    assert f"held {held} of 90" in text(legend(whole, Look(), 126, "USD", 120))


def test_the_line_says_which_part_is_in_sight(whole: Bars) -> None:
    said = text(legend(whole.upto(40, 100), Look(shown=60, back=26), 126, "USD", 120))
    assert "60 of 126 bars" in said
    assert "26 newer" in said


# --- lines of dots ----------------------------------------------------------------------------------------------------


def sheet(draws: Callable[[Dots], None]) -> list[str]:
    dots = Dots(4, 2)
    draws(dots)
    return ["".join(character for character, _ in line) for line in dots.grid()]


def test_a_stroke_joins_two_dots() -> None:
    assert sheet(lambda dots: dots.line([(0, 0), (7, 7)], "line")) == ["⠑⢄  ", "  ⠑⢄"]


def test_a_gap_breaks_the_line() -> None:
    assert sheet(lambda dots: dots.line([(0, 0), None, (7, 7)], "line")) == ["⠁   ", "   ⢀"]


def test_what_lies_outside_is_left_out() -> None:
    assert sheet(lambda dots: dots.line([(-5, 0), (20, 0)], "line")) == ["⠉⠉⠉⠉", "    "]
