"""`make picture`: every screen of the running demo, as Textual draws it, written as SVG.

A real engine replays the sample with a real model; pictures are taken when the replay has reached the day asked for.
"""

import argparse
import asyncio
import html
import re
import tempfile
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

from engine.client import connect
from engine.format import width
from engine.home import Options
from engine.protocol import PauseReplay, Stop
from tui.app import WhipsawApp

PICTURES: dict[str, tuple[str, ...]] = {
    "watch": (),
    "symbol": ("2", "c"),
    "model": ("3",),
    "backtest": ("4",),
    "trade": ("5",),
    "engine": ("6",),
    "help": ("1", "question_mark"),
    "palette": ("escape", "colon"),
}
"""The keys to each, from the one before."""
CELL, ROW = 12.2, 24.4
"""Width and height of a cell in a picture."""
LAP = 1.0
"""How far rows reach into the next one, so that no seam shows where a viewer rounds to whole pixels."""
ADVANCE, ASCENT, HEIGHT = 0.602, 0.928, 1.164
"""Of DejaVu Sans Mono and of Menlo, in ems: of any glyph, and of those that fill a cell."""
DRAWN = re.compile(r"[\u2500-\u259f\u2800-\u28ff]+")
"""Lines, blocks and braille, which have to meet those of the rows above and below."""
TEXT = re.compile(
    r'(?P<head><text [^>]*?)x="(?P<x>[\d.]+)"(?P<middle>[^>]*?)textLength="[\d.]+"(?P<tail>[^>]*>)'
    r"(?P<words>[^<]*)</text>"
)
BASELINE = re.compile(r'\by="([\d.]+)"')
PLACES = (
    (re.compile(r"(?:/tmp)/tmp\w+/"), "~/.local/whipsaw/"),
    (re.compile(r"(?:/tmp)/whipsaw-\d+/"), "/run/user/1000/"),
)
"""Folders that only the run which drew a picture has, and what stands for them on a machine that stays."""
SIZE = CELL / ADVANCE
"""At which a glyph is as wide as its cell, in viewers too that take no notice of textLength."""
FONTS = re.compile(r"@font-face \{.*?\}\n?", re.DOTALL)


async def take(day: date, size: tuple[int, int], names: list[str]) -> AsyncIterator[tuple[str, str]]:
    """Play the demo up to a day, and give the name and the SVG of each picture that is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        overrides = (f'replay.start="{date(day.year, 6, 2)}"', "replay.speed=3", "engine.linger=0.05")
        options = Options(home=Path(folder), source="replay", sub_home="demo", overrides=overrides)
        app = WhipsawApp(lambda: connect(options), rate=20.0, depth="truecolor", environ={})
        async with app.run_test(size=size) as pilot:
            while not _reached(app, day):
                await pilot.pause(0.02)
            client = await connect(options, start=False)
            await client.ask(PauseReplay(paused=True))
            for name, keys in PICTURES.items():
                await pilot.press(*keys)
                if name in names:
                    await pilot.pause(2)  # the last frame of the chart is drawn off the key's handler
                    yield name, _as_file(app.export_screenshot(title="whipsaw"))
            await client.ask(Stop())
            await client.close()


def _reached(app: WhipsawApp, day: date) -> bool:
    view = app._state.view
    return bool(view and view.status.replay and view.status.replay.session >= day)


def _as_file(svg: str) -> str:
    """The picture as every viewer shows it: no font from outside, and each word where it belongs.

    Whatever monospace font there is will do; some viewers drop or narrow runs of spaces, so there are none.
    """
    svg = FONTS.sub("", svg).replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    svg = svg.replace("font-size: 20px", f"font-size: {SIZE:.3f}px")
    return TEXT.sub(_word_by_word, svg)


def _word_by_word(match: re.Match[str]) -> str:
    words, texts = html.unescape(match["words"]), []
    for place, usual in PLACES:
        words = place.sub(usual, words)
    for word in re.finditer(r"[^\xa0]+", words):
        x = float(match["x"]) + CELL * width(words[: word.start()])
        head, length = f'{match["head"]}x="{x:g}"{match["middle"]}', f'textLength="{CELL * width(word[0]):g}"'
        tail = f"{_filling(match['middle'])}{match['tail']}" if DRAWN.fullmatch(word[0]) else match["tail"]
        texts.append(f"{head}{length}{tail}{html.escape(word[0], quote=False)}</text>")
    return "".join(texts)


def _filling(attributes: str) -> str:
    """Stretches glyphs to the height of their row, which is more than that of the font."""
    found = BASELINE.search(attributes)
    assert found
    stretched, top = (ROW + LAP) / (HEIGHT * SIZE), float(found[1]) - ASCENT * SIZE
    return f' transform="matrix(1 0 0 {stretched:.4f} 0 {top * (1 - stretched):.3f})"'


async def write(folder: Path, day: date, size: tuple[int, int], names: list[str]) -> None:
    """NAME.svg in a folder."""
    async for name, picture in take(day, size, names):
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(PICTURES)}; all, if none is given")
    parser.add_argument("--day", type=date.fromisoformat, default=date(2008, 9, 29))
    parser.add_argument("--size", default="120x40")
    given = parser.parse_args()
    if unknown := {*given.names} - {*PICTURES}:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}; there are {', '.join(PICTURES)}")
    columns, rows = given.size.split("x")
    asyncio.run(write(given.folder, given.day, (int(columns), int(rows)), given.names or [*PICTURES]))


if __name__ == "__main__":
    main()
