"""The process that asks Yahoo: questions, permissions, answers and faults on their way, and how the process ends."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from engine.adapters.yahoo.child import NICE
from engine.adapters.yahoo.process import YahooProcess
from engine.errors import SourceError

COMMAND = (sys.executable, "-m", "tests.yahoo_child")
DAY = date(2024, 1, 2)


class Asked:
    """Counts the requests that are asked for; refuses them when told to."""

    def __init__(self) -> None:
        self.count, self.refusal = 0, None

    def __call__(self) -> None:
        self.count += 1
        if self.refusal:
            raise self.refusal


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def made(asked: Asked) -> Iterator[Callable[..., YahooProcess]]:
    """Makes libraries that are closed when the test ends."""
    all_of_them: list[YahooProcess] = []

    def make(**options: float) -> YahooProcess:
        all_of_them.append(YahooProcess(Path("unused"), asked, 1.0, 2, command=COMMAND, **options))
        return all_of_them[-1]

    yield make
    for each in all_of_them:
        each.close()


@pytest.fixture
def library(made: Callable[..., YahooProcess]) -> YahooProcess:
    return made()


def pid(library: YahooProcess, symbol: str = "AAA") -> int:
    """The number of the process that answered."""
    return int(library.daily(symbol, DAY).values["Close"][0])


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def until_gone(process: int) -> None:
    """Wait for its end, which the test's own time limit bounds."""
    while not gone(process):
        time.sleep(0.01)


def test_an_answer_comes_from_another_process(library: YahooProcess) -> None:
    assert pid(library) != os.getpid()


def test_one_process_answers_all_questions(library: YahooProcess) -> None:
    assert pid(library) == pid(library, "BBB")


def test_the_process_gives_way_to_the_engine(library: YahooProcess) -> None:
    assert library.daily("AAA", DAY).values["Close"][1] == os.nice(0) + NICE


def test_days_come_as_they_were_given(library: YahooProcess) -> None:
    assert library.daily("AAA", DAY).days.tolist() == [DAY, DAY]


def test_questions_are_answered_side_by_side(library: YahooProcess) -> None:
    with ThreadPoolExecutor(2) as threads:
        assert len(set(threads.map(lambda _: pid(library, "MEETS"), range(2)))) == 1


def test_a_request_is_made_only_after_it_was_asked_for(library: YahooProcess, asked: Asked) -> None:
    library.daily("ASKS", DAY)
    assert asked.count == 1


def test_a_refusal_is_what_the_caller_hears(library: YahooProcess, asked: Asked) -> None:
    asked.refusal = SourceError("used up", do="come later", fault="limited")
    with pytest.raises(SourceError) as caught:
        library.daily("ASKS", DAY)
    assert (str(caught.value), caught.value.fault) == ("used up. come later", "limited")


def test_a_fault_keeps_its_words_and_its_class(library: YahooProcess) -> None:
    with pytest.raises(SourceError) as caught:
        library.daily("DOWN", DAY)
    assert (str(caught.value), caught.value.fault) == ("Yahoo is down (received: DOWN). wait", "down")


def test_an_exception_of_the_library_is_told_in_words(library: YahooProcess) -> None:
    with pytest.raises(SourceError, match="was not data") as caught:
        library.daily("GARBLED", DAY)
    assert caught.value.fault == "garbled"


def test_a_fault_ends_no_process(library: YahooProcess) -> None:
    before = pid(library)
    with pytest.raises(SourceError):
        library.daily("GARBLED", DAY)
    assert pid(library) == before


def test_a_process_that_dies_says_so_and_is_tried_again(library: YahooProcess) -> None:
    with pytest.raises(SourceError, match="ended in the middle of it") as caught:
        library.daily("DIES", DAY)
    assert caught.value.fault == "cut"


def test_after_one_has_died_another_is_started(library: YahooProcess) -> None:
    before = pid(library)
    with pytest.raises(SourceError):
        library.daily("DIES", DAY)
    assert pid(library) != before


def test_a_process_that_is_not_needed_leaves(made: Callable[..., YahooProcess]) -> None:
    library = made(keep_warm=0.05)
    before = pid(library)
    until_gone(before)


def test_a_process_that_has_left_is_started_again(made: Callable[..., YahooProcess]) -> None:
    library = made(keep_warm=0.05)
    before = pid(library)
    until_gone(before)
    assert pid(library) != before


def test_closing_lets_go_of_whoever_waits(library: YahooProcess) -> None:
    said: list[str] = []

    def wait() -> None:
        with pytest.raises(SourceError) as caught:
            library.daily("HANGS", DAY)
        said.append(caught.value.message)

    waiting = threading.Thread(target=wait)
    before = pid(library)
    waiting.start()
    time.sleep(0.05)
    library.close()
    waiting.join(timeout=10)
    assert (said, gone(before)) == (["the engine is stopping"], True)


def test_once_closed_nothing_is_started(library: YahooProcess) -> None:
    library.close()
    with pytest.raises(SourceError, match="the engine is stopping"):
        library.daily("AAA", DAY)


def test_a_command_that_cannot_be_run_is_said() -> None:
    library = YahooProcess(Path("unused"), Asked(), 1.0, 2, command=("/nonexistent/python",))
    with pytest.raises(SourceError, match="cannot be started"):
        library.daily("AAA", DAY)


OWNER = """
import os
import signal
from tests.engine.adapters.test_yahoo_process import COMMAND, DAY, Asked, Path, YahooProcess, pid
library = YahooProcess(Path("unused"), Asked(), 1.0, 2, command=COMMAND)
print(pid(library), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_process_does_not_outlive_an_engine_that_was_killed() -> None:
    root = Path(__file__).parents[3]
    ran = subprocess.run([sys.executable, "-c", OWNER], cwd=root, capture_output=True, text=True, check=False)
    until_gone(int(ran.stdout))


LIGHT = """
import sys
from tests.engine.adapters.test_yahoo_process import COMMAND, DAY, Asked, Path, YahooProcess
from engine.adapters.yahoo import frames
library = YahooProcess(Path("unused"), Asked(), 1.0, 2, command=COMMAND)
library.daily("AAA", DAY)
library.close()
print({"pandas", "yfinance", "curl_cffi"} & set(sys.modules))
"""


def test_whoever_asks_loads_neither_yfinance_nor_pandas() -> None:
    root = Path(__file__).parents[3]
    ran = subprocess.run([sys.executable, "-c", LIGHT], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
