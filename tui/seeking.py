"""A symbol to add, looked for by name while it is typed: what was asked, what was found, which line is picked."""

import re

from msgspec import Struct
from msgspec.structs import replace

from engine.format import plain
from engine.protocol import SearchHit
from tui.events import Matched

_SYMBOL = re.compile(r"[A-Za-z0-9.^=\-]*")


class Seeking(Struct, frozen=True):
    """A symbol to add is looked for by what is typed."""

    text: str
    asked: bool = False
    """Whether the engine was asked for this text."""
    hits: tuple[SearchHit, ...] | None = None
    """What it found; None before it answered."""
    words: str = ""
    """Why it could not look."""
    index: int | None = None
    """The line that Enter takes; None: Enter takes the text as it stands."""

    @property
    def worth_asking(self) -> bool:
        """Two letters begin a name, and so does one that stands in no symbol; one Hangul syllable is as good as two."""
        return len(self.text.strip()) >= 2 or not is_symbol(self.text.strip())

    @property
    def symbol(self) -> str:
        """What Enter adds: the line picked, else what was typed, if it can be a symbol."""
        if self.hits and self.index is not None:
            return self.hits[self.index].symbol
        return self.text.strip().upper() if is_symbol(self.text.strip()) else ""


def is_symbol(text: str) -> bool:
    """Whether a text can be a symbol as it stands."""
    return _SYMBOL.fullmatch(text) is not None


def matched(seeking: Seeking | None, event: Matched) -> Seeking | None:
    """With what was found; an answer for letters that have changed since is dropped."""
    if seeking is None or seeking.text.strip() != event.text:
        return seeking
    first = 0 if event.hits and not is_symbol(event.text) else None
    return replace(seeking, hits=event.hits, words=plain(event.words), index=first)


def picked(seeking: Seeking | None, by: int) -> Seeking | None:
    """With the line picked that stands so many lines further; above the first line stands the text itself."""
    if seeking is None or not seeking.hits:
        return seeking
    here = -1 if seeking.index is None else seeking.index
    least = -1 if is_symbol(seeking.text.strip()) else 0
    index = max(least, min(here + by, len(seeking.hits) - 1))
    return replace(seeking, index=None if index < 0 else index)
