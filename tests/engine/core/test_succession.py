"""Who speaks, who comes before, whose weights stay."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.core.succession import keep_weights, line
from tests.registries import record

DAY = date(2008, 9, 15)

records = st.lists(
    st.builds(
        lambda number, days, symbols, standing: record(number, DAY - timedelta(days), symbols, standing=standing),
        st.integers(1, 30),
        st.integers(0, 20),
        st.lists(st.sampled_from("ABC"), min_size=1, max_size=3, unique=True),
        st.sampled_from(["accepted", "accepted", "rejected", "withdrawn", "pruned"]),
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)


def numbers(of):
    return [each.id for each in of]


def test_the_model_that_has_seen_later_rows_comes_first_and_of_two_the_one_made_later():
    made = [record(1, DAY), record(2, DAY - timedelta(9)), record(3, DAY)]
    assert numbers(line(made, "AAA")) == [3, 1, 2]


def test_rejected_withdrawn_and_pruned_models_are_not_in_line():
    made = [record(number, DAY, standing=how) for number, how in enumerate(("rejected", "withdrawn", "pruned"))]
    assert line(made, "AAA") == ()


@given(records, st.integers(-2, 22))
def test_nothing_trained_later_than_a_day_speaks_about_it(made, days):
    day = DAY - timedelta(days)
    assert all(each.trained_to <= day for each in line(made, "A", day))


@given(records)
def test_the_weights_of_who_speaks_and_of_two_before_stay_for_every_symbol(made):
    kept = keep_weights(made)
    for symbol in "ABC":
        assert set(numbers(line(made, symbol)[:3])) <= kept


@given(records)
def test_no_more_weights_stay_than_three_a_symbol_and_the_three_made_last(made):
    assert len(keep_weights(made)) <= 3 * 3 + 3


def test_a_model_made_just_now_for_an_earlier_day_keeps_its_weights():
    made = [record(number, DAY - timedelta(number)) for number in range(1, 5)]
    assert keep_weights([*made, record(9, DAY - timedelta(300))]) >= {9, 1, 2, 3}
