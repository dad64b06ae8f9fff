"""What sessions and people do to alarms: each session decides once, whatever is restarted or repeated in between."""

import tempfile
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adapters.store import SqliteStore
from engine.alarms import Alarms, Forming, Sitting
from engine.core.attention import standing
from engine.core.episodes import QUIET_SESSIONS, Change, Episode, Verdict, decide
from engine.core.missed import REACH
from engine.core.quality import DataNote
from engine.core.quotes import PriceAlarm
from engine.errors import BadRequest
from tests.registries import Now, Weekdays

KINDS = ("drift", "volatility_shock")
WATCH, ALERT = 0.02, 0.004
SESSIONS = Weekdays().between("XNYS", date(2008, 9, 1), date(2008, 12, 31))


class Sessions(Weekdays):
    def exchange(self, symbol):
        return "XKRX" if symbol.endswith(".KS") else "XNYS"

    def following(self, _exchange, session, count=1):
        return SESSIONS[SESSIONS.index(session) + count]


def verdict(kind: str, session: date, p: float, symbol: str = "AAA") -> Verdict:
    tier = "alert" if p <= ALERT else "watch" if p <= WATCH else None
    return Verdict(symbol, kind, session, -p, p, tier, WATCH, 1 / p, False, "down", {"p": p}, f"{kind} {p:g}")


def judged(day: int, p: dict[str, list[float]], last: dict[str, Episode]) -> list[Change]:
    """What the p of each kind up to a day do to the last episode of each, as core/judge.py does it."""
    changes = []
    for kind, series in p.items():
        episode = last.get(kind)
        since = day - SESSIONS.index(episode.opened) if episode else 0
        seen = since if episode and episode.dropped else QUIET_SESSIONS
        recent = np.array(series[max(day - seen + 1, 0) : day + 1])
        changes.append(decide(episode, verdict(kind, SESSIONS[day], series[day]), recent, since))
    return [change for change in changes if change]


class Home:
    """A store, its alarms and its clock, which begin again on the same file."""

    def __init__(self, folder: Path | None) -> None:
        self.folder, self.clock = folder, Now()
        self.held: dict[str, set[str]] | None = {"mine": {"AAA", "BBB"}}
        self.open()

    def open(self) -> None:
        self.store = SqliteStore(self.folder)
        self.alarms = Alarms(self.store, Sessions(), self.clock, lambda: self.held)

    def restart(self) -> None:
        self.store.close()
        self.open()

    def close_of(self, day: int, p: dict[str, list[float]], faults: tuple[DataNote, ...] = ()) -> None:
        self.clock.at = float(day)
        session = SESSIONS[day]
        scored = None if faults else session
        self.alarms.decide([Sitting("AAA", session, scored, partial(judged, day, p), faults)])

    def forming(self, day: int, kind: str, p: float) -> None:
        self.clock.at = day - 0.5
        formed = Forming("AAA", verdict(kind, SESSIONS[day], p), lambda opened: day - SESSIONS.index(opened))
        self.alarms.form([formed])

    @property
    def states(self) -> list[str]:
        return [standing(record.episode, record.attention) for record in self.store.alarms()]

    def events(self, number: int = 1) -> list[str]:
        return [event.event for event in self.store.alarm_history(number)]

    def everything(self) -> object:
        records = self.store.alarms()
        return records, [self.store.alarm_history(record.id) for record in records]


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    yield home
    home.store.close()


def raised(home: Home, day: int = 3) -> None:
    home.forming(day, "drift", 0.01)


def close(home: Home, day: int, p: float) -> None:
    home.close_of(day, {"drift": [0.5] * day + [p]})


# --- the forming bar ---


def test_a_forming_bar_raises_a_provisional_alarm_that_its_close_lets_stand(home):
    raised(home)
    (before,) = home.store.alarms()
    close(home, 3, 0.015)
    (after,) = home.store.alarms()
    assert (before.episode.provisional, after.episode.provisional, after.id) == (True, False, before.id)
    assert home.events() == ["raised", "opened"]


def test_it_is_withdrawn_where_the_close_does_not_call_it_rare(home):
    raised(home)
    close(home, 3, 0.3)
    assert (home.states, home.events()) == (["withdrawn"], ["raised", "withdrawn"])
    assert not home.store.alarms()[0].episode.counted


def test_a_provisional_alarm_that_was_seen_stays_seen_when_it_stands(home):
    raised(home)
    home.alarms.acknowledge(1)
    close(home, 3, 0.015)
    assert (home.states, home.events()) == (["acknowledged"], ["raised", "acknowledged", "opened"])


def test_a_second_quote_raises_it_again_only_if_it_is_ten_times_rarer_or_an_alert(home):
    for p in (0.015, 0.5, 0.012, 0.003, 0.003):
        home.forming(3, "drift", p)
    assert home.events() == ["raised", "escalated"]


def test_a_quote_after_its_close_was_decided_raises_nothing(home):
    close(home, 3, 0.3)
    raised(home)
    assert home.store.alarms() == ()


def test_what_is_open_or_cools_down_is_not_raised_again(home):
    close(home, 3, 0.015)
    for day in (4, 12):
        home.close_of(day - 1, {"drift": [0.5] * 3 + [0.015] + [0.5] * (day - 4)})
        raised(home, day)
    assert len(home.store.alarms()) == 1


def test_a_withdrawn_one_starts_no_cooldown(home):
    raised(home)
    close(home, 3, 0.3)
    close(home, 4, 0.01)
    assert home.states == ["open", "withdrawn"]


def test_one_whose_close_was_never_scored_is_withdrawn_by_the_next_session(home):
    raised(home)
    home.alarms.decide([Sitting("AAA", SESSIONS[3], None, lambda _: [])])
    assert home.states == ["open"]
    home.alarms.decide([Sitting("AAA", SESSIONS[4], None, lambda _: [])])
    assert home.states == ["withdrawn"]


def test_that_of_a_ticker_that_nobody_watches_any_more_is_withdrawn_at_once(home):
    raised(home)
    home.alarms.leave({"BBB"})
    assert home.states == ["open"]
    home.alarms.leave({"AAA"})
    assert (home.states, home.events()) == (["withdrawn"], ["raised", "withdrawn"])


def test_what_a_close_opened_stays_though_nobody_watches_its_ticker(home):
    close(home, 3, 0.015)
    home.alarms.leave({"AAA"})
    assert home.states == ["open"]


def test_that_of_a_ticker_off_every_list_is_withdrawn_by_the_next_session_of_any_other(home):
    raised(home)
    for day, state in ((3, "open"), (4, "withdrawn")):
        home.alarms.decide([Sitting("BBB", SESSIONS[day], SESSIONS[day], lambda _: [])])
        assert home.states == [state]


# --- what nobody watches any more ---


def other(home: Home, day: int, symbol: str = "BBB", **more) -> None:
    """The close of another ticker, of which nothing is to be said."""
    home.alarms.decide([Sitting(symbol, SESSIONS[day], SESSIONS[day], lambda _: [], **more)])


def dropped(home: Home) -> None:
    """An alarm of a ticker that no list holds any more, closed by the next session."""
    close(home, 3, 0.015)
    home.held = {"mine": {"BBB"}}
    other(home, 4)


def test_the_open_alarm_of_a_ticker_on_no_list_is_closed_in_words_by_the_next_session(home):
    close(home, 3, 0.015)
    home.held = {"mine": {"BBB"}}
    other(home, 3)
    assert home.states == ["open"]
    other(home, 4)
    assert (home.states, home.events()) == (["closed"], ["opened", "dropped"])
    assert home.store.alarm(1).episode.dropped == "AAA is on no list that is watched"
    assert home.store.alarm(1).episode.closed == SESSIONS[4]


def test_that_of_a_ticker_on_another_list_stays_open(home):
    close(home, 3, 0.015)
    other(home, 4)
    assert home.states == ["open"]


@pytest.mark.parametrize(("decided", "state"), [(None, "closed"), (3, "open")], ids=["never", "watched"])
def test_a_list_that_comes_with_the_program_counts_once_somebody_has_watched_it(home, decided, state):
    close(home, 3, 0.015)
    home.held = {"mine": {"BBB"}, "dow": {"AAA", *"CDEFG"}}
    if decided:
        other(home, decided, "MARKET:dow")
    other(home, 4)
    assert home.states == [state]


def test_that_of_a_ticker_stays_open_where_a_list_cannot_be_read(home):
    close(home, 3, 0.015)
    home.held = None
    other(home, 4)
    assert home.states == ["open"]


def test_one_that_is_dropped_stays_so_over_a_restart(home):
    dropped(home)
    home.restart()
    other(home, 5)
    assert (home.states, home.events()) == (["closed"], ["opened", "dropped"])


def test_as_of_a_session_before_it_was_dropped_it_is_open(home):
    dropped(home)
    (then,) = home.store.alarms_as_of(SESSIONS[3])
    assert (then.episode.closed, then.episode.dropped) == (None, "")


def test_a_ticker_put_back_does_not_fire_twice_for_what_has_not_been_quiet_since(home):
    dropped(home)
    home.held = {"mine": {"AAA", "BBB"}}
    for day in range(5, 20):
        home.close_of(day, {"drift": [0.5] * 3 + [0.015] * 40})
    assert home.states == ["closed"]


def test_a_quote_of_a_ticker_put_back_raises_nothing_before_a_close_has_opened_another(home):
    dropped(home)
    raised(home, 20)
    assert home.states == ["closed"]


def test_a_ticker_put_back_fires_again_once_it_has_been_quiet(home):
    dropped(home)
    home.close_of(20, {"drift": [0.5] * 3 + [0.015] * 5 + [0.5] * 3 + [0.015] * 20})
    assert home.states == ["open", "closed"]


def test_one_that_nobody_has_watched_for_a_month_is_dropped_though_its_ticker_is_on_a_list(home):
    close(home, 3, 0.015)
    other(home, 3 + REACH)
    assert home.states == ["open"]
    other(home, 4 + REACH)
    assert home.store.alarm(1).episode.dropped == f"nobody has watched it since {SESSIONS[3]}"


def test_what_will_not_be_scored_again_is_dropped_in_the_words_of_its_list(home):
    close(home, 3, 0.015)
    for day, state in ((3, "open"), (4, "closed")):
        home.alarms.decide([Sitting("AAA", SESSIONS[day], None, lambda _: [], over="the list needs 5 tickers")])
        assert home.states == [state]
    assert home.store.alarm(1).episode.dropped == "the list needs 5 tickers"


def test_a_session_of_another_exchange_withdraws_nothing_whose_own_close_may_not_have_come(home):
    raised(home)
    other(home, 4, "KKK.KS")
    assert home.states == ["open"]
    other(home, 5, "KKK.KS")
    assert (home.states, home.store.alarm(1).episode.closed) == (["withdrawn"], SESSIONS[4])


def test_a_session_of_another_exchange_withdraws_no_markets_provisional_alarm(home):
    home.held = {"mine": {"AAA", *"CDEFG"}}
    of = verdict("market", SESSIONS[3], 0.01)
    home.alarms.form([Forming("MARKET:mine", of, lambda opened: 3 - SESSIONS.index(opened))])
    other(home, 4, "KKK.KS")
    assert home.states == ["open"]
    other(home, 5, "KKK.KS")
    assert home.states == ["withdrawn"]


# --- what people say ---


def test_a_snoozed_alarm_comes_back_after_its_sessions_if_it_is_still_open(home):
    close(home, 3, 0.015)
    home.alarms.snooze(1, 2)
    assert home.store.alarm(1).attention.snoozed_until == SESSIONS[5]
    for day in (4, 5):
        assert home.states == ["snoozed"]
        close(home, day, 0.05)
    assert (home.states, home.events()) == (["open"], ["opened", "snoozed", "woken"])


def test_a_snoozed_alarm_that_ends_meanwhile_does_not_come_back(home):
    close(home, 3, 0.015)
    home.alarms.snooze(1, 3)
    for day in (4, 5, 6, 7):
        home.close_of(day, {"drift": [0.5] * 3 + [0.015] + [0.5] * (day - 3)})
    assert home.events() == ["opened", "snoozed", "closed"]


@pytest.mark.parametrize("deed", [lambda alarms: alarms.snooze(1), lambda alarms: alarms.acknowledge(1)])
def test_an_escalation_rings_again(home, deed):
    close(home, 3, 0.015)
    deed(home.alarms)
    close(home, 4, 0.003)
    assert (home.states, home.events()[2:]) == (["open"], ["escalated"])


def test_an_escalation_under_a_mute_does_not_ring(home):
    close(home, 3, 0.015)
    home.alarms.mute(1)
    close(home, 4, 0.003)
    assert (home.states, home.store.alarm(1).episode.tier) == (["muted"], "alert")


def test_what_is_raised_under_a_mute_is_kept_and_stays_muted_when_it_stands(home):
    close(home, 3, 0.015)
    home.alarms.mute(1)
    for day in range(4, 20):
        home.close_of(day, {"drift": [0.5] * 3 + [0.015] + [0.5] * 16})
    raised(home, 20)
    home.close_of(20, {"drift": [0.5] * 20 + [0.01]})
    assert home.states == ["muted", "closed"]
    assert home.events(2) == ["raised", "muted", "opened"]


def test_what_is_over_cannot_be_snoozed(home):
    raised(home)
    close(home, 3, 0.5)
    with pytest.raises(BadRequest, match="over"):
        home.alarms.snooze(1)


def test_a_snooze_that_ends_before_the_last_session_is_refused(home):
    close(home, 3, 0.015)
    with pytest.raises(BadRequest, match="after the last session"):
        home.alarms.snooze(1, until=SESSIONS[3])


@pytest.mark.parametrize("name", ["snooze", "mute", "unmute"])
def test_a_price_alert_can_only_be_acknowledged(home, name):
    number = home.store.add_price_alarm(PriceAlarm("AAA", "above", 10.0, 11.0, SESSIONS[0], 1.0, "words")).id
    with pytest.raises(BadRequest, match="price alert"):
        getattr(home.alarms, name)(number)


@pytest.mark.parametrize("name", ["snooze", "mute", "unmute", "acknowledge"])
def test_an_unknown_number_is_refused(home, name):
    with pytest.raises(BadRequest, match="99"):
        getattr(home.alarms, name)(99)


# --- data faults ---

HALTED = DataNote(SESSIONS[4], "halted", "quarantined", "halted: same prices, no volume")


def test_a_data_fault_is_one_alarm_until_the_data_are_good_again(home):
    for day in (4, 4, 5):
        home.close_of(day, {}, (HALTED, replace(HALTED, session=SESSIONS[day])))
    (record,) = home.store.alarms()
    assert (record.episode.opened, record.episode.words) == (SESSIONS[4], HALTED.words)
    home.close_of(6, {"drift": [0.5] * 7})
    assert (home.events(), home.store.alarms()[0].episode.closed) == (["opened", "closed"], SESSIONS[6])


def test_two_faults_of_a_ticker_are_two_alarms_and_count_for_nothing(home):
    other = DataNote(SESSIONS[5], "high below low", "quarantined", "high below low")
    home.close_of(5, {}, (HALTED, other))
    assert [record.episode.words for record in home.store.alarms()] == ["high below low", HALTED.words]
    assert not any(record.episode.counted for record in home.store.alarms())


# --- restarts ---

rare = st.sampled_from([0.5, 0.2, 0.05, 0.015, 0.003, 0.0002])
series = st.lists(rare, min_size=30, max_size=30)
moments = st.lists(st.tuples(st.integers(0, 29), st.sampled_from(KINDS), rare), max_size=12)


@given(st.fixed_dictionaries(dict.fromkeys(KINDS, series)), moments, st.sets(st.integers(0, 29), max_size=6))
@settings(max_examples=15, deadline=None)
def test_an_engine_that_was_restarted_has_the_same_episodes_and_history_as_one_that_was_not(p, quotes, restarts):
    with tempfile.TemporaryDirectory() as folder:
        steady, restarted = Home(None), Home(Path(folder))
        for day in range(30):
            now = [(kind, how_rare) for at, kind, how_rare in quotes if at == day]
            for number, (kind, how_rare) in enumerate(now):
                steady.forming(day, kind, how_rare)
                if day in restarts and number % 2 == 0:
                    restarted.restart()
                restarted.forming(day, kind, how_rare)
            steady.close_of(day, p)
            restarted.close_of(day, p)
            if day in restarts:
                restarted.restart()
                restarted.close_of(day, p)
        assert restarted.everything() == steady.everything()
        steady.store.close()
        restarted.store.close()
