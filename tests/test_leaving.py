"""However a screen is stopped or ended, its terminal is left as it was found."""

import shutil
import signal

import pytest

from tests.homes import WHIPSAW, home_of_two
from tests.terminal import Terminal

BASH = shutil.which("bash")
TRUECOLOR = {"COLORTERM": "truecolor"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with home_of_two(tmp_path_factory.mktemp("leaving")) as home:
        yield home


@pytest.fixture
def screen(home):
    """A screen that shows its list, in a terminal that no shell stands behind."""
    with Terminal(WHIPSAW, {**TRUECOLOR, "WHIPSAW_HOME": str(home)}, folder=home) as terminal:
        terminal.found = terminal.line_settings
        terminal.shows("BBB")
        yield terminal


@pytest.fixture
def shell(home):
    """A shell with job control."""
    if BASH is None:
        pytest.skip("no bash is installed here")
    plain = {**TRUECOLOR, "WHIPSAW_HOME": str(home), "PS1": "$ ", "HISTFILE": "", "INPUTRC": "/dev/null"}
    with Terminal([BASH, "--norc", "--noprofile", "--noediting", "-i"], plain, folder=home) as terminal:
        terminal.shows("$ ")
        yield terminal


def start_in(shell) -> None:
    shell.press(" ".join(f"'{word}'" for word in WHIPSAW) + "\n")
    shell.shows("BBB")


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (lambda screen: screen.press("q"), 0),
        (lambda screen: screen.signal(signal.SIGTERM), 128 + signal.SIGTERM),
        (lambda screen: screen.signal(signal.SIGHUP), 128 + signal.SIGHUP),
    ],
    ids=["q", "SIGTERM", "SIGHUP"],
)
def test_whatever_ends_the_screen_its_terminal_is_as_before(screen, end, status):
    assert b"?1049h" in screen.leftovers
    assert screen.line_settings != screen.found
    end(screen)
    assert screen.ended() == status
    assert screen.leftovers == set()
    assert screen.line_settings == screen.found


def test_a_screen_whose_terminal_is_gone_goes_too(screen):
    screen.hang_up()
    assert screen.ended() == -signal.SIGHUP


def test_a_screen_that_nobody_tells_of_its_lost_terminal_goes_too(home):
    with Terminal(WHIPSAW, {**TRUECOLOR, "WHIPSAW_HOME": str(home)}, folder=home, controlling=False) as screen:
        screen.shows("BBB")
        screen.hang_up()
        assert screen.ended() == -signal.SIGHUP


def test_while_it_is_stopped_the_shell_has_its_terminal_and_then_the_screen_is_drawn_again(shell):
    start_in(shell)
    shell.shows("not scored")  # the list has been looked at: nothing is to come
    before = shell.lines[1:]  # but for the status bar, whose ages go on
    shell.press("\x1a")
    shell.shows("Stopped")
    assert shell.leftovers == set()
    shell.press("printf '\\033[2J\\033[H'; echo $((6 * 7)) is the shell\n")
    shell.until(lambda text: "42 is the shell" in text and "BBB" not in text)
    shell.press("fg\n")
    shell.until(lambda text: "BBB" in text and shell.lines[1:] == before)
    assert b"?1049h" in shell.leftovers
    shell.press("q")
    shell.sends(b"the engine lives on (whipsaw comes back to it)")
    assert shell.leftovers == set()


def test_a_window_that_changed_meanwhile_is_filled(shell):
    start_in(shell)
    shell.press("\x1a")
    shell.shows("Stopped")
    shell.resize(80, 24)
    shell.press("fg\n")
    shell.until(lambda text: "Watchlist" in text and "? help" in shell.lines[23])


def test_what_was_started_with_it_stops_with_it(shell):
    shell.press(f"sh -c \"'{WHIPSAW[0]}' -P -m tui; echo done\"\n")
    shell.shows("BBB")
    shell.press("\x1a")
    shell.shows("Stopped")
    shell.press("fg\n")
    shell.shows("BBB")
    shell.press("q")
    shell.shows("done")


def test_where_no_shell_could_bring_it_back_it_stays(screen):
    screen.press("\x1a")
    screen.until(lambda _: screen.raw.count(b"\x1b[?1049h") == 2)
    screen.press("?")
    screen.shows("all keys")


def test_a_screen_that_was_held_from_outside_goes_on_and_leaves_in_order(screen):
    screen.signal(signal.SIGSTOP)
    screen.signal(signal.SIGCONT)
    screen.press("?")
    screen.shows("all keys")
    screen.press("q")
    assert screen.ended() == 0
    assert screen.line_settings == screen.found


def test_what_another_program_wrote_over_the_screen_is_drawn_over_again(screen):
    screen.draw("\x1b[2J")
    screen.press("\x0c")
    screen.shows("BBB")
