from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from online_fdr.p_values.investing.lord.mem_decay import LORDMemoryDecay

from engine.core.confirm import DECAY, LEVEL, MEMORY, confirmed, rejected, ticker_p
from engine.core.episodes import QUIET_P
from engine.core.market_first import judge_list
from engine.core.pool import ENOUGH
from tests.engine.core.pools import clustered
from tests.engine.core.test_groups import BUDGET, KIND, OTHER, listed

ALONE = replace(BUDGET, kinds=(KIND,))


def judged(spike=0.0, tickers=8):
    """A list after a session on which the first ticker may be unusual."""
    scored = []
    for each in listed(tickers, 1_005):
        series = {kind: scores.copy() for kind, scores in each.scores.items()}
        if each.symbol == "T0":
            series[KIND][-1] += spike
        scored.append(replace(each, scores=series))
    return judge_list(scored, BUDGET, {})


def test_an_alert_far_beyond_all_that_was_looked_at_is_confirmed():
    (verdict,) = judged(9.0).tickers["T0"].firing
    assert (verdict.tier, verdict.confirmed) == ("alert", True)


def test_a_session_like_any_other_is_not():
    assert not any(verdict.confirmed for each in judged().tickers.values() for verdict in each)


def test_a_watch_is_never_confirmed():
    said = judged(9.0).tickers["T0"]
    other = said.of(OTHER)
    assert other.tier is None
    assert not other.confirmed


def test_gone_through_again_the_same_are_confirmed():
    said = judged(9.0)
    assert confirmed(said.all) == confirmed(said.all) == {"T0"}


def test_the_order_of_the_list_does_not_matter():
    said = judged(9.0)
    assert confirmed(said.all[::-1]) == confirmed(said.all)


def test_p_of_a_test_is_the_smallest_of_its_kinds_times_their_number():
    each = judged(9.0).tickers["T0"]
    p = [each.calibrations[kind].p(float(each.scored.scores[kind][-1])) for kind in (KIND, OTHER)]
    assert ticker_p([each], 3)[-1, 0] == pytest.approx(2 * min(p))


def test_no_test_spends_as_much_as_a_tenth_whatever_was_found_before():
    procedure, spent = LORDMemoryDecay(alpha=LEVEL, delta=DECAY, eta=1.0), []
    for _ in range(MEMORY):
        procedure.test_one(0.0)
        spent.append(procedure.last_test_level)
    assert max(spent) < QUIET_P


def test_tickers_of_several_pools_and_lengths_have_the_p_they_have_alone():
    said = [*judged(9.0).tickers.values(), *judged(tickers=5).tickers.values()]
    short = replace(said[-1], scored=said[-1].scored.upto(2))
    together = ticker_p([*said, short], 3)
    np.testing.assert_array_equal(together, np.hstack([ticker_p([each], 3) for each in (*said, short)]))


def test_where_no_kind_has_a_score_there_is_no_test():
    each = judged().tickers["T1"]
    blank = {kind: np.full(9, np.nan) for kind in each.scored.scores}
    assert np.isnan(ticker_p([replace(each, scored=replace(each.scored, scores=blank))], 12)).all()


def test_of_sessions_like_any_other_few_are_confirmed():
    found = count = 0
    for end in range(900, 1_005, 3):
        scored = [
            replace(each, features=each.features.rows(0, end), scores={KIND: series[:end]})
            for each, series in zip(listed(8, 1_005), clustered(8, 1_005, seed=7), strict=True)
        ]
        found += len(confirmed(judge_list(scored, ALONE, {}).all))
        count += 8
    assert found / count <= 3 * LEVEL * (1 - DECAY)


def test_the_smallest_pool_can_confirm():
    assert 7 / (ENOUGH + 1) <= LEVEL * (1 - DECAY)


def test_what_is_older_than_the_memory_weighs_nothing():
    assert DECAY**MEMORY < 1e-6


@given(st.lists(st.floats(0, 1) | st.floats(0, 1e-3), max_size=200))
def test_what_is_rejected_is_what_the_reference_rejects(p):
    reference = LORDMemoryDecay(alpha=LEVEL, delta=DECAY, eta=1.0)
    assert rejected(np.array(p)).tolist() == [reference.test_one(each) for each in p]
