"""Answers about lists and files, in words and as JSON."""

from datetime import date

import msgspec

from engine.protocol import (
    Alarm,
    AlarmHistory,
    AlarmList,
    AlarmStep,
    Edited,
    Exported,
    ListedTicker,
    ListShown,
    Metrics,
    ModelCard,
    ModelMetrics,
    Models,
    Note,
    RolledBack,
    SearchHit,
    SearchResults,
    Trained,
)
from engine.report import as_json, as_words

WHOLE = ListedTicker("005930.KS", "삼성전자", "chips", 10.5, 71200.0, 90000.0, 60000.0, 4.5)


ALARM = Alarm(
    id=12,
    symbol="AAPL",
    kind="volatility_shock",
    tier="alert",
    direction="down",
    opened=date(2008, 9, 17),
    closed=None,
    p=0.0007,
    rarity_days=310.0,
    rarer=False,
    words="2.1× its norm",
    evidence={},
    state="open",
)


def changed(**fields: object) -> Alarm:
    return msgspec.structs.replace(ALARM, **fields)


def test_an_alarm_is_a_line_that_tells_how_it_stands():
    told = changed(state="snoozed", snoozed_until=date(2008, 9, 24), confirmed=True)
    fault = changed(symbol="MARKET", p=None, rarity_days=None, provisional=True)
    first, second = as_words(AlarmList((told, fault))).splitlines()
    assert first.endswith("about once in 310 days · confirmed over the whole list · snoozed until 2008-09-24")
    assert second.endswith("volatility shock: 2.1× its norm · provisional until the close · open")


def test_an_alarm_that_was_decided_after_the_fact_says_after_which_session():
    told = changed(found=date(2008, 9, 19))
    assert as_words(AlarmList((told,))).endswith("decided after 2008-09-19 · open")


def test_the_history_of_an_alarm_is_a_line_a_step_and_json_has_the_alarm_beside_it():
    steps = (
        AlarmStep("raised", date(2008, 9, 17), 1_221_662_400.0, "watch", 0.0042, "1.4× its norm"),
        AlarmStep("opened", date(2008, 9, 17), None, "alert", None, "2.1× its norm"),
    )
    told = AlarmHistory(ALARM, steps)
    _, first, second = as_words(told).splitlines()
    assert first.split() == [
        "2008-09-17",
        "2008-09-17",
        "14:40:00",
        "UTC",
        "raised",
        "watch",
        "p",
        "0.0042",
        "1.4×",
        "its",
        "norm",
    ]
    assert second.split() == ["2008-09-17", "opened", "alert", "2.1×", "its", "norm"]
    value = as_json(told)
    assert (value["alarm"]["id"], [step["event"] for step in value["steps"]]) == (12, ["raised", "opened"])


def shown(*tickers: ListedTicker) -> ListShown:
    return ListShown("mine", "Mine", "1d", "KRW", tickers, ("mine", "sample"))


def test_a_list_is_its_title_and_a_line_a_ticker():
    head, *lines = as_words(shown(ListedTicker("AAPL", "Apple"), ListedTicker("JPM"))).splitlines()
    assert head == "Mine · 2 tickers · 1d · KRW"
    assert [line.split() for line in lines] == [["AAPL", "Apple"], ["JPM"]]


def test_a_holding_and_its_price_levels_stand_in_the_line():
    words = as_words(shown(WHOLE))
    assert "10.5 shares at 71,200 · above 90,000 · below 60,000 · move 4.5 %" in words


def test_what_is_sold_short_has_a_minus_sign():
    assert "−3 shares" in as_words(shown(ListedTicker("A", shares=-3.0)))


def test_a_group_is_named_where_it_begins():
    words = as_words(shown(ListedTicker("A", group="x"), ListedTicker("B", group="x"), ListedTicker("C")))
    assert [line.strip() for line in words.splitlines()[1:]] == ["x", "A", "B", "no group", "C"]


def test_a_list_as_json_has_every_key_of_every_ticker():
    (ticker,) = as_json(shown(WHOLE))["tickers"]
    assert ticker == {
        "symbol": "005930.KS",
        "name": "삼성전자",
        "group": "chips",
        "shares": 10.5,
        "cost": 71200.0,
        "above": 90000.0,
        "below": 60000.0,
        "move": 4.5,
        "budget": None,
        "off": (),
    }


def test_an_edit_says_what_came_and_what_went():
    assert as_words(Edited("mine", added=("A", "B"))) == "mine: added A B"
    assert as_words(Edited("mine", removed=("C",))) == "mine: removed C"
    assert as_words(Edited("mine", rules=("alarms.budget=1",))) == "mine: set alarms.budget=1"


def test_an_edit_as_json_has_its_notes():
    said = msgspec.json.encode(as_json(Edited("mine", added=("A",), notes=("line 2: x",))))
    assert msgspec.json.decode(said) == {
        "watchlist": "mine",
        "added": ["A"],
        "removed": [],
        "rules": [],
        "notes": ["line 2: x"],
    }


def test_what_a_search_found_is_a_line_a_symbol_and_a_list_in_json():
    found = SearchResults((SearchHit("AAPL", "Apple\x1b[2J", "NMS", "equity"),))
    assert as_words(found).split() == ["AAPL", "Apple", "[2J", "NMS", "equity"]
    assert as_json(found) == [{"symbol": "AAPL", "name": "Apple\x1b[2J", "exchange": "NMS", "kind": "equity"}]


def test_a_search_that_found_nothing_says_so():
    assert (as_words(SearchResults(())), as_json(SearchResults(()))) == ("nothing was found", [])


def test_an_exported_file_is_named_with_its_bars():
    assert as_words(Exported("AAPL", "/out/AAPL.csv", 3270)).split() == ["AAPL", "3,270", "bars,", "/out/AAPL.csv"]


def card(**changes: object) -> ModelCard:
    plain = ModelCard(
        id=14,
        preset="pooled",
        status="champion",
        symbols=("AAPL", "MSFT"),
        trained_from=date(2000, 3, 1),
        trained_to=date(2008, 9, 12),
        age_sessions=6,
        expires_in=55,
        seed=7,
        data_hash="hash",
        fingerprint="pooled-1",
        metrics=ModelMetrics(580, pinball_skill=0.008),
        word="passed",
        reason="not worse than model #13",
    )
    return msgspec.structs.replace(plain, **changes)


def test_a_model_s_words_from_outside_cannot_steer_the_terminal():
    bad = "\x1b]0;title\x07"
    told = Trained(14, "pooled", ("AAPL",), 31.4, METRICS, {f"MSFT{bad}": f"no bars{bad}"})
    for item in (told, Models((card(symbols=(f"AAPL{bad}",), reason=bad),)), Note(bad), RolledBack(14, 13, bad)):
        assert not set(as_words(item)) & {"\x1b", "\x07"}


def test_a_model_is_a_line_with_the_verdict_below():
    head, verdict = as_words(Models((card(),))).splitlines()
    assert head.split() == [
        "#14",
        "champion",
        "pooled",
        "to",
        "2008-09-12,",
        "6",
        "sessions",
        "old,",
        "expires",
        "in",
        "55",
        "·",
        "AAPL",
        "MSFT",
        "·",
        "skill",
        "+0.8%",
    ]
    assert verdict.strip() == "not worse than model #13"


def test_without_significant_skill_a_model_is_said_to_have_none():
    assert as_words(Models((card(word="no skill"),))).splitlines()[0].endswith("no skill (+0.8%)")
    assert as_words(Models((card(metrics=None, word=None),))).splitlines()[0].endswith("skill not known")


def test_where_there_is_no_model_it_is_said():
    assert as_words(Models(())) == "no model has been trained yet"


def test_the_registry_as_json_is_a_list_of_cards():
    ((told,),) = (as_json(Models((card(),))),)
    assert (told["id"], told["status"], told["metrics"]["pinball_skill"]) == (14, "champion", 0.008)
    assert msgspec.json.decode(msgspec.json.encode(told))["trained_to"] == "2008-09-12"


def test_a_roll_back_is_told_in_words():
    assert as_words(RolledBack(14, 13, "model #14 is withdrawn")) == "model #14 is withdrawn"


METRICS = Metrics(4.98, 1.614, 4.91, 1.606)


def test_a_training_is_told_with_errors_in_per_cent_beside_those_of_no_change():
    lines = as_words(Trained(15, "pooled", ("AAPL",), 3.0, METRICS)).splitlines()
    assert lines[1:3] == [
        "the next session's return, on sessions it had not seen: MAE 1.614 % (persistence 1.606 %), "
        "MSE 4.980 %² (persistence 4.910 %²)",
        "It does no better than saying that tomorrow's close is today's.",
    ]


def test_errors_that_could_not_be_measured_are_said_to_be_unknown():
    told = as_words(Trained(15, "pooled", ("AAPL",), 3.0, Metrics()))
    assert told.splitlines()[1] == "its errors are not known: no session was left that it had not seen"


def test_a_training_is_told_with_the_verdict_of_the_gate():
    trained = Trained(15, "pooled", ("AAPL",), 3.0, METRICS, {}, "rejected", "worse than model #14", 0.004, "no skill")
    assert as_words(trained).splitlines()[-2:] == [
        "against EWMA quantiles: no skill (+0.4%)",
        "not taken: worse than model #14",
    ]
    assert as_json(trained)["status"] == "rejected"
