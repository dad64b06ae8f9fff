"""When garbage is collected."""

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from tui.litter import Litter


class Cycle:
    """Reaches itself, so that only the collector ends it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """As it was, afterwards."""
    threshold, on = gc.get_threshold(), gc.isenabled()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    if on:
        gc.enable()


def test_full_collections_are_left_to_the_minute() -> None:
    gc.disable()
    Litter().begin()
    assert gc.isenabled()
    assert gc.get_threshold()[2] >= 100_000


def test_a_sweep_ends_what_nothing_reaches() -> None:
    gc.disable()
    litter = Litter()
    litter.begin()
    litter.sweep()
    gone = ref(Cycle())
    litter.sweep()
    assert gone() is None


def test_what_is_there_at_the_first_sweep_is_not_looked_at_again() -> None:
    gc.disable()
    litter = Litter()
    litter.begin()
    before = gc.get_freeze_count()
    kept = [Cycle()]
    litter.sweep()
    assert gc.get_freeze_count() > before
    assert kept


def test_a_collector_that_was_never_off_is_left_alone() -> None:
    threshold, frozen = gc.get_threshold(), gc.get_freeze_count()
    litter = Litter()
    litter.begin()
    litter.sweep()
    assert (gc.get_threshold(), gc.get_freeze_count()) == (threshold, frozen)
