"""What holds for all tests.

Properties are not timed: how fast examples are drawn says how busy the machine is, and nothing of the code.
"""

import gc
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, settings

from engine.interpreter import COLLECTIONS
from tests.warm import warm

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


@pytest.fixture(scope="session")
def warm_yahoo() -> Iterator[Sequence[str]]:
    """The command of yahoo's child process with yfinance loaded already, for tests of what is said and asked."""
    with warm("engine.adapters.yahoo.child", "engine.adapters.yahoo.session", "pandas", "yfinance") as command:
        yield command
