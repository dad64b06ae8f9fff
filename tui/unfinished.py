"""What a filter may still lack while it is typed. No Textual here."""

import re
from collections.abc import Callable
from typing import Final

from tui.expression import Fault, compared, is_expression, nearest, short, signed
from tui.facts import BY_NAME, FACTS, Fact

_LAST_WORD: Final = r"(?i)(?:\(|\b(?:and|or|not)\s)\s*([^\s<>=~!()\"]+)\s*$"
_ALONE: Final = r"\s*(\S+)\s*"
_SURE = 0.75
"""How much a word has to be like the name of a column to be taken for a slip of the hand."""


def beginning(text: str, finds: Callable[[str], bool]) -> Fault | None:
    """What a text may still lack that is being typed: its last word is the beginning of a column, or finds nothing.

    `finds` says whether a text shows any row as it stands. Words that do are taken as they are.
    """
    expression = is_expression(text)
    match = re.search(_LAST_WORD, text) if expression else re.fullmatch(_ALONE, text)
    if match is None or (not signed(text) and finds(match[1])):
        return None
    words = _unfinished(match[1], text, finds=finds(text), expression=expression)
    if words is None:
        return None
    begun = BY_NAME.get(match[1].casefold()) or _begun(match[1])
    return Fault(words, len(text.rstrip()) if begun else match.start(1), text, calm=True)


def _unfinished(word: str, text: str, *, finds: bool, expression: bool) -> str | None:
    """What the last word of a text may lack, in words."""
    if fact := BY_NAME.get(word.casefold()) or _begun(word):
        return f"{fact.name}: {fact.words}, as in {compared(fact)}"
    if word.casefold() == "not" and not expression:
        return "not: the rows without a word, as in not bank"
    if near := nearest(word, _SURE):
        return f"{short(word)} is in no symbol or name; the nearest column is {near.name}"
    return f"{short(word)} is in no symbol or name of these" if expression and not finds else None


def _begun(word: str) -> Fact | None:
    return next((fact for fact in FACTS if fact.name.startswith(word.casefold())), None)
