"""Results that last while their inputs do."""

from engine.core.lasting import KEPT, Inputs, Lasting

ONE, OTHER = object(), object()


def kept(*names: str) -> Lasting[str]:
    results = Lasting[str]()
    for name in names:
        results.keep(name, Inputs(name, [ONE]), f"of {name}")
    return results


def test_of_equal_facts_and_the_very_parts_the_result_is_given_again() -> None:
    assert kept("a", "b").of(Inputs("a", [ONE])) == "of a"


def test_of_other_facts_other_parts_or_more_parts_there_is_none() -> None:
    results = kept("a")
    assert [results.of(Inputs(*each)) for each in (("b", [ONE]), ("a", [OTHER]), ("a", [ONE, ONE]))] == [None] * 3


def test_a_new_result_takes_the_place_of_the_one_of_its_name() -> None:
    results = kept("a")
    results.keep("a", Inputs("later", [ONE]), "later")
    assert (results.of(Inputs("a", [ONE])), results.of(Inputs("later", [ONE]))) == (None, "later")


def test_no_more_than_some_are_kept_and_the_oldest_goes_first() -> None:
    names = [f"{number}" for number in range(KEPT + 1)]
    results = kept(*names)
    assert [results.of(Inputs(name, [ONE])) is not None for name in names] == [False, *[True] * KEPT]
