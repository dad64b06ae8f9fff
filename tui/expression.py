"""What stands in the filter line: words that a row must contain, or an expression over what is known of it.

    expression = also { "or" also }
    also       = part { "and" part }
    part       = "not" part | "(" expression ")" | column sign value | words
    sign       = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" (contains)
    value      = a number, a word, several "in quotes", or none: what is not known

A line without a sign, an opening parenthesis, a leading "not" or an "and" or "or" behind a word is words alone. Where
no sign stands in it, names of columns are words like others: "growth or value". "=" holds within the digits that are
written. What is not known makes a comparison neither true nor false (Kleene's third value): neither it nor its opposite
shows the row.

It is written here and not taken from a library: those that are kept up (lark, pyparsing, rule-engine) would read these
six lines too, but not say what a column may be compared with, and would be loaded while somebody types.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import Struct

from engine.format import fit, plain, width
from tui.conditions import All, Comparison, Either, Not, Test, Words
from tui.facts import BY_NAME, FACTS, Fact, Value

DEEPEST = 40
"""Parentheses and nots in one another, at most."""
_LONGEST = 24
"""Cells of what was received that are repeated."""

_SPELLING: Final = (
    r'\s*(?:(?P<sign>[<>=~]+|!=[<>=~]*)|(?P<bracket>[()])|"(?P<quoted>[^"]*)"'
    r'|(?P<word>[^\s<>=~!()"]+)|(?P<wrong>\S))'
)
"""What a text is made of; patterns are compiled when somebody types, not before the first paint."""
_NUMBER: Final = r"([+-]?(?:[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+))(\D*)"
_UNFINISHED_NUMBER: Final = r"[+-]?\.?"
_RATE: Final = r"[\w^.-]+=[A-Za-z]?"
"""What may be a symbol of Yahoo's with a sign in it: EURUSD=X, ES=F."""
_OPERATOR: Final = r"(?i)\s*not\s+\S|.*\S\s+(?:and|or)(?:\s|$)"
"""What makes more of words than all of them: a leading not, an and or an or behind a word."""
_SAME: Final = {"==": "=", "<>": "!="}
_NONE: Final = ("none", "·")


class Unreadable(Exception):
    """What was typed is no filter: what is wrong at which character, and whether it may only lack its end."""

    def __init__(self, words: str, at: int, *, unfinished: bool) -> None:
        super().__init__(words)
        self.words, self.at, self.unfinished = words, at, unfinished


class Fault(Struct, frozen=True):
    """Why a text is not the filter: in words, and at which character; a calm one only lacks its end."""

    words: str
    at: int
    text: str
    calm: bool = False


@lru_cache(maxsize=256)
def parsed(text: str, *, private: bool = False, shows: str = "") -> Test:
    """The filter that a text is; while amounts are `private` none may be asked for. Raises Unreadable.

    `shows` is the key that shows amounts.
    """
    if not is_expression(text):
        return Words(tuple(text.casefold().split()))
    return _Reader(text, private=private, shows=shows).whole()


def is_expression(text: str) -> bool:
    """Whether a text is more than words: a sign or a not, and, or stands in it, or it begins with a parenthesis."""
    bare = text.strip()
    if not signed(bare):
        return bare.startswith("(") or re.match(_OPERATOR, bare) is not None
    return re.fullmatch(_RATE, bare) is None or bare.split("=")[0].casefold() in BY_NAME


def fault_of(text: str, *, private: bool = False, shows: str = "") -> Fault | None:
    """What is wrong with a text as a filter, if anything is."""
    try:
        parsed(text, private=private, shows=shows)
    except Unreadable as error:
        return Fault(error.words, error.at, text, calm=error.unfinished)
    return None


def compared(fact: Fact) -> str:
    """How a fact is compared, by an example."""
    return f"{fact.name} {'>' if fact.ordered else '~' if fact.kind == 'text' else '='} {fact.example}"


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, *, private: bool, shows: str) -> None:
        self._end = len(text.rstrip())
        self._private, self._shows = private, shows
        self._signed = signed(text)
        self._tokens: Sequence[_Token] = [
            _Token(match.lastgroup or "", match[match.lastgroup or 0], match.end() - len(match[0].lstrip()))
            for match in re.finditer(_SPELLING, text)
        ]
        self._next = 0

    def whole(self) -> Test:
        test = self._expression(0)
        if token := self._peek():
            raise self._wrong(f"'and' or 'or' belongs before {short(token.text)}; several words need quotes", token)
        return test

    def _expression(self, depth: int) -> Test:
        tests = [self._also(depth)]
        while self._took("or"):
            tests.append(self._also(depth))
        return tests[0] if len(tests) == 1 else Either(tuple(tests))

    def _also(self, depth: int) -> Test:
        tests = [self._part(depth)]
        while self._took("and"):
            tests.append(self._part(depth))
        return tests[0] if len(tests) == 1 else All(tuple(tests))

    def _part(self, depth: int) -> Test:
        token = self._peek()
        if depth > DEEPEST:
            raise self._wrong(f"more than {DEEPEST} parentheses and nots in one another", token)
        if self._took("not"):
            return Not(self._part(depth + 1))
        if self._took("(", "bracket"):
            test = self._expression(depth + 1)
            if not self._took(")", "bracket"):
                raise self._wrong("a parenthesis is still open: ), 'and' or 'or' belongs here", self._peek())
            return test
        if token is None or token.kind not in ("word", "quoted"):
            raise self._wrong(self._belongs(), token)
        return self._comparison() if self._compares() else self._words()

    def _words(self) -> Test:
        words: list[str] = []
        while (token := self._peek()) and token.kind in ("word", "quoted") and not self._compares():
            if token.kind == "word" and token.text.casefold() in ("and", "or"):
                break
            if self._signed and token.kind == "word" and (fact := BY_NAME.get(token.text.casefold())):
                raise self._wrong(f"{fact.name} is a column: {_signs(fact)} belongs behind it", self._after(token))
            words += token.text.casefold().split()
            self._next += 1
        if not words:
            raise self._wrong(self._belongs(), self._peek())
        return Words(tuple(words))

    def _belongs(self) -> str:
        if not self._signed:
            return "a word belongs here"
        return f"a column belongs here, as in {compared(BY_NAME['rarity'])}"

    def _comparison(self) -> Test:
        fact = self._fact()
        token = self._tokens[self._next]
        sign = _SAME.get(token.text, token.text)
        if sign not in _signs(fact).split():
            raise self._wrong(f"{fact.name} knows no {sign}, but {_signs(fact)}", token)
        self._next += 1
        value = self._peek()
        if value is None or value.kind not in ("word", "quoted"):
            raise self._wrong(f"{_expects(fact)} belongs behind {fact.name} {sign}", value)
        self._next += 1
        if value.kind == "word" and value.text.casefold() in _NONE:
            if sign not in ("=", "!="):
                raise self._wrong(f"none is compared by = and !=, not by {sign}", token)
            return Comparison(fact, sign, None)
        read, within = self._value(fact, value, contains=sign == "~")
        return Comparison(fact, sign, read, within)

    def _fact(self) -> Fact:
        token = self._tokens[self._next]
        fact = BY_NAME.get(token.text.casefold()) if token.kind == "word" else None
        if fact is None:
            raise self._wrong(f"{short(token.text)} is no column; {_near(token.text)}", token)
        if fact.amount and self._private:
            way = f": {self._shows} shows them" if self._shows else ""
            raise self._wrong(f"{fact.name} is an amount, and amounts are hidden{way}", token)
        self._next += 1
        return fact

    def _value(self, fact: Fact, token: _Token, *, contains: bool) -> tuple[Value, float]:
        """What is written behind a sign, and how far equal numbers may be apart."""
        if fact.kind == "text" or contains:
            return token.text.casefold(), 0.0
        if fact.kind == "word":
            return self._choice(fact, token), 0.0
        if fact.kind == "day":
            return self._day(fact, token), 0.0
        return self._number(fact, token)

    def _choice(self, fact: Fact, token: _Token) -> str:
        typed = token.text.casefold()
        meant = {fact.choices[each] for each in fact.choices if typed and each.startswith(typed)}
        if typed in fact.choices:
            return fact.choices[typed]
        if len(meant) == 1:
            return meant.pop()
        names = ", ".join(dict.fromkeys(fact.choices.values()))
        raise self._wrong(f"{short(token.text)} is no {fact.name}; there are {names}", token, begun=bool(meant))

    def _day(self, fact: Fact, token: _Token) -> float:
        try:
            return float(date.fromisoformat(token.text).toordinal())
        except ValueError:
            begun = re.fullmatch(r"[0-9]{0,4}-?[0-9]{0,2}-?[0-9]?", token.text) is not None
            raise self._wrong(
                f"{short(token.text)} is no day; {_expects(fact)} belongs here", token, begun=begun
            ) from None

    def _number(self, fact: Fact, token: _Token) -> tuple[float, float]:
        text = token.text.replace("−", "-")
        match = re.fullmatch(_NUMBER, text)
        unit = match[2].casefold() if match else ""
        if match is None or (unit and unit not in fact.units):
            begun = re.fullmatch(_UNFINISHED_NUMBER, text) is not None
            raise self._wrong(f"{short(token.text)} is no number; {_expects(fact)} belongs here", token, begun=begun)
        digits = match[1].replace(",", "")
        worth = fact.units.get(unit, 1.0)
        return float(digits) * worth, 0.5 * worth * 10.0 ** -len(digits.partition(".")[2])

    def _compares(self) -> bool:
        """Whether a sign follows."""
        return self._next + 1 < len(self._tokens) and self._tokens[self._next + 1].kind == "sign"

    def _after(self, token: _Token) -> _Token | None:
        later = self._tokens.index(token) + 1
        return self._tokens[later] if later < len(self._tokens) else None

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _took(self, text: str, kind: str = "word") -> bool:
        token = self._peek()
        if token is None or token.kind != kind or token.text.casefold() != text:
            return False
        self._next += 1
        return True

    def _wrong(self, words: str, token: _Token | None, *, begun: bool = False) -> Unreadable:
        """The error at a token, or at the end of what was typed; there it may only be unfinished."""
        if token is None:
            return Unreadable(words, self._end, unfinished=True)
        last = token.at + len(token.text) >= self._end
        return Unreadable(words, token.at, unfinished=(begun and last) or token.text == '"')


def signed(text: str) -> bool:
    """Whether a sign of a comparison stands in a text."""
    return any(sign in text for sign in "<>=~")


def _signs(fact: Fact) -> str:
    return "= != < <= > >=" if fact.ordered else "= != ~" if fact.kind == "text" else "= !="


def _expects(fact: Fact) -> str:
    if fact.kind == "word":
        return " or ".join(dict.fromkeys(fact.choices.values()))
    return f"{'a day' if fact.kind == 'day' else 'a number' if fact.ordered else 'a word'} like {fact.example}"


def _near(text: str) -> str:
    near = nearest(text, 0.5)
    return f"the nearest is {near.name}" if near else f"there are {' '.join(fact.name for fact in FACTS)}"


def nearest(text: str, least: float) -> Fact | None:
    """The column whose name is most alike, where it is so alike at least (0 to 1)."""
    import difflib  # noqa: PLC0415 - the first paint does not wait for it

    found = difflib.get_close_matches(text.casefold(), BY_NAME, 1, cutoff=least)
    return BY_NAME[found[0]] if found else None


def short(text: str) -> str:
    """What was received, as far as it fits."""
    bare = plain(text) or '"'
    return fit(bare, min(width(bare), _LONGEST))
