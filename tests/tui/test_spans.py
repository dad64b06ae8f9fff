"""Texts in cells: what is broken, what gives way and what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.format import width
from tui.spans import clipped, shortened, steady, wrapped

HOME = "/home/user/.local/share/whipsaw/demo"


@pytest.mark.parametrize(
    ("room", "told"),
    [
        (40, HOME),
        (28, "/home/…/share/whipsaw/demo"),
        (20, "/home/…/whipsaw/demo"),
        (12, "/…/demo"),
        (4, "…emo"),
        (0, ""),
    ],
)
def test_a_path_gives_way_in_its_middle_and_keeps_its_end(room: int, told: str) -> None:
    assert shortened(HOME, room) == told


@given(st.lists(st.text("ab.한", min_size=1, max_size=9), min_size=1, max_size=8), st.integers(0, 40))
def test_a_path_takes_no_more_than_its_room(names: list[str], room: int) -> None:
    assert width(shortened("/" + "/".join(names), room)) <= room


@given(st.text("abc 한", max_size=60), st.integers(2, 20))
def test_nothing_of_a_text_is_lost_between_lines(text: str, room: int) -> None:
    lines = wrapped(text, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= room for line in lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("epoch 9 of 12", "epoch  9 of 12"),
        ("trial 3 of 30, epoch 10 of 12", "trial  3 of 30, epoch 10 of 12"),
        ("", ""),
    ],
)
def test_a_count_is_as_wide_as_what_it_counts_up_to(text: str, told: str) -> None:
    assert steady(text) == told


@pytest.mark.parametrize(
    ("room", "told"),
    [
        (40, "no space is left on the device"),
        (30, "no space is left on the device"),
        (29, "no space is left on the …"),
        (13, "no space is …"),
        (12, "no space …"),
        (11, "no space …"),
        (4, "no …"),
        (0, ""),
    ],
)
def test_a_sentence_is_shortened_by_whole_words(room: int, told: str) -> None:
    assert clipped("no space is left on the device", room) == told


def test_a_word_is_cut_where_there_would_be_no_other() -> None:
    assert clipped("at /home/someone/whipsaw", 12) == "at /home/so…"


@given(st.text(max_size=60), st.integers(0, 70))
def test_what_is_shortened_fits(text: str, room: int) -> None:
    assert width(clipped(text, room)) <= room


def test_a_number_is_not_parted_from_its_unit() -> None:
    assert wrapped("right, base 25 % of all", 13) == ["right, base", "25 % of all"]
