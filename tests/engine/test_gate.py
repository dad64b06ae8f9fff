"""The gate between a real store and those who score and show: nothing lost, nothing scored that may not be."""

import math
import time
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.store import SqliteStore
from engine.alarms import Alarms
from engine.core.bars import Action, as_date
from engine.core.episodes import decide
from engine.core.fitting import Hyper
from engine.core.judge import decide_session
from engine.core.models import Figures
from engine.core.presets import article
from engine.core.quality import SOURCES_DIFFER, DataNote
from engine.gate import Gate
from engine.ports import Profile, Ticker
from engine.protocol import Scanned
from engine.registry import Registry
from engine.report import as_json, as_words
from engine.services import replay
from engine.services.scan import Scan
from engine.services.train import Train
from engine.services.watch import Watch
from tests.fakes import FakeTrainer, fitted_at_random
from tests.registries import Now
from tests.worlds import history

CALENDAR = ExchangeCalendars()


def on_sessions(symbol="AAA", rows=300, seed=0):
    """A made-up history on the sessions of New York."""
    days = np.array(CALENDAR.between("XNYS", date(2006, 1, 3), date(2009, 1, 1))[:rows], "datetime64[D]")
    return replace(history(symbol, rows, seed=seed), sessions=days)


WORLD = on_sessions()
LAST = as_date(WORLD.sessions[-1])


def scaled(factor, rows, of=WORLD):
    columns = {name: getattr(of, name).copy() for name in ("open", "high", "low", "close")}
    for values in columns.values():
        values[rows] *= factor
    return replace(of, **columns)


class CountingStore(SqliteStore):
    """A store that counts whole histories read."""

    read = 0

    def bars(self, symbol, upto=None, last=None):
        self.read += last is None
        return super().bars(symbol, upto, last)


class Standing:
    """A clock that stands."""

    def __init__(self, now):
        self._now = now

    def now(self):
        return self._now


@pytest.fixture
def store():
    store = CountingStore(None)
    yield store
    store.close()


def holding(store, *histories):
    for each in histories:
        store.add_bars(each, "test", 1.0)
    return Gate(store, CALENDAR)


def closes(gated):
    return dict(zip(gated.history.sessions.tolist(), gated.history.close.tolist(), strict=True))


# --- what is read ---


def test_what_is_judged_once_is_not_judged_again_while_the_store_gives_the_same(store):
    gate = holding(store, WORLD)
    first = gate.read("AAA")
    assert gate.read("AAA") is first
    assert store.read == 1


@pytest.mark.parametrize("what", ["bar", "action", "correction", "distrust"])
def test_what_is_new_in_the_store_is_judged_anew(store, what):
    gate = holding(store, WORLD.rows(slice(0, 299)))
    before = gate.read("AAA")
    if what == "bar":
        store.add_bars(WORLD, "test", 2.0)
    elif what == "action":
        store.add_bars(replace(WORLD.rows(slice(0, 1)), actions=(Action(date(2006, 5, 1), 2.0),)), "test", 2.0)
    elif what == "correction":
        store.add_bars(scaled(1.1, slice(0, None)).rows(slice(5, 6)), "test", 2.0)
    else:
        store.add_notes("AAA", [DataNote(as_date(WORLD.sessions[5]), SOURCES_DIFFER, "quarantined", "differ")])
    assert gate.read("AAA") is not before


def test_the_gates_own_notes_are_no_news(store):
    gate = holding(store, scaled(0.1, slice(-1, None)))
    gate.judged("AAA")
    before = gate.read("AAA")
    gate.judged("AAA")
    assert gate.read("AAA") is before


def test_what_is_found_is_kept_in_the_store_once(store):
    gate = holding(store, scaled(0.25, slice(299, None)))
    gate.judged("AAA")
    gate.judged("AAA")
    (note,) = store.notes("AAA")
    assert (note.session, note.rule, note.treatment) == (LAST, "split-like", "quarantined")


def test_the_as_of_view_depends_on_no_later_row(store):
    gate = holding(store, WORLD, replace(scaled(0.1, slice(250, None)), symbol="BBB"))
    day = as_date(WORLD.sessions[249])
    gate.read("BBB")
    one, other = gate.read("AAA", day), gate.read("BBB", day)
    assert closes(one) == closes(other)
    assert one.notes == other.notes == ()


def test_a_session_on_which_sources_differ_is_out_of_use_and_still_stored(store):
    gate = holding(store, WORLD)
    day = as_date(WORLD.sessions[100])
    store.add_notes("AAA", [DataNote(day, SOURCES_DIFFER, "quarantined", "yahoo 10.00, krx 11.00")])
    gated = gate.read("AAA")
    assert day not in closes(gated)
    assert [note.words for note in gated.notes] == ["yahoo 10.00, krx 11.00"]
    assert WORLD.sessions[100] in store.bars("AAA").sessions


def test_a_later_revision_stands_for_a_quarantined_bar_alone(store):
    gate = holding(store, scaled(0.1, slice(100, 101)), WORLD)
    np.testing.assert_array_equal(gate.read("AAA").history.close, WORLD.close)


def test_a_split_told_later_brings_the_bar_back(store):
    gate = holding(store, scaled(0.25, slice(299, None)))
    assert gate.read("AAA").last == as_date(WORLD.sessions[298])
    store.add_bars(replace(WORLD.rows(slice(0, 1)), actions=(Action(LAST, split=4.0),)), "test", 2.0)
    assert gate.read("AAA").last == LAST


class Seoul:
    """Korea's calendar, with New York's sessions: that it has them is not the claim, and building it takes seconds."""

    def exchange(self, symbol):
        return "XKRX"

    def between(self, exchange, start, end):
        return CALENDAR.between("XNYS", start, end)


def test_in_seoul_a_move_beyond_thirty_per_cent_is_set_aside(store):
    store.add_bars(scaled(1.73 * WORLD.close[49] / WORLD.close[50], slice(50, 51)), "test", 1.0)
    assert [note.rule for note in Gate(store, Seoul()).read("AAA").notes] == ["beyond the limit"]
    assert Gate(store, CALENDAR).read("AAA").notes == ()


def test_with_a_clock_a_stored_bar_of_the_future_is_not_used(store):
    store.add_bars(WORLD, "test", 1.0)
    now = np.datetime64(WORLD.sessions[-3], "s").astype(int) + 22 * 3600
    assert Gate(store, CALENDAR, Standing(float(now))).read("AAA").last == as_date(WORLD.sessions[-3])


def test_the_newest_bars_alone_are_judged_with_those_before_in_mind(store):
    gate = holding(store, scaled(0.1, slice(299, None)))
    gated = gate.read("AAA", last=61)
    assert (len(gated.history), gated.last) == (60, as_date(WORLD.sessions[298]))
    assert [note.rule for note in gated.notes] == ["split-like"]
    assert store.read == 0


def test_a_hundred_tickers_are_read_again_in_no_time(store):
    gate = holding(store, *(on_sessions(f"T{seed}", 300, seed) for seed in range(100)))
    symbols = [f"T{seed}" for seed in range(100)]
    first = [gate.read(symbol) for symbol in symbols]
    began = time.process_time()
    assert all(gate.read(symbol) is before for symbol, before in zip(symbols, first, strict=True))
    assert time.process_time() - began < 1.0  # 0.05 s where it was measured


# --- what is scored and shown ---


def scanning(store, gate):
    store.add_model(fitted_at_random([replace(WORLD.rows(slice(0, 280)), symbol=name) for name in ("AAA", "BBB")]))
    return scan_of(store, gate), Watch(store, gate, CALENDAR)


def scan_of(store, gate):
    alarms = Alarms(store, CALENDAR, Now())
    registry = Registry(store, 60)
    return Scan(store, registry, gate, CALENDAR, alarms, shortfall=article.shortfall)


def test_a_quarantined_newest_bar_is_not_scored_says_why_and_is_not_lost(store):
    gate = holding(store, scaled(0.25 * WORLD.close[298] / WORLD.close[299], slice(299, None)), on_sessions("BBB"))
    scan, watch = scanning(store, gate)
    aaa, bbb = scan.live(["AAA", "BBB"])
    assert (aaa.why, *aaa.verdicts) == (f"split-like ratio 0.25 without a split ({LAST})",)
    assert bbb.why is None
    assert bbb.verdicts
    assert store.decided("AAA") is None
    assert store.bars("AAA").last == LAST
    row, _ = watch.rows([Ticker("AAA"), Ticker("BBB")], (aaa, bbb), "test")
    assert (row.scored, row.why, row.data) == (False, aaa.why, aaa.why)
    scanned, _ = watch.scan_rows([Ticker("AAA"), Ticker("BBB")], (aaa, bbb), episodes=True)
    assert (scanned.scored, scanned.why) == (False, aaa.why)


def test_what_models_of_old_said_of_a_ticker_is_let_go(store):
    gate = holding(store, on_sessions("AAA"), on_sessions("BBB"))
    scan, _ = scanning(store, gate)
    for number in (1, 2, 3, 4):
        scan.live(["AAA", "BBB"])
        assert max(scan._listings.known.models("AAA")) == number
        scanning(store, gate)
    assert scan._listings.known.models("AAA") == [3, 4]


def test_a_ticker_alone_is_not_scored_on_the_bar_before_a_quarantined_one(store):
    gate = holding(store, scaled(0.1, slice(299, None)))
    (scanned,) = scanning(store, gate)[0].live(["AAA"])
    assert scanned.why is not None
    assert scanned.expected == LAST


def test_a_halt_is_told_as_one(store):
    halted = {name: getattr(WORLD, name).copy() for name in ("open", "high", "low", "close", "volume")}
    for name, values in halted.items():
        values[297:] = 0.0 if name == "volume" else WORLD.close[296]
    gate = holding(store, replace(WORLD, **halted))
    (scanned,) = scanning(store, gate)[0].live(["AAA"])
    assert scanned.why == f"halted: same prices, no volume ({as_date(WORLD.sessions[297])} to {LAST:%m-%d})"


def test_a_bar_of_a_weekend_does_not_keep_a_ticker_from_being_scored(store):
    friday = int(np.flatnonzero((WORLD.sessions.astype(int) + 3) % 7 == 4)[-1])
    days = WORLD.sessions[: friday + 1]
    weekend = replace(WORLD.rows(slice(0, friday + 2)), sessions=np.append(days, days[-1] + 1))
    gate = holding(store, weekend)
    (scanned,) = scanning(store, gate)[0].live(["AAA"])
    assert (scanned.why, scanned.expected) == (None, as_date(days[-1]))
    assert scanned.verdicts
    assert store.bars("AAA").last == as_date(days[-1] + 1)


def test_a_filled_newest_session_is_not_scored(store):
    gate = holding(store, scaled(0.1, slice(299, None)).rows(np.arange(300) != 298), on_sessions("BBB"))
    (scanned,) = scanning(store, gate)[0].as_of(["AAA"], as_date(WORLD.sessions[298]))
    assert scanned.why == f"stale: its last bar is of {WORLD.sessions[297]}, {WORLD.sessions[298]} is expected"
    assert not scanned.verdicts


NO_SKILL = Figures(9, 0, *[math.nan] * 12, "no skill")


def judged(tmp_path, word):
    """A scan of what is rare and what is not, by a model on whose skill that word was spoken."""
    store = SqliteStore(tmp_path / word)
    gate = holding(store, WORLD, on_sessions("BBB", seed=3))
    model = fitted_at_random([replace(WORLD.rows(slice(0, 280)), symbol=name) for name in ("AAA", "BBB")])
    store.add_model(model.remembered(figures=replace(NO_SKILL, word=word)))
    scan = scan_of(store, gate)
    scans = scan.live(["AAA", "BBB"])
    rows = Watch(store, gate, CALENDAR).scan_rows([Ticker("AAA"), Ticker("BBB")], scans, episodes=True)
    store.close()
    return [verdict for scan in scans for verdict in scan.verdicts], rows


def test_what_leans_on_a_model_without_skill_says_so_and_is_ranked_all_the_same(tmp_path):
    (doubted, rows), (trusted, others) = judged(tmp_path, "no skill"), judged(tmp_path, "passed")
    assert [(each.kind, each.p, each.tier) for each in doubted] == [(each.kind, each.p, each.tier) for each in trusted]
    said = {each.kind for each in doubted if each.evidence.get("model") == "no skill"}
    assert said == {"predicted_reversal", "forecast_surprise"}
    assert all(("no skill" in each.words) == ("model" in each.evidence) for each in doubted)
    assert not [each for each in trusted if "model" in each.evidence or "no skill" in each.words]
    assert ({row.word for row in rows}, {row.word for row in others}) == ({"no skill"}, {"passed"})
    leaning = next(each for each in doubted if "model" in each.evidence)
    episode, _ = decide(None, replace(leaning, tier="alert"), np.array([0.001]), 0)
    assert (episode.evidence["model"], episode.words) == ("no skill", leaning.words)
    assert episode.words.endswith("; the model has no skill")


def test_a_scan_row_says_in_words_and_as_json_that_its_model_has_no_skill(tmp_path):
    rows, others = judged(tmp_path, "no skill")[1], judged(tmp_path, "passed")[1]
    assert as_words(Scanned(LAST, rows)).count("(90 %), no skill") == 2
    assert [row["word"] for row in as_json(Scanned(LAST, rows))["rows"]] == ["no skill"] * 2
    assert "no skill" not in as_words(Scanned(LAST, others))


def test_a_chart_has_the_notes_of_its_range(store):
    gate = holding(store, scaled(0.1, slice(20, 21), scaled(0.1, slice(290, 291))))
    _, watch = scanning(store, gate)
    assert [note.session for note in watch.chart(Ticker("AAA"), "1M").notes] == [as_date(WORLD.sessions[290])]
    assert len(watch.chart(Ticker("AAA"), "max").notes) == 2


def test_a_row_tells_of_a_filled_session_and_of_a_revised_last_bar(store):
    gate = holding(store, scaled(0.1, slice(299, None)).rows(np.arange(300) != 297), WORLD.rows(slice(299, 300)))
    scan, watch = scanning(store, gate)
    (row,) = watch.rows([Ticker("AAA")], scan.live(["AAA"]), "test")
    assert row.repaired
    assert row.data is not None
    assert "a later revision" in row.data


def test_a_later_close_that_contradicts_the_first_is_told_wherever_the_first_one_stands(store):
    gate = holding(store, WORLD)
    store.add_bars(scaled(1.01, slice(298, 299)), "yahoo", 2.0)
    first, later = (f"{factor * WORLD.close[298]:.2f}" for factor in (1.0, 1.01))
    words = f"yahoo corrected the close to {later}, first {first}, which stands"
    said = f"{words} ({WORLD.sessions[298]})"
    scan, watch = scanning(store, gate)
    scans = scan.live(["AAA"])
    (row,) = watch.rows([Ticker("AAA")], scans, "yahoo")
    (asked,) = watch.scan_rows([Ticker("AAA")], scans, episodes=True)
    (before,) = watch.first_rows([Ticker("AAA")], "yahoo")
    (note,) = watch.chart(Ticker("AAA"), "1M").notes
    assert (row.scored, row.data, asked.data, before.data, note.words) == (True, said, said, said, words)
    assert gate.read("AAA").history.close[298] == WORLD.close[298]


def test_the_newest_of_several_corrections_is_told_in_the_money_of_the_symbol(store):
    gate = holding(store, WORLD)
    store.add_profile(Profile("AAA", currency="KRW"), 1.0)
    for at, factor in enumerate((1.01, 1.02)):
        store.add_bars(scaled(factor, slice(298, 299)), "yahoo", 2.0 + at)
    (note,) = gate.read("AAA").notes
    first, later = (f"{factor * WORLD.close[298]:.0f}" for factor in (1.0, 1.02))
    assert note.words == f"yahoo corrected the close to {later}, first {first}, which stands"


def test_before_the_first_scan_a_row_tells_what_was_found_too(store):
    gate = holding(store, scaled(0.1, slice(299, None)))
    (row,) = Watch(store, gate, CALENDAR).first_rows([Ticker("AAA")], "test")
    assert row.data is not None
    assert "split-like" in row.data


async def test_a_session_that_is_only_filled_is_not_scored_in_a_replay(store, monkeypatch):
    gate = holding(store, WORLD.rows(np.arange(300) != 200))
    scored = []

    def noted(judged, last):
        scored.append(judged.session)
        return decide_session(judged, last)

    monkeypatch.setattr(replay, "decide_session", noted)
    train = Train(
        Registry(store, 60),
        gate,
        FakeTrainer(),
        Standing(0.0),
        preset=article.PRESET,
        hyper=Hyper(epochs=1),
        max_rows=756,
    )
    first, last = as_date(WORLD.sessions[195]), as_date(WORLD.sessions[205])
    await replay.Replay(gate, train)(["AAA"], first, last, 252, lambda _: None)
    assert scored == [as_date(WORLD.sessions[row]) for row in range(195, 206) if row != 200]
