"""Terminals with less: nothing but ASCII, or no colour, and nothing moves for it."""

import pytest
from rich.cells import cell_len
from rich.color import ColorType

from engine.format import fit
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.market import held_view
from tests.tui.test_keys import SIZE, settle
from tui.app import WhipsawApp
from tui.filters import ASCII


def drawn(app: WhipsawApp) -> list[str]:
    """What is on the screen, a line each."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def test_a_glyph_in_ascii_takes_as_many_cells() -> None:
    for glyph, plain in ASCII.items():
        assert cell_len(chr(glyph)) == len(str(plain)) == 1


def test_alerts_and_watches_differ_in_ascii_too() -> None:
    marks = [glyph.translate(ASCII) for glyph in "▲▼◆△▽◇"]
    assert len(set(marks)) == len(marks)


async def test_ascii_alone_draws_nothing_else() -> None:
    app = build(FakeClient(held_view()), glyphs="ascii")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert all(line.isascii() for line in drawn(app))


async def test_names_that_people_wrote_stay_theirs() -> None:
    assert fit("삼성전자", 10).translate(ASCII) == fit("삼성전자", 10)


async def test_no_colour_sends_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = build(FakeClient(held_view()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        styles = [style for strip in app.screen._compositor.render_strips() for _, style, _ in strip if style]
        colours = [each for style in styles for each in (style.color, style.bgcolor) if each]
        assert all(each.type is ColorType.DEFAULT for each in colours)
        assert any(style.reverse for style in styles), "the selected row is still seen"
