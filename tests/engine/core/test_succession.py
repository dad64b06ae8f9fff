"""Who speaks, who comes before, whose weights stay."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.core.models import Figures
from engine.core.succession import fresh_to, keep_weights, line
from tests.registries import record

DAY = date(2008, 9, 15)
JUDGED = Figures(*[80.0] * 14, "no skill")

records = st.lists(
    st.builds(
        lambda number, days, symbols, standing: record(
            number, DAY - timedelta(days), symbols, standing=standing, figures=JUDGED
        ),
        st.integers(1, 30),
        st.integers(0, 20),
        st.lists(st.sampled_from("ABC"), min_size=1, max_size=3, unique=True),
        st.sampled_from(["accepted", "accepted", "rejected", "withdrawn", "pruned"]),
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)


def refused(number, trained_to, symbols=("AAA",), figures=JUDGED):
    return record(number, trained_to, symbols, standing="rejected", figures=figures)


def days_before(days):
    return DAY - timedelta(days)


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


def test_a_model_is_as_fresh_as_the_last_challenger_that_was_worse():
    champion = record(1, days_before(90))
    made = [refused(3, DAY), refused(2, days_before(40)), champion]
    assert fresh_to(made, champion, "AAA") == DAY
    assert fresh_to(made, champion, "AAA", days_before(1)) == days_before(40)
    assert fresh_to(made, champion, "AAA", days_before(41)) == champion.trained_to


def test_a_challenger_says_nothing_of_another_ticker_or_of_a_model_that_was_not_in_charge():
    champion, later = record(1, days_before(90), ("AAA", "BBB")), record(3, days_before(20), ("AAA", "BBB"))
    made = [refused(4, DAY, ("AAA",)), later, refused(2, days_before(40), ("AAA",)), champion]
    assert fresh_to(made, champion, "AAA") == days_before(40)
    assert fresh_to(made, later, "AAA") == DAY
    assert fresh_to(made, later, "BBB") == later.trained_to


def test_whoever_was_rolled_back_afterwards_has_won_and_not_the_model_before_it():
    champion = record(1, days_before(90))
    made = [refused(3, DAY), record(2, days_before(40), standing="withdrawn"), champion]
    assert fresh_to(made, champion, "AAA") == champion.trained_to


def test_a_challenger_that_gave_no_forecast_has_proved_nothing():
    champion = record(1, days_before(90))
    assert fresh_to([refused(2, DAY, figures=None), champion], champion, "AAA") == champion.trained_to


@given(records, st.integers(-2, 22))
def test_what_is_found_out_later_makes_no_model_fresher_on_a_day(made, days):
    day = DAY - timedelta(days)
    known = [each for each in made if each.trained_to <= day]
    for model in line(made, "A", day):
        assert fresh_to(made, model, "A", day) == fresh_to(known, model, "A") <= day
