"""The status bar tells the truth of the sources, the live quotes and the exchanges, as far as its width goes."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from engine.protocol import Feed, Job, Live, Market, Status
from tests.tui import data, market
from tui.exchanges import market_forms, zone_of
from tui.reduce import reduce
from tui.sources import feed_forms, live_forms
from tui.spans import Spans, cells
from tui.state import State
from tui.widgets.status_bar import StatusBar

NOW = data.NOW


def text(spans: Spans) -> str:
    return "".join(words for words, _ in spans)


def longest(feed: Feed) -> str:
    return text(feed_forms("yahoo", feed, NOW, 12)[0])


def bar(status: Status, width: int, jobs: tuple[Job, ...] = ()) -> str:
    """The line at the top of a screen so wide."""
    pane = StatusBar()
    pane.state = reduce(State(now=NOW), market.two_exchanges(status=status, jobs=jobs))
    (line,) = pane.paint(width, 1)
    assert cells(line) == width
    return text(line)


@pytest.mark.parametrize(
    ("feed", "words"),
    [
        (Feed(), "yahoo ○ waiting"),
        (Feed("ok", NOW - 130), "yahoo ● 2m"),
        (Feed("ok", NOW + 30), "yahoo ● now"),
        (Feed("ok", NOW - 5, used=1440, allowed=1800), "yahoo ● now"),
        (Feed("ok", NOW - 5, used=1530, allowed=1800), "yahoo ● now · 1,530 of 1,800 requests"),
        (Feed("partly", NOW - 130, failed=3), "yahoo ◐ 3 of 12 failed · 2m"),
        (
            Feed("failing", NOW - 7200, "no network", retry_at=NOW + 250),
            "yahoo ● failing: no network, retry in 4m, last 2h ago",
        ),
        (
            Feed("failing", None, "no network", next_poll=NOW + 40),
            "yahoo ● failing: no network, retry in <1m, no success yet",
        ),
        (Feed("failing", None, "bad\x1b[31m words"), "yahoo ● failing: bad [31m words, no success yet"),
    ],
)
def test_a_source_says_how_it_does(feed: Feed, words: str) -> None:
    assert longest(feed) == words


def test_the_age_is_that_of_the_last_success_not_of_the_last_try() -> None:
    trying = Feed("failing", NOW - 7200, "429", next_poll=NOW + 900, retry_at=NOW + 300)
    assert "last 2h ago" in longest(trying)
    assert "retry in 5m" in longest(trying)


@pytest.mark.parametrize(
    ("live", "words"),
    [
        (Live(), ""),
        (Live("connecting"), "live ○ connecting"),
        (Live("live", NOW - 2), "live ●"),
        (Live("live", NOW - 130), "live ● 2m"),
        (Live("stale", NOW - 190), "live ◐ silent 3m"),
        (Live("polling", NOW - 70, None, "the stream is silent"), "live ◐ polling: the stream is silent"),
        (Live("lost", NOW - 70, NOW + 100, "reset"), "live ○ lost: reset, retry in 1m"),
    ],
)
def test_live_quotes_say_how_they_come(live: Live, words: str) -> None:
    assert text(live_forms(live, NOW)[0]) == words


@pytest.mark.parametrize(
    ("markets", "words"),
    [
        ((), ""),
        ((market.NYSE_OPEN,), "NYSE ● open, closes in 1h28m"),
        ((market.NYSE_EARLY,), "NYSE ● open, closes early in 40m"),
        ((market.NYSE_CLOSED,), "NYSE ○ closed, opens 09:30 Thu"),
        ((replace(market.NYSE_CLOSED, until=NOW + 300),), "NYSE ○ closed, opens in 5m"),
        ((replace(market.NYSE_CLOSED, zone=""),), "NYSE ○ closed, opens in 14h30m"),
        ((Market("Crypto", True, None),), "Crypto ● open"),
        ((market.NYSE_OPEN, market.KRX_CLOSED), "NYSE ● 1h28m · KRX ○ opens 09:00 Mon"),
        ((market.NYSE_EARLY, market.KRX_CLOSED), "NYSE ● closes early in 40m · KRX ○ opens 09:00 Mon"),
        ((Market("A", True, None),) * 5, "A ● open · A ● open · A ● open · +2"),
    ],
)
def test_each_exchange_stands_on_its_own_clock(markets: tuple[Market, ...], words: str) -> None:
    assert text(market_forms(markets, NOW)[0]) == words


@pytest.mark.parametrize("markets", [(market.NYSE_EARLY,), (market.NYSE_OPEN, market.KRX_CLOSED)], ids=["one", "two"])
def test_forms_get_shorter(markets: tuple[Market, ...]) -> None:
    sizes = [cells(form) for form in market_forms(markets, NOW)]
    assert sizes == sorted(sizes, reverse=True)


BAD = Feed("failing", NOW - 7200, "too many requests (429)", retry_at=NOW + 250)
STATES = {
    "calm": market.two_exchanges().status,
    "failing": data.live(feed=BAD, live=Live("lost", NOW - 90, NOW + 90, "reset")),
    "second": data.live(markets=(market.NYSE_OPEN, market.KRX_OPEN), second=BAD),
    "partly": data.live(feed=Feed("partly", NOW - 60, failed=3)),
    "replay": data.status(),
}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_the_line_fits_and_never_hides_a_failure(name: str, width: int) -> None:
    line = bar(STATES[name], width)
    assert "engine ●" in line
    assert ("failing" in line) == (name in ("failing", "second"))
    assert ("◐" in line) == (name == "partly")


def test_eighty_columns_still_count_down_to_the_retry() -> None:
    assert "failing, retry in 4m" in bar(STATES["failing"], 80)


def test_a_row_has_the_zone_of_its_exchange() -> None:
    view = market.two_exchanges()
    assert zone_of(view, view.rows[0]) == "America/New_York"
    assert zone_of(view, view.rows[4]) == "Asia/Seoul"
    assert zone_of(view, None) == ""
    assert zone_of(data.live_view(), None) == "America/New_York"


def test_the_fixtures_monday_is_a_monday() -> None:
    assert market.KRX_CLOSED.until
    assert datetime.fromtimestamp(market.KRX_CLOSED.until, UTC).isoformat() == "2008-09-22T00:00:00+00:00"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"skill": 0.0081, "word": "passed"}, "model #2 5d skill +0.8%"),
        ({"skill": 0.0081, "word": "no skill"}, "model #2 5d no skill"),
        ({"skill": -0.02, "word": "no skill"}, "model #2 5d no skill"),
        ({"skill": None, "word": None}, "model #2 5d skill not known"),
        ({"expires_in": 0}, "model #2 expired"),
    ],
)
def test_the_model_tells_its_age_and_what_it_is_worth(changes: dict[str, object], words: str) -> None:
    assert words in bar(data.status(model=replace(data.MODEL, **changes)), 160)


PHASES = (
    "",
    "starting TensorFlow",
    "building the network",
    "epoch 9 of 12",
    "epoch 10 of 12",
    "comparing models",
    "fitting on all rows",
    "trial 9 of 30, epoch 10 of 12",
)


@pytest.mark.parametrize("width", [60, 76, 80, 99, 100, 120, 160, 200])
def test_nothing_moves_from_the_beginning_of_a_training_to_its_end(width: int) -> None:
    jobs = [replace(data.JOB, phase=phase, loss=None) for phase in PHASES]
    jobs += [replace(data.JOB, phase=f"epoch {epoch} of 12", loss=1 / epoch, val_loss=0.9) for epoch in (2, 9, 12)]
    lines = [bar(data.status(), width, (job,)) for job in jobs]
    assert len({(line.index("●"), line[: line.index("●")]) for line in lines}) == 1


@pytest.mark.parametrize("width", [60, 76, 80, 100, 120, 160, 200])
@pytest.mark.parametrize("jobs", [(), (data.JOB,)], ids=["idle", "busy"])
def test_whether_a_replay_goes_on_is_always_seen_and_moves_nothing(width: int, jobs: tuple[Job, ...]) -> None:
    states = {"running": "2/s", "paused": "paused", "training": "training", "ended": "ended"}
    ends = set()
    for state, word in states.items():
        line = bar(data.status(replay=replace(data.REPLAY, state=state)), width, jobs)
        assert f" {word} " in line
        ends.add(line.partition(f" {word} ")[2].lstrip())
    assert len(ends) == 1


def test_a_session_of_two_digits_takes_the_room_of_one_of_three() -> None:
    lines = [bar(data.status(replay=replace(data.REPLAY, index=index)), 160) for index in (9, 99, 100)]
    assert len({line.index("model") for line in lines}) == 1


def test_a_narrow_bar_keeps_what_the_model_is_worth_before_its_age() -> None:
    model = replace(data.MODEL, skill=0.0081, word="passed")
    assert any("#2 skill +0.8%" in bar(data.status(model=model), width) for width in range(60, 120))
