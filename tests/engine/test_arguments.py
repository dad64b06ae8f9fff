"""The command line's grammar for lists and files."""

from pathlib import Path

import pytest

from engine.arguments import COMMANDS, BadRequest, parse
from engine.arguments.grammar import build_parser


def test_what_is_to_be_done_with_a_list_may_stand_among_the_flags():
    given = parse(["--json", "-w", "mine", "watchlist", "--home", "/h", "add", "AAPL"])
    assert (given.command, given.what, given.watchlist, given.symbols) == ("watchlist", "add", "mine", ["AAPL"])
    assert (given.json, given.home) == (True, Path("/h"))


def test_a_list_to_show_is_named_or_not():
    assert (parse(["watchlist", "show"]).name, parse(["watchlist", "show", "mine"]).name) == (None, "mine")


def test_a_text_to_search_may_have_several_words():
    assert parse(["watchlist", "search", "samsung", "electronics"]).text == ["samsung", "electronics"]


@pytest.mark.parametrize("flag", ["csv", "parquet"])
def test_an_export_goes_to_one_folder_in_one_format(flag):
    given = parse(["export", f"--{flag}", "/out", "AAPL"])
    assert (getattr(given, flag), given.symbols) == (Path("/out"), ["AAPL"])


def test_an_evaluation_says_how_history_is_walked():
    given = parse(["evaluate", "AAPL", "--refit", "252", "--train", "1260", "--folds", "4", "--from", "2000-01-03"])
    assert (given.symbols, given.refit, given.train, given.folds) == (["AAPL"], 252, 1260, 4)
    plain = parse(["evaluate", "--train", "expanding"])
    assert (plain.preset, plain.refit, plain.train, plain.folds) == (None, 504, "expanding", 10)
    assert parse(["evaluate"]).train is None


@pytest.mark.parametrize(
    "words",
    [
        ["alarms", "snooze", "12", "14", "--sessions", "3"],
        ["alarms", "snooze", "--sessions", "3", "12", "14"],
        ["--sessions", "3", "alarms", "--json", "snooze", "12", "14"],
    ],
)
def test_alarms_are_named_by_their_numbers_wherever_the_flags_stand(words):
    given = parse(words)
    assert (given.command, given.what, given.ids, given.sessions) == ("alarms", "snooze", [12, 14], 3)


@pytest.mark.parametrize(
    ("words", "after"), [(["--grades"], 10), (["--grades", "21"], 21), (["--json", "--grades"], 10)], ids=str
)
@pytest.mark.parametrize("order", [1, -1], ids=["before", "behind"])
def test_the_grades_stand_before_or_behind_other_flags_with_their_number_or_without(words, after, order):
    given = parse(["alarms", *[word for part in [words, ["--home", "there"]][::order] for word in part]])
    assert (given.what, given.grades, given.home) == ("list", after, Path("there"))


def test_without_a_word_alarms_are_listed():
    given = parse(["alarms", "--since", "2008-09-01"])
    assert (given.what, given.ids, given.history, given.until) == ("list", [], None, None)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["watchlist"], "needs one of the words show, add, remove, set, import or search. for example"),
        (["watchlist", "--source", "yahoo"], "needs one of the words show, add"),
        (["engine"], "`whipsaw engine` needs one of the words status, start, stop or run. for example `whipsaw eng"),
        (["config", "--json"], "needs one of the words path, show, check or set"),
        (["watchlist", "shwo"], "invalid choice: 'shwo'"),
        (["watchlist", "add"], "required: SYMBOL"),
        (["watchlist", "import"], "required: FILE"),
        (["watchlist", "search"], "required: TEXT"),
        (["import"], "required: FILE"),
        (["export", "AAPL"], "--csv --parquet is required"),
        (["export", "--csv", "a", "--parquet", "b"], "not allowed with"),
        (["evaluate", "--train", "all"], "a whole number from 1 up is needed"),
        (["alarms", "snoze", "12"], "invalid choice: 'snoze'"),
        (["alarms", "ack", "MSFT"], "a whole number from 1 up is needed"),
        (["alarms", "snooze", "1", "--sessions", "3", "--until", "2030-01-01"], "not allowed with"),
        (["exprot"], "did you mean `whipsaw export`?"),
    ],
)
def test_bad_usage_says_what_is_missing(words, says):
    with pytest.raises(BadRequest, match=says):
        parse(words)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_names_every_command(command):
    assert f"\n    {command}" in build_parser().format_help()


@pytest.mark.parametrize("what", ["show", "add", "remove", "import", "search"])
def test_the_help_on_lists_names_all_that_can_be_done(what, capsys):
    with pytest.raises(SystemExit):
        parse(["watchlist", "--help"])
    assert f"\n    {what} " in capsys.readouterr().out
