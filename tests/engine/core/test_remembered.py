"""What is known of lists, scan after scan: as if it had been computed anew, each ticker beside its own list."""

import numpy as np
import pytest

from engine.core.bars import as_date
from engine.core.panel import on_list, panel
from engine.core.remembered import Remembered
from engine.core.stream import follow
from tests.worlds import corrupted, history

ROWS = 420
WORLD = [history(f"T{seed}", ROWS, seed=seed) for seed in range(8)]
SMALL = ("T0", "T1", "T2", "T3", "T4")
ALL = tuple(each.symbol for each in WORLD)


def tickers(symbols=ALL, rows=ROWS, world=WORLD):
    day = as_date(WORLD[0].sessions[rows - 1])
    return panel([each.upto(day) for each in world if each.symbol in symbols], ["XNYS"] * len(symbols))


def after(memory, name, of, stocks=ALL):
    members = frozenset(each.symbol for each in of)
    return memory.after(name, members, members & frozenset(stocks), [(None, of)])


def anew(of, stocks=ALL):
    symbols = [each.symbol for each in of]
    listed = on_list(of, symbols, set(stocks))
    return dict(zip(symbols, follow(listed, [None] * len(of), [None] * len(of)), strict=True))


def assert_as_anew(found, of, stocks=ALL):
    for symbol, kept in anew(of, stocks).items():
        np.testing.assert_allclose(found[symbol].table.rows, kept.table.rows, rtol=1e-9, atol=1e-9, err_msg=symbol)
        np.testing.assert_array_equal(found[symbol].features.index, kept.features.index)


@pytest.mark.parametrize("stops", [(419, 420), (420, 380, 420), (400, 401, 403, 420)])
def test_session_after_session_it_comes_out_as_anew(stops):
    memory = Remembered()
    for rows in stops:
        found = after(memory, "mine", tickers(rows=rows))
    assert_as_anew(found, tickers())


@pytest.mark.parametrize("row", [30, 300, 418])
def test_a_member_whose_rows_have_changed_changes_all_beside_it(row):
    memory, changed = Remembered(), [corrupted(WORLD[0], row, "random"), *WORLD[1:]]
    after(memory, "mine", tickers())
    assert_as_anew(after(memory, "mine", tickers(world=changed)), tickers(world=changed))


def test_a_member_whose_newest_bar_came_late_changes_all_beside_it():
    memory, early = Remembered(), [*WORLD[:6], *(each.rows(slice(0, -1)) for each in WORLD[6:])]
    after(memory, "mine", tickers(world=early))
    assert_as_anew(after(memory, "mine", tickers()), tickers())


def test_a_ticker_on_two_lists_is_scored_beside_each_and_neither_forgets():
    memory = Remembered()
    for rows in (418, 419, 420):
        both = [after(memory, name, tickers(of, rows)) for name, of in (("small", SMALL), ("all", ALL))]
    for found, of in zip(both, (SMALL, ALL), strict=True):
        assert_as_anew(found, tickers(of))
    small, whole = (each["T0"].features.own for each in both)
    assert not np.allclose(small[1:], whole[1:])


def test_with_one_session_more_a_list_goes_on_though_another_was_scanned_between():
    memory = Remembered()
    first = after(memory, "small", tickers(SMALL, 419))
    after(memory, "all", tickers(ALL, 419))
    second = after(memory, "small", tickers(SMALL))
    assert np.shares_memory(first["T0"].table.rows, second["T0"].table.rows)


def test_picked_by_hand_a_list_of_the_same_members_goes_on_with_what_is_known():
    memory = Remembered()
    named = after(memory, "mine", tickers(rows=419))
    by_hand = after(memory, None, tickers())
    assert np.shares_memory(named["T0"].table.rows, by_hand["T0"].table.rows)


def test_a_list_that_gets_another_member_is_computed_again_and_what_left_it_is_let_go():
    memory = Remembered()
    after(memory, "mine", tickers())
    found = after(memory, "mine", tickers(SMALL))
    assert_as_anew(found, tickers(SMALL))
    assert not memory.models("T7")


def test_a_fund_makes_the_index_and_is_not_beside_it():
    found = after(Remembered(), "mine", tickers(), stocks=ALL[1:])
    assert not found["T0"].features.listed
    assert_as_anew(found, tickers(), stocks=ALL[1:])


def test_fewer_than_five_are_each_alone():
    found = after(Remembered(), "mine", tickers(ALL[:4]))
    assert not any(each.features.listed for each in found.values())


def test_what_becomes_a_fund_loses_its_list():
    memory = Remembered()
    after(memory, "mine", tickers())
    assert_as_anew(after(memory, "mine", tickers(), ALL[1:]), tickers(), ALL[1:])


def test_a_row_of_a_member_that_is_gone_changes_all_beside_it():
    memory = Remembered()
    after(memory, "mine", tickers())
    shorter = [*WORLD[:3], WORLD[3].rows(np.arange(ROWS) != 200), *WORLD[4:]]
    assert_as_anew(after(memory, "mine", tickers(world=shorter)), tickers(world=shorter))
