"""Symbols as other tools write them, in Yahoo's spelling."""

import re

from engine.core import symbols

_CLASS = re.compile(r"([A-Z]{1,5})[./]([AB])")


def in_yahoos_spelling(symbol: str) -> tuple[str, str | None]:
    """The symbol as Yahoo writes it, and why it differs, in words; None where it does not.

    >>> in_yahoos_spelling("brk.b")
    ('BRK-B', 'BRK.B is BRK-B at Yahoo, which writes classes of shares with a hyphen')
    """
    upper = symbol.strip().upper()
    # the fuller rules stand beside the exchanges, where there are any
    known = vars(symbols).get("normal")
    if known is not None:
        spelt: tuple[str, str | None] = known(upper)
        return spelt
    found = _CLASS.fullmatch(upper)
    if not found:
        return upper, None
    spelling = "-".join(found.groups())
    return spelling, f"{upper} is {spelling} at Yahoo, which writes classes of shares with a hyphen"
