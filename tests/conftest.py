"""What holds for all tests.

Properties are not timed: how fast examples are drawn says how busy the machine is, and nothing of the code.
"""

import gc

import pytest
from hypothesis import HealthCheck, settings

from engine.interpreter import COLLECTIONS

settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that ask for more time than others come first, so that no processor waits for the last of them."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


def pytest_collection_finish() -> None:
    """What is loaded by now stays, and is not looked through again; what comes, as seldom as in an engine."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)
