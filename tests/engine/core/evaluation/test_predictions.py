from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.evaluation import series
from engine.core.evaluation.predictions import Predictions, joined, joined_cases, silent
from engine.errors import DataError
from tests.engine.core.evaluation.tables import cases, said
from tests.worlds import history


def test_a_row_is_the_return_from_its_session_to_its_target_in_the_symbols_own_sessions():
    plain = history(rows=60)
    holed = plain.rows(np.arange(60) % 7 != 3)
    seen = series.observed(holed)
    rows = series.cases([seen])
    for horizon in series.HORIZONS:
        of = rows.of(horizon)
        at, to = np.searchsorted(holed.sessions, of.made_at), np.searchsorted(holed.sessions, of.target)
        assert (to - at == horizon).all()
        np.testing.assert_allclose(of.realised, np.log(holed.close[to] / holed.close[at]))
        np.testing.assert_array_equal(of.sigma, seen.sigma[at])


def test_rows_without_a_target_or_a_volatility_are_no_cases():
    rows = series.cases([series.observed(history(rows=60))])
    assert {horizon: len(rows.of(horizon)) for horizon in series.HORIZONS} == {1: 39, 5: 35, 10: 30}


def test_a_price_that_never_changes_gives_no_cases():
    plain = history(rows=60)
    flat = plain.__class__("FLAT", plain.sessions, *(np.full(60, 9.0) for _ in range(4)), plain.volume)
    assert len(series.cases([series.observed(flat)])) == 0


def test_tables_of_different_lists_are_not_joined():
    with pytest.raises(DataError, match="different lists"):
        joined_cases([cases([0.01]), replace(cases([0.01]), symbols=("ELSE",))])
    with pytest.raises(DataError, match="different lists"):
        series.cases([])


def test_a_shock_is_measured_with_the_volatility_before_it_and_lasts_twenty_sessions():
    returns, sigma = np.full(60, 0.001), np.full(60, 0.01)
    returns[25], sigma[25] = -0.041, 0.02
    assert np.flatnonzero(series.shocked(returns, sigma)).tolist() == list(range(25, 45))


@given(st.lists(st.booleans(), max_size=90))
def test_a_row_is_shocked_where_one_of_its_last_twenty_is_a_shock(hits):
    returns = np.where(hits, 0.05, 0.0) if hits else np.empty(0)
    found = series.shocked(returns, np.full(len(hits), 0.01))
    expected = [any(hits[max(row - 19, 1) : row + 1]) for row in range(len(hits))]
    assert found.tolist() == expected


def test_the_calendar_is_that_of_all_symbols_together():
    seen = [series.observed(history("A", 50)), series.observed(history("B", 50).rows(slice(10, None)))]
    np.testing.assert_array_equal(series.calendar(seen), history(rows=50).sessions)
    assert len(series.calendar([])) == 0


def test_rows_are_chosen_together_with_what_was_said_to_them():
    of = said(cases([0.01, 0.02, 0.03]), mean=[1, 2, 3]).rows(np.array([True, False, True]))
    assert (of.mean.tolist(), of.cases.realised.tolist()) == ([1, 3], [0.01, 0.03])


def test_stretches_are_joined_in_their_order():
    table = joined([said(cases([0.01]), mean=1), said(cases([0.02, 0.03]), mean=2)])
    assert (table.mean.tolist(), table.cases.realised.tolist()) == ([1, 2, 2], [0.01, 0.02, 0.03])
    with pytest.raises(DataError):
        joined([])


def test_shapes_that_do_not_fit_are_refused():
    of = cases([0.01, 0.02])
    with pytest.raises(DataError, match="do not fit"):
        Predictions(of, np.zeros(3), np.zeros((3, 5)))
    with pytest.raises(DataError, match="do not belong together"):
        replace(of, close=of.close[:1])


def test_who_says_nothing_says_nan():
    assert np.isnan(silent(cases([0.01])).quantiles).all()
