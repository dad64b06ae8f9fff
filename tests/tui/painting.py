"""A terminal that is sent what an app paints, and what the app means to show on it."""

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pyte
import pytest
from rich.cells import cell_len
from rich.console import Console
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from tests.tui.conftest import build
from tests.tui.fakes import FakeClient

SIZE = (120, 40)
SEQUENCE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


async def settle(pilot: Pilot[str]) -> None:
    for _ in range(3):
        await pilot.pause()


class Terminal:
    """A terminal that is sent each update of an app."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.screen = pyte.Screen(*SIZE)
        self._stream = pyte.Stream(self.screen)
        self._console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor")
        self.sent = self.drawn = 0
        monkeypatch.setattr(App, "_display", self._told)

    def _told(self, screen: Screen[object], update: CompositorUpdate | None) -> None:
        """What a driver would write of it."""
        if update is not None and not screen.app._batch_count:
            sequences = update.render_segments(self._console)
            self.sent += len(sequences.encode())
            self.drawn += cell_len(SEQUENCE.sub("", sequences))
            self._stream.feed(sequences)

    def cells(self) -> list[list[tuple[str, str, str]]]:
        """Character, colour and ground of each cell; a blank has no colour."""
        lines = [[self.screen.buffer[y][x] for x in range(SIZE[0])] for y in range(SIZE[1])]
        return [[(cell.data, cell.fg if cell.data.strip() else "", cell.bg) for cell in line] for line in lines]


def meant(pilot: Pilot[str]) -> list[list[tuple[str, str, str]]]:
    """The same of what the app means to show."""
    lines = []
    for strip in pilot.app.screen._compositor.render_strips():
        line: list[tuple[str, str, str]] = []
        for text, style, _ in strip:
            assert style and style.bgcolor and (style.color or not text.strip())
            inks = (style.color or style.bgcolor, style.bgcolor)  # a scroll bar has a ground alone
            colour, ground = (str(part.get_truecolor().hex)[1:] for part in inks)
            for character in text:
                line.append((character, colour if character.strip() else "", ground))
                line.extend([("", "", ground)] * (cell_len(character) - 1))
        lines.append(line)
    return lines


@asynccontextmanager
async def painted(monkeypatch: pytest.MonkeyPatch, engine: FakeClient) -> AsyncIterator[tuple[Terminal, Pilot[str]]]:
    """The terminal of an app on an engine, once all of its first frames are there."""
    terminal = Terminal(monkeypatch)
    async with build(engine).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.pause(0.3)
        yield terminal, pilot
