"""Keys of one's own: they do what the usual ones did, everywhere they are told, and what cannot be is said."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from tests.tui import data
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.test_keys import SIZE, press, settle
from tui.app import WhipsawApp
from tui.keymap import KEYS, Place, footer, keys_on
from tui.rebinding import changes, rebound
from tui.screens.help import Help


def app_with(**wanted: str) -> WhipsawApp:
    keys, wrong = rebound(wanted)
    assert not wrong
    return build(FakeClient(data.view()), keys=keys)


def test_every_command_has_a_name_of_its_own() -> None:
    names = [(key.name, place) for place in get_args(Place) for key in keys_on(place)]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalpha() for name, _ in names)


def test_the_usual_keys_do_not_clash() -> None:
    assert rebound({}) == (KEYS, ())
    assert changes(KEYS) == {}


async def test_another_key_does_it_and_the_usual_one_no_more() -> None:
    app = app_with(reverse="o")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        before = app._state.sort
        await press(pilot, "S")
        assert app._state.sort == before
        await press(pilot, "o")
        assert app._state.sort != before


async def test_a_key_of_every_screen_can_be_another() -> None:
    app = app_with(help="f1")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "question_mark")
        assert not isinstance(app.screen, Help)
        await press(pilot, "f1")
        assert isinstance(app.screen, Help)


def test_footer_and_help_tell_the_key_that_does_it() -> None:
    keys, _ = rebound({"sort": "ctrl+o,f2"})
    assert {key.name: key.shown for key in footer("watch", keys)}["sort"] == "^o"
    assert changes(keys) == {"sort": "ctrl+o,f2"}


def test_two_commands_on_one_key_are_both_named() -> None:
    _, wrong = rebound({"sort": "a"})
    assert wrong == ("a is for sort and for add",)


def test_keys_can_be_exchanged() -> None:
    assert rebound({"sort": "a", "add": "s"})[1] == ()


def test_a_sign_goes_by_its_name() -> None:
    keys, wrong = rebound({"find": "\\", "sort": "%"})
    assert not wrong
    assert changes(keys) == {"find": "backslash", "sort": "percent_sign"}


def test_what_is_no_command_gets_the_nearest_named() -> None:
    (said,) = rebound({"sorted": "o"})[1]
    assert said.startswith("sorted is no command; the nearest is sort; there are acknowledge, ")


def test_what_is_no_key_is_refused() -> None:
    (said,) = rebound({"sort": "hyper+o"})[1]
    assert said.startswith("sort = 'hyper+o': 'hyper+o' is no key")


@given(st.dictionaries(st.sampled_from([key.name for key in KEYS]), st.text(max_size=12)))
def test_whatever_is_asked_for_there_is_a_keymap_or_a_reason(wanted: dict[str, str]) -> None:
    keys, wrong = rebound(wanted)
    assert wrong or {key.name for key in keys} == {key.name for key in KEYS}
