from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.core.bars import Action, as_date, log_returns
from engine.core.inputs import FIRST, MASKED, MEMORY, NAMES, inputs, scaler, standardised
from engine.core.panel import Listed, panel
from engine.core.volatility import ewma_sigma
from tests.worlds import corrupted, history


def listed(of, market=None):
    return Listed.of(of, log_returns(of) if market is None else market)


def of(name, values):
    return values[:, NAMES.index(name)]


ROWS = 900
PLAIN = history(rows=ROWS)
(VALUES,) = inputs([listed(PLAIN)])


def test_inputs_are_known_once_63_returns_are():
    assert np.isnan(VALUES[:FIRST]).all()
    assert np.isfinite(VALUES[FIRST:]).all()


def test_a_return_is_in_its_own_sigmas():
    returns = log_returns(PLAIN)
    np.testing.assert_allclose(of("return_1", VALUES)[100:], (returns / ewma_sigma(returns))[100:], rtol=1e-9)


@pytest.mark.parametrize("end", [700, 899])
def test_from_the_last_rows_alone_inputs_come_out_as_from_all(end):
    first = end - 30 - MEMORY
    (tail,) = inputs([listed(PLAIN).rows(slice(first, end))])
    np.testing.assert_allclose(tail[-30:], VALUES[end - 30 : end], rtol=0, atol=1e-9)


@pytest.mark.parametrize("how", ["x10", "nan", "random", "removed"])
def test_inputs_of_a_row_do_not_depend_on_later_ones(how):
    (altered,) = inputs([listed(corrupted(PLAIN, 500, how))])
    np.testing.assert_array_equal(altered[:501], VALUES[:501])


def test_a_ticker_has_the_same_inputs_whoever_stands_beside_it():
    others = [listed(history(f"T{seed}", 300 + 100 * seed, seed=seed)) for seed in range(1, 5)]
    together = inputs([others[0], listed(PLAIN), *others[1:]])
    np.testing.assert_array_equal(together[1], VALUES)


def test_inputs_do_not_depend_on_the_unit_of_the_price():
    factors = {name: getattr(PLAIN, name) * 1_000 for name in ("open", "high", "low", "close")}
    (scaled,) = inputs([listed(replace(PLAIN, **factors))])
    np.testing.assert_allclose(scaled, VALUES, atol=1e-8)


def test_a_later_split_or_dividend_changes_no_input():
    later = (Action(as_date(PLAIN.sessions[-1]), split=4.0), Action(date(2030, 1, 2), split=2.0, dividend=0.5))
    (told,) = inputs([listed(replace(PLAIN, actions=later))])
    np.testing.assert_allclose(told[:-1], VALUES[:-1], atol=1e-9)


def test_a_split_is_no_move_no_gap_and_no_volume():
    row = 600
    after = np.arange(ROWS) >= row
    prices = {name: getattr(PLAIN, name) / np.where(after, 4.0, 1.0) for name in ("open", "high", "low", "close")}
    split = replace(PLAIN, **prices, volume=PLAIN.volume * np.where(after, 4.0, 1.0))
    split = replace(split, actions=(Action(as_date(PLAIN.sessions[row]), split=4.0),))
    (values,) = inputs([listed(split, log_returns(PLAIN))])
    np.testing.assert_allclose(values, VALUES, atol=1e-8)


def test_where_only_closes_are_given_the_masks_say_so():
    nothing = np.full(ROWS, np.nan)
    (values,) = inputs([listed(replace(PLAIN, open=nothing, high=nothing, low=nothing, volume=nothing))])
    assert np.isfinite(values[FIRST:]).all()
    for name, mask in MASKED.items():
        assert not of(name, values)[FIRST:].any()
        assert not of(mask, values)[FIRST:].any()
        assert of(mask, VALUES)[FIRST:].all()


def test_what_is_not_there_is_zero_to_the_network_too():
    nothing = np.full(ROWS, np.nan)
    (values,) = inputs([listed(replace(PLAIN, volume=nothing))])
    seen = standardised(values[FIRST:], *scaler(np.concatenate((VALUES[FIRST:], values[FIRST:]))))
    assert not of("volume", seen).any()


def test_the_network_sees_mean_zero_and_deviation_one():
    seen = standardised(VALUES[FIRST:], *scaler(VALUES[FIRST:]))
    masks = np.isin(NAMES, list(MASKED.values()))
    np.testing.assert_allclose(seen.mean(axis=0)[~masks], 0.0, atol=0.05)
    np.testing.assert_allclose(seen.std(axis=0)[~masks], 1.0, atol=0.1)


def test_a_jump_reaches_the_network_at_six_sigma():
    jump = replace(
        PLAIN, **{n: getattr(PLAIN, n) * np.where(np.arange(ROWS) >= 600, 9.0, 1.0) for n in ("open", "close")}
    )
    returns = log_returns(jump)
    (values,) = inputs([listed(jump)])
    told = of("return_1", values)[600] * ewma_sigma(returns)[600]
    assert told == pytest.approx(6 * ewma_sigma(returns)[599])


def test_without_a_return_there_are_no_inputs_in_that_row_alone():
    holes = replace(PLAIN, close=np.where(np.arange(ROWS) == 500, np.nan, PLAIN.close))
    (values,) = inputs([listed(holes, log_returns(PLAIN))])
    assert np.isnan(values[500:502]).all()
    assert np.isfinite(np.delete(values, [500, 501], axis=0)[FIRST:]).all()


def test_a_price_that_never_moves_has_no_inputs():
    still = replace(PLAIN, **{name: np.full(ROWS, 5.0) for name in ("open", "high", "low", "close")})
    assert np.isnan(inputs([listed(still)])[0]).all()


def test_a_market_that_is_not_known_is_zero():
    (values,) = inputs([listed(PLAIN, np.full(ROWS, np.nan))])
    for name in ("market_1", "market_5", "market_volatility", "market_long"):
        assert not of(name, values)[FIRST:].any()


def test_an_empty_history_has_no_rows():
    (values,) = inputs([listed(PLAIN.rows(slice(0, 0)))])
    assert values.shape == (0, len(NAMES))


def test_histories_shorter_than_the_warm_up_are_nan():
    (values,) = inputs([listed(PLAIN.rows(slice(0, 15)))])
    assert values.shape == (15, len(NAMES))
    assert np.isnan(values).all()


def test_the_market_is_the_mean_return_of_those_who_trade_on_the_exchange():
    one, two, other = history("A", 300), history("B", 250, seed=1), history("C", 300, seed=2)
    first, second, third = panel([one, two, other], ["XNYS", "XNYS", "XKRX"])
    mean = np.where(np.isfinite(second.market), (log_returns(one)[:250] + log_returns(two)) / 2, np.nan)
    np.testing.assert_allclose(second.market, mean)
    np.testing.assert_allclose(first.market[250:], log_returns(one)[250:])
    np.testing.assert_allclose(third.market, log_returns(other))


def test_a_market_of_histories_with_different_holes_meets_on_its_sessions():
    one = history("A", 300)
    odd, even = one.rows(np.arange(300) % 2 == 1), one.rows(np.arange(300) % 3 == 0)
    for each in panel([odd, even], ["XNYS", "XNYS"]):
        both = np.isin(each.history.sessions, odd.sessions) & np.isin(each.history.sessions, even.sessions)
        own = log_returns(each.history)
        np.testing.assert_allclose(each.market[~both][1:], own[~both][1:])
