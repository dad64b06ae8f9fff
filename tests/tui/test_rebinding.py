"""Keys of one's own: they do what the usual ones did, everywhere they are told, and what cannot be is said."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui import data
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.test_keys import SIZE, press, seen, settle, text
from tui.app import WhipsawApp
from tui.keymap import KEYS, Place, footer, keys_on
from tui.rebinding import changes, rebound
from tui.screens.help import Help
from tui.widgets.job_queue import JobQueue

ROOT = Path(__file__).parents[2]
FIXED = {"tui/widgets/confirm.py", "tui/screens/help.py", "tui/screens/watch.py", "tui/dated.py"}
"""Where Enter and Esc of a line, a question and the help are told, which are nobody's to rebind."""


def app_with(engine: FakeClient | None = None, **wanted: str) -> WhipsawApp:
    keys, wrong = rebound(wanted)
    assert not wrong
    return build(engine or FakeClient(data.view()), keys=keys)


def told_in(file: Path) -> Iterator[str]:
    """The texts of a file that are no docstrings, and each that is given the look of a key."""
    tree = ast.parse(file.read_text())
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value
        match node:
            case ast.Tuple(elts=[ast.Constant(value=str(words)), ast.Constant(value="key bold")]) if words != "whipsaw":
                yield f"{words.strip()} shows"


def keys_named(sentence: str) -> list[str]:
    """The usual keys that a text names: words for keys anywhere, letters and signs where they do something."""
    words = {key.shown for key in KEYS if len(key.shown) > 1} | {"ctrl+t"}
    signs = {key.shown for key in KEYS if len(key.shown) == 1 and not key.shown.isdigit()}
    named = [word for word in words if " " in sentence and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence)]
    does = r"(?:^|[·,;:(]|\bor|\band) *{0} (?!\w+(?:ss|sis)\b)[a-z]+s\b|\bpress {0}(?!\w)|(?<!\w){0}, then\b"
    return named + [sign for sign in signs if re.search(does.format(re.escape(sign)), sentence)]


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


@pytest.mark.parametrize(
    ("wanted", "typed", "words"),
    [
        ({"step_previous": "f9"}, "greater_than_sign", "this is now · f9 goes back"),
        ({"detach": "f9", "stop": "f10"}, "ctrl+c", "f9 detaches, f10 stops the engine too"),
        ({"undo": "f9"}, "d", "AAPL is off the list · f9 puts it back"),
        ({"hide": "f9"}, "f9", "amounts are hidden, f9 shows them; no ticker of this list has shares yet"),
    ],
)
async def test_a_sentence_names_the_key_that_does_it(wanted: dict[str, str], typed: str, words: str) -> None:
    app = app_with(**wanted)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, typed)
        assert seen(app).notice == words


async def test_an_empty_list_names_the_key_that_adds() -> None:
    app = app_with(FakeClient(data.view(rows=(), alarms=())), add="f9")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "this list is empty; f9 adds a symbol" in text(app, "#table")


async def test_keys_of_the_queue_are_told_as_they_are() -> None:
    app = app_with(retrain="f9", retrain_all="ctrl+o")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3")
        jobs = app.screen.query_one(JobQueue)
        assert "f9 trains this ticker, ^o the list" in jobs.render_line(1).text


async def test_two_keys_that_do_opposite_things_stand_together_whatever_they_are() -> None:
    app = app_with(ranged_previous="f9", sort="h", fold="f10")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        footer_line = text(app, "#keys")
        assert "f9 ] range" in footer_line
        assert "h sort" in footer_line


async def test_escape_leaves_a_line_whatever_goes_back_elsewhere() -> None:
    app = app_with(back="f9")
    async with app.run_test(size=SIZE) as pilot:
        for opens in ("a", "s"):
            await press(pilot, opens)
            assert app.screen.query("#prompt, #picker")
            await press(pilot, "escape")
            assert not app.screen.query("#prompt, #picker")


def test_no_text_names_a_key_by_itself() -> None:
    files = chain((ROOT / "tui").rglob("*.py"), (ROOT / "engine").rglob("*.py"))
    named = {
        (str(file.relative_to(ROOT)), key, words)
        for file in files
        if file.name not in ("keymap.py", "rebinding.py")
        for words in told_in(file)
        for key in keys_named(words)
    }
    assert not {each for each in named if not (each[0] in FIXED and each[1] in ("Enter", "Esc"))}


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("nothing runs · T trains this ticker", "T"),
        ("this is now · < goes back", "<"),
        ("press r to fetch", "r"),
        ("(q, then whipsaw)", "q"),
    ],
)
def test_a_key_that_a_text_names_is_found(words: str, key: str) -> None:
    assert key in keys_named(words)
