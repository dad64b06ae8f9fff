"""The table of detectors and the evidence beside it: nothing is cut that matters, and each reason is said somewhere."""

from datetime import date

import pytest
from msgspec.structs import replace

from engine.protocol import KindExplained, KindState
from tests.tui import charting, data, market
from tui.detectors import reason, table
from tui.evidence import ahead, evidence, facts_of, found, packed
from tui.spans import Spans, cells

KINDS = {each.kind: each for each in charting.KINDS}


def text(spans: Spans) -> str:
    return "".join(words for words, _ in spans)


@pytest.mark.parametrize("room", [34, 42, 62, 80])
@pytest.mark.parametrize("rows", [4, 8, 15, 30])
def test_the_table_fits_its_place(room: int, rows: int) -> None:
    lines = table(charting.KINDS, "volume_spike", room, rows)
    assert len(lines) <= rows
    assert max(map(cells, lines)) <= room


@pytest.mark.parametrize("kind", KINDS)
def test_where_not_all_kinds_fit_the_chosen_one_is_seen(kind: str) -> None:
    lines = [text(line) for line in table(charting.KINDS, kind, 42, 5)]
    assert any(line.startswith("▌") and kind.replace("_", " ") in line for line in lines)


def test_columns_give_way_from_the_right_and_the_state_stays() -> None:
    heads = [text(table(charting.KINDS, None, room, 8)[0]).split() for room in (64, 57, 50, 42, 35)]
    assert heads[0] == ["kind", "score", "p", "rare", "watch", "alert", "state"]
    assert [len(head) for head in heads] == sorted((len(head) for head in heads), reverse=True)
    assert {head[-1] for head in heads} == {"state"}


def test_with_rows_for_all_each_kind_has_its_reason_below() -> None:
    lines = " ".join(text(line).strip() for line in table(charting.KINDS, None, 80, 40))
    assert all(reason(each) in lines for each in charting.KINDS)


@pytest.mark.parametrize(("score", "sign"), [(3.0, "◇"), (9.0, "◆")])
@pytest.mark.parametrize("state", ["open", "reached"])
def test_the_sign_of_a_reached_tier_says_which(state: KindState, score: float, sign: str) -> None:
    of = KindExplained("drift", state, score=score, threshold=2.0, alert=5.0)
    assert text(table((of,), None, 60, 8)[1]).endswith(f"{sign} {state}")


LONG = tuple(
    replace(KINDS["volume_spike"], kind=kind, muted=False) for kind in ("drift", "exhaustion", "volume_spike", "other")
)
FAR = KindExplained("market", "silent", why="needs 5 tickers of an exchange, has 4")


@pytest.mark.parametrize("rows", [4, 6, 8, 11, 15])
@pytest.mark.parametrize("kind", [each.kind for each in (*LONG, FAR)])
def test_the_reason_of_the_chosen_kind_is_told_in_full(kind: str, rows: int) -> None:
    kinds = (*LONG, FAR)
    lines = " ".join(text(line).strip() for line in table(kinds, kind, 40, rows))
    assert reason(next(each for each in kinds if each.kind == kind)) in lines


def test_a_reason_that_has_no_room_is_cut_between_its_facts() -> None:
    lines = [text(line).strip() for line in table((*LONG, FAR), "drift", 40, 12)]
    assert lines.count("1.29 short of watch · …") == 3
    assert FAR.why in lines
    assert not any(line.endswith("…") and not line.endswith(" · …") for line in lines)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("volatility_shock", "open since 17 Sep"),
        ("momentum_break", "0.79 short of alert"),
        ("predicted_reversal", "0.78 short of watch"),
        ("forecast_surprise", "the next may open on 22 Sep"),
        ("volume_spike", "1.29 short of watch · alert tier needs 2,500 scores, has 1,045 · muted"),
        ("exhaustion", "no run of five sessions in one direction"),
        ("drift", "off for this ticker"),
    ],
)
def test_each_state_says_why_there_is_no_alarm(kind: str, words: str) -> None:
    assert reason(KINDS[kind]) == words


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (KindExplained("market", "silent", why="needs 5 tickers, has 4"), "needs 5 tickers, has 4"),
        (KindExplained("market", "off"), "off for this list"),
    ],
)
def test_the_market_of_a_list_says_why_there_is_none(of: KindExplained, words: str) -> None:
    assert reason(of) == words


def test_an_alarm_that_was_decided_after_the_fact_says_when() -> None:
    late = data.alarm(5, "AAPL", opened=date(2008, 9, 15), found=data.TODAY)
    lines = " ".join(text(line).strip() for line in evidence(late, None, 60, "m"))
    assert "decided after 17 Sep: no engine was there at its close" in lines


def test_a_kind_without_a_threshold_says_what_it_lacks() -> None:
    bare = replace(KINDS["volume_spike"], threshold=None, short=None, muted=False)
    assert reason(bare) == "no threshold yet · alert tier needs 2,500 scores, has 1,045"


def test_what_a_kind_says_is_safe_to_write() -> None:
    lines = table((replace(KINDS["exhaustion"], why="no\x1b[31m run"),), None, 60, 10)
    assert not any("\x1b" in text(line) for line in lines)


def test_an_open_alarm_tells_all_it_rests_on_and_one_that_was_seen_only_its_words() -> None:
    whole, seen = (evidence(data.alarm(1, "AAPL", state=state), None, 40, "m") for state in ("open", "acknowledged"))
    assert "p 0.0007 of 8,412 scores" in " ".join(map(text, whole))
    assert len(seen) == 2
    assert max(map(cells, [*whole, *seen])) <= 40


def test_the_forecast_has_a_line_a_horizon_and_both_bands_where_there_is_room() -> None:
    wide, narrow = (ahead(charting.fan(127.83), 1, room) for room in (60, 36))
    assert [text(line).split()[0] for line in wide[1:]] == ["1", "5", "10"]
    assert "50 %" in text(wide[0])
    assert "50 %" not in text(narrow[0])


def test_runs_of_the_same_finding_are_one_and_more_are_counted() -> None:
    lines = [text(line) for line in found(market.NOTES, 50, 2)]
    assert any("2008-07-14" in line for line in lines)
    assert lines[-1].strip() == "and 1 more before"
    assert any("2008-04-30 to 2008-05-02, 3 sessions" in text(line) for line in found(market.NOTES, 60, 5))


def test_facts_are_broken_between_them() -> None:
    facts = ["volatility 5d 5.6 %", "ratio 2.07", "score 2"]
    assert packed(facts, 30) == ["volatility 5d 5.6 %", "ratio 2.07 · score 2"]


def test_an_open_kind_has_the_sign_of_its_alarm() -> None:
    of = KindExplained("drift", "open", score=3.0, threshold=2.0, alert=5.0)
    down = data.alarm(1, "AAPL", kind="drift", tier="watch", direction="down")
    assert text(table((of,), None, 60, 8, (down,))[1]).endswith("▽ open")


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("sessions", 3.0, "over 3 sessions"),
        ("trend_sessions", 20.0, "trend over 20 sessions"),
        ("expected_pct", 0.0669, "expected 0.07 %"),
    ],
)
def test_a_fact_is_told_in_plain_words_and_no_more_digits_than_are_read(fact: str, value: float, words: str) -> None:
    assert words in facts_of(data.alarm(1, "AAPL", evidence={fact: value}), "m")


def test_the_evidence_says_once_that_the_model_has_no_skill() -> None:
    doubted = data.alarm(1, "AAPL", words="down 3 %; the model has no skill", evidence={"model": "no skill"})
    assert " ".join(map(text, evidence(doubted, None, 80, "m"))).count("no skill") == 1
