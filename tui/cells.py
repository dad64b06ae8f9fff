"""Cells of a terminal: what takes one each, and which of two lines differ."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import ne
from typing import Final

SINGLE: Final = frozenset(map(chr, chain(range(0x20, 0x7F), range(0x2500, 0x25FD), range(0x2800, 0x2900))))
"""Characters that take one cell and bear no mark: letters, lines and blocks, braille."""
_DIFFERENT = re.compile(rb"\x01+(?:\x00{1,3}\x01+)*")


def differing(before: Sequence[object], after: Sequence[object]) -> Iterator[tuple[int, int]]:
    """From where to where two lines of the same length differ.

    Up to three like cells between two others are taken along: moving the cursor costs as many bytes.
    """
    return (run.span() for run in _DIFFERENT.finditer(bytes(map(ne, before, after))))
