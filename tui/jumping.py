"""How long a chart has to be to hold the moment that is jumped to. No Textual here."""

from datetime import date
from typing import Final

from engine.protocol import Range, Row
from tui.state import RANGES

_HOLDS: Final[dict[Range, int]] = {"1D": -1, "5D": 3, "1M": 30, "3M": 91, "6M": 182, "1Y": 365, "5Y": 1826}
"""Days before the last session that a range reaches back for certain; of the newest day alone only what is later."""


def holding(span: Range, row: Row | None, session: date) -> Range:
    """The range, or the next longer one that holds the session of that row's ticker."""
    if row is None or row.session is None:
        return span
    back = (row.session - session).days
    longer = RANGES[RANGES.index(span) :]
    return next((each for each in longer if back <= _HOLDS.get(each, back)), longer[-1])
