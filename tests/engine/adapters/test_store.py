"""The store: append-only, all or nothing, and in words when it is not well."""

import json
import math
import sqlite3
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.adapters.store import SqliteStore
from engine.adapters.store.migrations import MIGRATIONS
from engine.core.attention import Attention
from engine.core.bars import Action, as_date, log_returns
from engine.core.episodes import Episode
from engine.core.forecast import Vintage
from engine.core.models import Figures, ModelRecord
from engine.core.panel import panel
from engine.core.presets import article
from engine.errors import BadRequest, StoreDamaged, StoreError, StoreNewer
from engine.ports import AlarmRecord, EvaluationRecord
from tests.fakes import fitted_at_random
from tests.worlds import history

PLAIN = history(rows=200)
EPISODE = Episode(
    "AAA", "volatility_shock", "watch", "down", date(2008, 9, 15), None, 0.003, 90.0, False, "words", {"ratio": 2.1}
)
FORECAST = Vintage(1, "AAA", date(2008, 9, 15), date(2008, 9, 16), 1, 0.001, (-0.03, -0.01, 0.0, 0.01, 0.03))


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path)
    yield store
    store.close()


def trained(symbols=("AAA",)):
    return fitted_at_random([history(symbol, 300) for symbol in symbols])


def test_bars_come_back_as_they_went_in(store):
    split = replace(PLAIN, actions=(Action(as_date(PLAIN.sessions[50]), split=2.0, dividend=0.3),))
    assert store.add_bars(split, "files", 1.0) == 200
    back = store.bars("AAA")
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(getattr(back, name), getattr(split, name))
    assert [(each.split, each.dividend) for each in back.actions] == [(2.0, 0.3)]


def test_bars_that_are_there_already_are_not_new(store):
    store.add_bars(PLAIN, "files", 1.0)
    assert store.add_bars(PLAIN, "files", 2.0) == 0
    assert store.coverage("AAA").fetched_at == 2.0


def test_a_contradicting_bar_is_kept_beside_the_first_and_never_read_instead(store, tmp_path):
    store.add_bars(PLAIN, "files", 1.0)
    close = PLAIN.close.copy()
    close[100] *= 1.1
    assert store.add_bars(replace(PLAIN, close=close), "yahoo", 2.0) == 0
    np.testing.assert_array_equal(store.bars("AAA").close, PLAIN.close)
    with sqlite3.connect(tmp_path / "whipsaw.db") as db:
        kept = db.execute("SELECT revision, flags, source FROM bars WHERE revision > 0").fetchall()
    db.close()
    assert kept == [(1, "contradicts", "yahoo")]


def test_a_split_tomorrow_contradicts_no_stored_bar_and_no_return(store):
    store.add_bars(PLAIN, "files", 1.0)
    before = log_returns(store.bars("AAA"))
    after_last = history(rows=201).rows(slice(200, 201))
    split = replace(after_last, close=after_last.close / 4, actions=(Action(after_last.last, split=4.0),))
    assert store.add_bars(split, "files", 2.0) == 1
    np.testing.assert_array_equal(log_returns(store.bars("AAA"))[:200], before)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bars SET close = 0",
        "DELETE FROM bars",
        "DELETE FROM forecasts",
        "UPDATE alarm_history SET event = 'closed'",
        "DELETE FROM alarm_history",
    ],
)
def test_what_was_seen_and_said_cannot_be_altered_even_from_outside(store, tmp_path, statement):
    store.add_bars(PLAIN, "files", 1.0)
    store.decide(date(2008, 9, 15), ["AAA"], [(EPISODE, "opened")], 1.0)
    store.add_model(trained())
    store.add_forecasts([FORECAST])
    db = sqlite3.connect(tmp_path / "whipsaw.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)
    db.close()


def test_a_forecast_stays_as_it_was_made(store):
    store.add_model(trained())
    store.add_forecasts([FORECAST])
    store.add_forecasts([replace(FORECAST, mean=0.5)])
    assert store.forecasts("AAA", date(2008, 9, 15)) == (FORECAST,)


def test_a_model_comes_back_with_its_weights_and_gives_the_same_forecast(store):
    model = trained(("AAA", "BBB"))
    record = store.add_model(model)
    assert store.models() == (record,)
    (listed,) = panel([history("BBB", 300)], ["XNYS"])
    np.testing.assert_array_equal(
        article.PRESET.raw(store.model(record.id), listed, 0), article.PRESET.raw(model, listed, 0)
    )


def test_damaged_weights_are_named_and_the_record_stays(store, tmp_path):
    record = store.add_model(trained())
    (tmp_path / "models" / f"{record.id}.npz").write_bytes(b"PK\x03\x04 not weights")
    with pytest.raises(StoreDamaged, match=f"#{record.id}"):
        store.model(record.id)
    assert store.models() == (record,)


def test_an_episode_is_opened_changed_and_closed_with_its_history(store):
    escalated = replace(EPISODE, tier="alert")
    store.decide(date(2008, 9, 15), ["AAA"], [(EPISODE, "opened")], 1.0)
    store.decide(date(2008, 9, 17), ["AAA"], [(escalated, "escalated")], 2.0)
    store.decide(date(2008, 9, 25), ["AAA"], [(replace(escalated, closed=date(2008, 9, 25)), "closed")], 3.0)
    (record,) = store.alarms()
    assert (record.episode.tier, record.episode.closed, store.decided("AAA")) == (
        "alert",
        date(2008, 9, 25),
        date(2008, 9, 25),
    )
    assert [(each.event, each.session, each.at, each.tier) for each in store.alarm_history(record.id)] == [
        ("opened", date(2008, 9, 15), 1.0, "watch"),
        ("escalated", date(2008, 9, 17), 2.0, "alert"),
        ("closed", date(2008, 9, 25), 3.0, "alert"),
    ]


def test_it_is_kept_after_which_session_an_episode_was_found_until_it_escalates_in_time(store):
    store.decide(date(2008, 9, 15), ["AAA"], [(EPISODE, "opened")], 1.0, found=date(2008, 9, 19))
    assert store.alarms()[0].found == date(2008, 9, 19)
    store.decide(date(2008, 9, 22), ["AAA"], [(replace(EPISODE, tier="alert"), "escalated")], 2.0)
    assert store.alarms()[0].found is None


def test_acknowledging_is_remembered_and_an_unknown_number_refused(store):
    number = opened(store)
    store.acknowledge(number, 2.0)
    assert store.alarms()[0].attention.acknowledged
    with pytest.raises(BadRequest, match="99"):
        store.acknowledge(99, 2.0)


def opened(store, episode=EPISODE):
    store.decide(episode.opened, [episode.symbol], [(episode, "opened")], 1.0)
    (number,) = (record.id for record in store.alarms() if record.episode == episode)
    return number


def test_what_escalates_is_neither_acknowledged_nor_snoozed_any_more(store):
    number = opened(store)
    store.acknowledge(number, 2.0)
    store.snooze(number, date(2008, 9, 22), 3.0)
    store.decide(date(2008, 9, 16), ["AAA"], [(replace(EPISODE, tier="alert"), "escalated")], 4.0)
    assert store.alarm(number).attention == Attention()


def test_what_opens_under_a_mute_is_kept_marked_with_its_history(store):
    store.mute(opened(store), 2.0, whole=False)
    number = opened(store, replace(EPISODE, opened=date(2008, 10, 15)))
    assert store.alarm(number).attention.muted
    assert [each.event for each in store.alarm_history(number)] == ["opened", "muted"]
    assert not store.alarm(opened(store, replace(EPISODE, kind="drift"))).attention.muted


def test_a_mute_of_the_ticker_holds_for_all_its_kinds_and_is_lifted_by_any_of_them(store):
    number, other = opened(store), opened(store, replace(EPISODE, kind="drift"))
    store.mute(number, 2.0, whole=True)
    assert store.alarm(other).attention.muted
    store.unmute(other, 3.0)
    assert (store.alarm(number).attention.muted, store.mutes()) == (False, frozenset())


def test_lifting_one_mute_leaves_what_another_holds(store):
    number, other = opened(store), opened(store, replace(EPISODE, kind="drift"))
    store.mute(number, 2.0, whole=True)
    store.mute(other, 2.0, whole=False)
    store.unmute(number, 3.0)
    assert (store.alarm(number).attention.muted, store.alarm(other).attention.muted) == (False, True)


def test_muting_twice_is_one_event(store):
    number = opened(store)
    for _ in range(2):
        store.mute(number, 2.0, whole=False)
    assert [each.event for each in store.alarm_history(number)] == ["opened", "muted"]


def test_a_data_fault_has_no_p_and_the_market_is_a_symbol_like_others(store):
    fault = replace(EPISODE, symbol="MARKET", kind="data_fault", p=math.nan, rarity_days=math.nan)
    (record,) = (store.alarm(opened(store, fault)),)
    assert (record.episode, record.episode.symbol) == (fault, "MARKET")


def test_what_stands_is_what_is_open_and_the_last_that_was_not_withdrawn(store):
    earlier = replace(EPISODE, opened=date(2008, 3, 3), closed=date(2008, 3, 10))
    last = replace(EPISODE, opened=date(2008, 6, 2), closed=date(2008, 6, 10))
    gone = replace(EPISODE, opened=date(2008, 7, 1), closed=date(2008, 7, 1), withdrawn=True)
    raised = replace(EPISODE, provisional=True)
    for episode in (earlier, last, gone, raised):
        store.decide(episode.opened, [], [(episode, "opened")], 1.0)
    assert [record.episode for record in store.standing_alarms()] == [last, raised]


def test_a_failed_fetch_keeps_the_time_of_the_last_success(store):
    store.add_bars(PLAIN, "yahoo", 5.0)
    store.fetch_failed("AAA", "yahoo", "no network", fault="unreachable", failed_at=1.0)
    coverage = store.coverage("AAA")
    assert (coverage.fetched_at, coverage.error, coverage.bars) == (5.0, "no network", 200)


def test_a_model_that_was_not_accepted_has_a_record_and_no_weights(store, tmp_path):
    record = store.add_model(trained().remembered(standing="rejected", reason="worse than model #1"))
    assert (store.models()[0].reason, record.standing) == ("worse than model #1", "rejected")
    assert not (tmp_path / "models").exists()
    with pytest.raises(StoreDamaged):
        store.model(record.id)


def test_what_is_remembered_of_a_model_comes_back_and_what_is_not_known_stays_unknown(store):
    figures = Figures(9, 0, 4.0, 1.4, 3.9, 1.3, 1.1, -0.1, *[math.nan] * 6, "no skill")
    told = {"made_at": 5.0, "seconds": 2.5, "rows": 300, "losses": (0.5, 0.25), "val_losses": (0.5, None)}
    record = store.add_model(trained().remembered(**told, figures=figures, warm_from=3, trials=40, fingerprint="x"))
    (back,) = store.models()
    assert repr(back) == repr(record)
    assert (back.losses, back.val_losses, back.warm_from, back.trials) == ((0.5, 0.25), (0.5, None), 3, 40)


def test_pruned_models_lose_their_weights_alone_and_withdrawn_ones_stay_withdrawn(store, tmp_path):
    for _ in range(3):
        store.add_model(trained())
    store.withdraw_model(2, "withdrawn by roll back")
    store.prune_models({3})
    assert [(record.id, record.standing) for record in store.models()] == [
        (3, "accepted"), (2, "withdrawn"), (1, "pruned"),
    ]  # fmt: skip
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["3.npz"]


def test_a_home_of_an_earlier_schema_keeps_its_models_forecasts_and_alarms(tmp_path):
    db = sqlite3.connect(tmp_path / "whipsaw.db", isolation_level=None)
    for migration in MIGRATIONS[:3]:
        migration(db)
    db.execute("PRAGMA user_version = 3")
    db.execute(
        "INSERT INTO models VALUES "
        "(4, 'article', '[\"AAA\"]', '2006-01-02', '2007-08-10', 1, 2, 3, 4, 5, 6, 'hash', 7, '')"
    )
    db.execute("INSERT INTO forecasts VALUES (4, 'AAA', '2008-09-15', '2008-09-16', 1, 0.001, -1, 0, 1, 2, 3)")
    db.execute("INSERT INTO jobs (kind, title, state) VALUES ('train', 'train AAA', 'running')")
    db.execute(
        "INSERT INTO alarms VALUES (7, 'AAA', 'volatility_shock', '2008-09-15', 'watch', 'down', NULL, 0.003, 90, 0, "
        "'words', '{\"ratio\": 2.1}', 1)"
    )
    db.execute("INSERT INTO alarm_history VALUES (7, '2008-09-15', 'opened', 'watch', 0.003, 'words')")
    db.close()
    store = SqliteStore(tmp_path)
    (record,) = store.models()
    assert record == ModelRecord(
        4, "article", ("AAA",), date(2006, 1, 2), date(2007, 8, 10), "hash", 7,
        fingerprint="article-1",
    )  # fmt: skip
    assert [vintage.model for vintage in store.vintages("AAA", date(2008, 1, 1))] == [4]
    assert [(job.id, job.command) for job in store.interrupted()] == [(1, "")]
    assert store.alarm(7) == AlarmRecord(7, EPISODE, Attention(acknowledged=True))
    assert [(each.event, each.at) for each in store.alarm_history(7)] == [("opened", None)]
    assert store.add_model(trained()).id == 5
    with pytest.raises(StoreError, match="refuses this"):
        store.add_forecasts([replace(FORECAST, model=99)])
    store.close()


def test_errors_that_an_earlier_schema_has_in_prices_are_no_errors_in_per_cent(tmp_path):
    prices = {"mse": 9e6, "mae": 2140.0, "mse_persistence": 9e6, "mae_persistence": 2139.0, "mse_level": 1e7}
    figures = {"rows": 9, "band_rows": 0, "mase": 1.1, "skill_mse": -0.1, "word": "no skill", "dm_p": None}
    figures |= dict.fromkeys(("pinball", "pinball_ewma", "pinball_skill", "pinball_p", "coverage90"), 0.5)
    db = sqlite3.connect(tmp_path / "whipsaw.db", isolation_level=None)
    for migration in MIGRATIONS[:6]:
        migration(db)
    db.execute("PRAGMA user_version = 6")
    for told in ({"errors": prices, "figures": figures}, {"errors": prices, "figures": None}):
        db.execute(
            "INSERT INTO models (preset, symbols, trained_from, trained_to, data_hash, seed, standing, fingerprint, "
            "metrics) VALUES ('pooled', '[\"AAA\"]', '2006-01-02', '2007-08-10', 'hash', 7, 'accepted', 'x', ?)",
            (json.dumps(told),),
        )
    db.close()
    store = SqliteStore(tmp_path)
    unjudged, judged = store.models()
    store.close()
    assert unjudged.figures is None
    assert np.isnan([judged.figures.mse, judged.figures.mae, judged.figures.mae_persistence, judged.figures.mase]).all()
    assert (judged.figures.skill_mse, judged.figures.pinball_skill) == (-0.1, 0.5)
    kept = sqlite3.connect(tmp_path / "whipsaw.db").execute("SELECT metrics FROM models WHERE id = 1").fetchone()[0]
    assert json.loads(kept)["errors_in_prices"] == prices


def test_jobs_that_an_earlier_engine_left_running_are_interrupted_once(store):
    number = store.start_job("train", "train AAA")
    done = store.start_job("fetch", "fetch")
    store.end_job(done, "done")
    assert [(job.id, job.state) for job in store.interrupted()] == [(number, "interrupted")]
    assert store.interrupted() == ()


def test_the_last_evaluation_of_a_preset_on_a_list_is_kept(store):
    first = EvaluationRecord("article", ("BBB", "AAA"), 1.0, "{}")
    store.add_evaluation(first)
    store.add_evaluation(replace(first, symbols=("AAA",), document='{"one": 1}'))
    store.add_evaluation(replace(first, made_at=2.0, document='{"newer": 1}'))
    assert store.evaluation("article", ["AAA", "BBB"]) == EvaluationRecord(
        "article", ("AAA", "BBB"), 2.0, '{"newer": 1}'
    )
    assert store.evaluation("other", ["AAA", "BBB"]) is None


def test_an_interrupted_job_with_a_command_is_given_until_it_has_ended(store):
    number = store.start_job("train", "train AAA", "{}")
    for _ in range(2):
        assert [(job.id, job.command) for job in store.interrupted()] == [(number, "{}")]
    store.end_job(number, "dismissed")
    assert store.interrupted() == ()


def test_a_write_that_fails_half_way_leaves_nothing(store):
    broken = replace(EPISODE, opened=date(2008, 9, 16), evidence={"bad": object()})  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        store.decide(date(2008, 9, 16), ["AAA"], [(EPISODE, "opened"), (broken, "opened")], 1.0)
    assert (store.alarms(), store.decided("AAA")) == ((), None)


def test_a_store_of_a_later_version_is_refused_in_words(tmp_path):
    SqliteStore(tmp_path).close()
    db = sqlite3.connect(tmp_path / "whipsaw.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreNewer, match="schema 99"):
        SqliteStore(tmp_path)


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path):
    (tmp_path / "whipsaw.db").write_bytes(b"x" * 5_000)
    with pytest.raises(StoreDamaged, match="nothing was deleted"):
        SqliteStore(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be"):
        SqliteStore(tmp_path / "file" / "home")


def test_a_store_in_memory_keeps_everything_while_it_lives():
    store = SqliteStore(None)
    store.add_bars(PLAIN, "files", 1.0)
    record = store.add_model(trained())
    assert (len(store.bars("AAA")), store.model(record.id).record) == (200, record)
    store.close()
