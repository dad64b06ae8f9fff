"""Pictures of the screen, compared with those that were looked at and found good."""

from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from engine.protocol import (
    Feed,
    GetLists,
    ListsKept,
    ListSummary,
    Live,
    Search,
    SearchHit,
    SearchResults,
    View,
    Watchlist,
)
from tests.tui import data, market
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tui.app import WhipsawApp
from tui.palettes import CONTRAST, LIGHT, SAFE, Depth

Compare = Callable[..., bool]


def pressed(*keys: str) -> Callable[[Pilot[str]], Awaitable[None]]:
    """Waits for the first chart, presses keys, waits for what follows."""

    async def run(pilot: Pilot[str]) -> None:
        await still(pilot)
        for key in keys:
            await pilot.press(key)
        await still(pilot)

    return run


async def still(pilot: Pilot[str]) -> None:
    """Until the screen has not changed for a while: charts are asked for late, and the palette searches by itself."""
    before: list[str] | None = None
    while (now := [strip.text for strip in pilot.app.screen._compositor.render_strips()]) != before:
        before = now
        await pilot.pause(0.5)


@pytest.mark.parametrize(
    "size", [(200, 60), (120, 40), (100, 30), (80, 24), (70, 50), (120, 18), (60, 15), (44, 12)], ids=str
)
def test_every_size_is_useful(snap_compare: Compare, app: WhipsawApp, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=pressed())


FAILING = data.live(
    feed=Feed("failing", data.NOW - 7200, "too many requests (429)", retry_at=data.NOW + 250),
    live=Live("lost", data.NOW - 7100, data.NOW + 90),
)
PARTLY = data.live(feed=Feed("partly", data.NOW - 130, failed=3, used=1530, allowed=1800))
VIEWS: dict[str, Callable[[], View]] = {
    "live": data.live_view,
    "failing": lambda: data.live_view(status=FAILING),
    "partly": lambda: data.live_view(status=PARTLY),
    "polling": lambda: data.live_view(status=data.live(live=Live("polling", data.NOW - 70))),
    "early_close": lambda: data.live_view(status=data.live(markets=(market.NYSE_EARLY,))),
    "two_exchanges": market.two_exchanges,
    "held": market.held_view,
    "quiet_alarms": lambda: data.live_view(alarms=data.quiet_alarms()),
    "price_alert": lambda: data.live_view(alarms=(market.price_alert(6, "AAPL"), *data.alarms())),
    "training": lambda: data.view(jobs=(data.JOB,)),
    "first_minute": data.first_minute,
    "korean": market.korean_view,
    "empty": lambda: data.view(rows=(), alarms=()),
    "many": lambda: data.many(120),
}


@pytest.mark.parametrize("name", VIEWS)
def test_every_state_of_the_engine_is_clear(
    snap_compare: Compare, app_of: Callable[[View], WhipsawApp], name: str
) -> None:
    assert snap_compare(app_of(VIEWS[name]()), terminal_size=(120, 40), run_before=pressed())


@pytest.mark.parametrize("name", ["failing", "partly", "two_exchanges", "held", "price_alert"])
def test_every_state_of_the_data_fits_a_small_terminal(
    snap_compare: Compare, app_of: Callable[[View], WhipsawApp], name: str
) -> None:
    assert snap_compare(app_of(VIEWS[name]()), terminal_size=(80, 24), run_before=pressed())


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
def test_hidden_amounts_hide_them_all(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(build(FakeClient(market.held_view())), terminal_size=size, run_before=pressed("P", "G"))


def test_a_korean_list_is_offered_red_rises(snap_compare: Compare) -> None:
    app = build(FakeClient(market.korean_view()), red_up="offer")
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressed())


@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_rises_are_red_and_falls_blue(snap_compare: Compare, depth: Depth) -> None:
    app = build(FakeClient(market.two_exchanges()), red_up=True, depth=depth)
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressed())


@pytest.mark.parametrize("back", [4, 3], ids=["one_day", "five_days"])
def test_a_range_within_days_dims_what_lies_outside_the_sessions(snap_compare: Compare, back: int) -> None:
    keys = ("left_square_bracket",) * back
    assert snap_compare(build(FakeClient(data.live_view())), terminal_size=(120, 40), run_before=pressed(*keys))


@pytest.mark.parametrize("down", [1, 2, 3, 5], ids=["market", "snoozed", "muted", "data_fault"])
def test_how_a_chosen_alarm_stands_is_told_beside_why(snap_compare: Compare, down: int) -> None:
    engine = FakeClient(data.live_view(alarms=data.quiet_alarms()))
    assert snap_compare(build(engine), terminal_size=(150, 40), run_before=pressed("tab", "tab", *"j" * down))


def test_a_name_that_is_typed_lists_what_it_may_mean(snap_compare: Compare) -> None:
    hits = (
        SearchHit("NVDA", "NVIDIA Corporation", "NASDAQ", "equity"),
        SearchHit("NVD.DE", "NVIDIA Corporation", "Xetra", "equity"),
        SearchHit("NVDL", "GraniteShares 2x Long NVDA Daily ETF", "NASDAQ", "ETF"),
    )
    engine = FakeClient(data.live_view(), lambda asked: SearchResults(hits) if isinstance(asked, Search) else None)

    async def run(pilot: Pilot[str]) -> None:
        await pressed("a", *"nvidia")(pilot)
        await pressed("down")(pilot)

    assert snap_compare(build(engine), terminal_size=(120, 40), run_before=run)


FILTERS: dict[str, tuple[str, ...]] = {
    "expression": ("slash", *"last > 100 and state = bear", "enter"),
    "unfinished": ("slash", *"last > 100 and state = b"),
    "wrong": ("slash", *"last > 100 and sate = bear"),
    "no_room_for_a_pointer": ("slash", *"(last > 100 or name ~ 전자) and (state = bear or rarety < 60)"),
}


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_shown_or_what_is_wrong_with_it(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    rows = tuple(replace(row, momentum_state="bear") for row in market.two_exchanges().rows)
    app = build(FakeClient(market.two_exchanges(rows=rows)))
    assert snap_compare(app, terminal_size=size, run_before=pressed(*FILTERS[name]))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
@pytest.mark.parametrize("keys", [(), ("h",)], ids=["open", "folded"])
def test_a_list_stands_under_the_headings_of_its_groups(
    snap_compare: Compare, keys: tuple[str, ...], size: tuple[int, int]
) -> None:
    app = build(FakeClient(market.two_exchanges()), grouped=True)
    assert snap_compare(app, terminal_size=size, run_before=pressed(*keys))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
def test_chosen_columns_stand_in_their_own_order(snap_compare: Compare, size: tuple[int, int]) -> None:
    columns = ("rarity", "last", "chg", "gain", "spark", "name")
    app = build(FakeClient(market.held_view()), columns=columns)
    assert snap_compare(app, terminal_size=size, run_before=pressed("j"))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
def test_rows_whose_quote_is_old_are_dim(snap_compare: Compare, size: tuple[int, int]) -> None:
    rows = market.stale_quotes()
    status = data.live(markets=(market.NYSE_OPEN,))
    app = build(FakeClient(data.live_view(rows=rows, status=status)))
    assert snap_compare(app, terminal_size=size, run_before=pressed())


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
@pytest.mark.parametrize("key", ["s", "w"], ids=["orders", "lists"])
def test_what_can_be_picked_drops_down(snap_compare: Compare, key: str, size: tuple[int, int]) -> None:
    told = ListsKept(
        (
            ListSummary("kospi", "코스피 대형주", 30, 1),
            ListSummary("mine", why="mine.toml, line 3: not TOML"),
            ListSummary("sample", "Sample", 4, 2),
            ListSummary("us-megacaps", "US megacaps", 20),
        )
    )
    list_ = Watchlist("sample", "Sample", tuple(each.name for each in told.lists))
    engine = FakeClient(market.held_view(watchlist=list_), lambda asked: told if isinstance(asked, GetLists) else None)
    assert snap_compare(build(engine), terminal_size=size, run_before=pressed(key))


KEYS: dict[str, tuple[str, ...]] = {
    "feed": ("tab", "tab", "j"),
    "narrowed": ("tab", "tab", "f", "f"),
    "find": ("slash", "g", "o"),
    "found_nothing": ("slash", "x", "y", "enter"),
    "add": ("a", "n", "v"),
    "lists": ("w",),
    "help": ("question_mark",),
    "palette": ("colon", "r", "e", "t"),
    "not_scored": ("G",),
    "one_month": ("left_square_bracket", "left_square_bracket"),
    "light": ("t",),
    "five_years": ("right_square_bracket", "right_square_bracket"),
}


@pytest.mark.parametrize("name", KEYS)
def test_every_key_leaves_a_calm_screen(snap_compare: Compare, engine: FakeClient, name: str) -> None:
    if name == "not_scored":
        engine = FakeClient(market.korean_view())
    assert snap_compare(build(engine), terminal_size=(120, 40), run_before=pressed(*KEYS[name]))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
def test_an_empty_filter_of_the_feed_says_what_shows_all(snap_compare: Compare, size: tuple[int, int]) -> None:
    engine = FakeClient(data.view(alarms=(data.reversal(4, "GOOG"),)))
    assert snap_compare(build(engine), terminal_size=size, run_before=pressed("f"))


def test_help_fits_a_small_terminal(snap_compare: Compare, app: WhipsawApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=pressed("question_mark"))


@pytest.mark.parametrize("theme", [LIGHT, CONTRAST, SAFE])
def test_the_other_themes_read_as_well(snap_compare: Compare, engine: FakeClient, theme: str) -> None:
    assert snap_compare(build(engine, theme=theme), terminal_size=(120, 40), run_before=pressed())


@pytest.mark.parametrize("depth", ["256", "16"])
def test_fewer_colours_read_as_well(snap_compare: Compare, engine: FakeClient, depth: Depth) -> None:
    assert snap_compare(build(engine, depth=depth), terminal_size=(120, 40), run_before=pressed())


def test_no_colour_reads_as_well(snap_compare: Compare, engine: FakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(build(engine), terminal_size=(120, 40), run_before=pressed())


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
def test_ascii_alone_reads_as_well(snap_compare: Compare, engine: FakeClient, size: tuple[int, int]) -> None:
    assert snap_compare(build(engine, glyphs="ascii"), terminal_size=size, run_before=pressed())
