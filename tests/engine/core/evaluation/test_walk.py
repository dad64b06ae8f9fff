from dataclasses import replace

import numpy as np
import pytest

from engine.core.bars import Action, as_date
from engine.core.evaluation.folds import Plan
from engine.core.evaluation.walk import answered, references, walk
from engine.core.forecast import TAUS, Outlook
from engine.core.panel import panel
from engine.errors import DataError, TooShort
from tests.worlds import history

PLAN = Plan(refit=120, validation=60, calibration=60, least_train=300)


def walked(*histories, plan=PLAN):
    return walk(panel(histories, ["XNYS"] * len(histories)), plan)


def test_what_is_known_before_a_test_block_ends_before_it_and_begins_with_the_training_block():
    whole = walked(
        history("AAA", 700), history("BBB", 700, seed=1).rows(slice(50, None)), plan=replace(PLAN, train=200)
    )
    for fold in whole.folds:
        for known in whole.known(fold):
            assert known.sessions[-1] < fold.test.first
            assert known.sessions[0] >= fold.train.first


def test_a_split_within_the_test_block_is_not_known_before_it():
    plain = history("AAA", 700)
    split = Action(as_date(plain.sessions[-5]), split=2.0)
    whole = walked(replace(plain, actions=(split,)))
    assert [known.actions for known in whole.known(whole.folds[-1])] == [()]
    assert [seen.actions for seen in whole.seen(whole.folds[-1])] == [(split,)]


def test_a_forecast_is_made_on_rows_up_to_the_end_of_the_test_block():
    whole = walked(history("AAA", 700))
    for fold in whole.folds:
        (seen,) = whole.seen(fold)
        assert seen.sessions[0] == whole.series[0].sessions[0]
        assert seen.sessions[-1] < fold.test.end <= seen.sessions[-1] + 4  # a weekend


def test_an_outlook_answers_the_rows_of_its_own_symbol_horizon_and_session():
    of = [history("AAA", 700), history("BBB", 700, seed=1).rows(slice(50, None))]
    whole = walked(*of)
    fold = whole.folds[0]
    asked = whole.asked(fold)
    outlooks = []
    for number, each in enumerate(of):
        day = each.sessions.astype(np.int64).astype(float) + number / 10
        quantiles = np.stack([np.full((len(each), 5), steps) + day[:, None] for steps in (1, 10)], axis=1)
        outlooks.append(Outlook((1, 10), day, quantiles))
    said = answered(asked, of, outlooks)
    day = asked.made_at.astype(np.int64) + asked.symbol / 10
    np.testing.assert_allclose(said.mean, np.where(asked.horizon == 1, day, np.nan))
    np.testing.assert_allclose(said.quantiles[:, 2], np.where(asked.horizon == 5, np.nan, day + asked.horizon))


def test_a_symbol_without_an_outlook_has_no_answers():
    of = [history("AAA", 700), history("BBB", 700, seed=1)]
    whole = walked(*of)
    asked = whole.asked(whole.folds[0])
    one = Outlook((1,), np.zeros(700), np.zeros((700, 1, 5)))
    said = answered(asked, of[:1], [one])
    assert set(asked.symbol[said.spoken].tolist()) == {0}


def test_every_baseline_answers_every_horizon():
    whole = walked(history("AAA", 700), history("BBB", 700, seed=1))
    fold = whole.folds[-1]
    asked = whole.asked(fold)
    said = references(whole, fold, asked, {"AAA": None, "BBB": None})
    assert set(said) == {"persistence", "drift", "ewma", "garch", "ridge"}
    for name in ("persistence", "drift", "ewma", "ridge"):
        assert np.isfinite(said[name].quantiles).all()
        assert (np.diff(said[name].quantiles, axis=1) >= 0).all()


def test_baselines_learn_from_every_row_before_the_test_block_and_from_none_of_it():
    of = history("AAA", 700)
    whole = walked(of)
    fold = whole.folds[-1]
    before = fold.before(whole.every)
    assert (before.target < fold.test.first).all()
    known = (of.sessions >= fold.train.first) & (of.sessions < fold.test.first)
    assert before.of(1).target.max() == of.sessions[known][-1]
    asked = whole.asked(fold)
    said = references(whole, fold, asked, {"AAA": None})
    own, next_session = before.of(1), asked.horizon == 1
    expected = np.quantile(own.realised / own.sigma, TAUS)
    found = said["ewma"].quantiles[next_session] / asked.sigma[next_session, None]
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape))
    assert said["drift"].mean[next_session][0] == pytest.approx(own.realised.mean())


def test_ridge_reads_what_the_network_reads_at_the_session_of_each_row():
    whole = walked(history("AAA", 700), history("BBB", 700, seed=1).rows(slice(50, None)))
    asked = whole.asked(whole.folds[0])
    read = whole.read(asked)
    for row in range(0, len(asked), 97):
        place = int(asked.symbol[row])
        at = whole.panel[place].history.sessions.tolist().index(asked.made_at[row].item())
        np.testing.assert_array_equal(read[row], whole.inputs[place][at])


def test_a_walk_needs_tickers_and_enough_sessions():
    with pytest.raises(DataError):
        walked()
    with pytest.raises(TooShort):
        walked(history("AAA", 200))
