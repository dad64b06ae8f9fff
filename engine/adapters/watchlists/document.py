"""The text of one watchlist file: what it says, where in it things stand, and the same text after an edit.

Edits are made line by line, because a comment belongs to what it stands above, and there a TOML library loses it.
"""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.adapters.watchlists import fields, rules
from engine.errors import ConfigError
from engine.format import plain
from engine.ports import List, Ticker

A_SYMBOL = "A symbol is letters, digits and . - ^ = + &, like AAPL or 005930.KS"
_SYMBOL = re.compile(r"[\w^][\w.^=+&-]{0,31}")
_AT_LINE = re.compile(r"at line (\d+)")
_ENTRY = re.compile(r"\s*\[\[\s*ticker\s*\]\]")
_TABLE = re.compile(r"\s*\[\[?\s*[\w.\"' -]+\]?\]\s*(#.*)?$")
_RULES = re.compile(r"\s*\[\s*alarms\b|\s*alarms\s*[=.]")


def is_symbol(text: str) -> bool:
    """Whether a text can be a ticker's symbol."""
    return _SYMBOL.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one file, and where in it things stand."""

    path: Path
    text: str

    def read(self, name: str) -> List:
        """What the text says."""
        try:
            content = tomllib.loads(self.text)
        except ValueError as error:  # its own, or that of a number with thousands of digits
            at = _AT_LINE.search(str(error))
            raise self.error("not TOML", int(at[1]) if at else None, received=str(error)[:200]) from None
        self._check_keys(content, "the list", None)
        entries = content.get("ticker", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise self.error("not a ticker", self._line("ticker"), "ticker", str(entries), "Write [[ticker]] tables")
        tickers = tuple(self._ticker(entry, row) for row, entry in enumerate(entries))
        self._check_once(tickers)
        return List(
            name=name,
            title=plain(self._string(content, "title", None)) or name,
            tickers=tickers,
            interval=self._interval(content),
            currency=self._currency(content),
            alarms=rules.of_list(content.get("alarms", {}), self._rule_error),
        )

    def error(
        self, what: str, line: int | None = None, key: str = "", received: str | None = None, do: str | None = None
    ) -> ConfigError:
        """A ConfigError that names file, line and key."""
        where = f"{self.path}, line {line}" if line else str(self.path)
        where += f", key {plain(key)}" if key else ""
        return ConfigError(f"{where}: {what}", received=None if received is None else plain(received), do=do)

    def with_ticker(self, at: int, ticker: Ticker) -> "Document":
        """The same text with one more ticker."""
        newline = "\r\n" if "\r\n" in self.text else "\n"
        lines, spans = self._lines(), self._spans()
        before = spans[at - 1][1] if 0 < at <= len(spans) else len(lines)
        if at == 0 and spans:
            before = spans[0][0]
            while before and lines[before - 1].lstrip().startswith("#"):
                before -= 1
        new = [f"{line}{newline}" for line in fields.written(ticker)]
        if before and not lines[before - 1].endswith("\n"):
            lines[before - 1] += newline
        new = [*new, newline] if at == 0 and spans else [newline, *new]
        return Document(self.path, "".join([*lines[:before], *new, *lines[before:]]))

    def without_ticker(self, at: int) -> "Document":
        """The same text without one ticker; comments above it stay."""
        lines, spans = self._lines(), self._spans()
        start, end = spans[at] if at < len(spans) else (0, 0)
        if start and not lines[start - 1].strip() and (end == len(lines) or not lines[end].strip()):
            start -= 1
        return Document(self.path, "".join(lines[:start] + lines[end:]))

    def with_key(self, at: int, key: str, value: str | None) -> "Document":
        """The same text with another value of one ticker's key, as TOML has it; without the key where that is None."""
        newline = "\r\n" if "\r\n" in self.text else "\n"
        lines, spans = self._lines(), self._spans()
        start, end = spans[at] if at < len(spans) else (0, 0)
        own = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        row = next((row for row in range(start, end) if own.match(lines[row])), None)
        new = [] if value is None else [f"{key} = {value}{newline}"]
        if row is None and end and not lines[end - 1].endswith("\n"):
            lines[end - 1] += newline
        before, after = (end, end) if row is None else (row, row + 1)
        return Document(self.path, "".join([*lines[:before], *new, *lines[after:]]))

    def _lines(self) -> list[str]:
        # str.splitlines would also split at characters that may stand inside a string
        return [line for line in re.split(r"(?<=\n)", self.text) if line]

    def _spans(self) -> list[tuple[int, int]]:
        """The lines of every ticker, from its header to its last key."""
        lines = self._lines()
        tables = [row for row, line in enumerate(lines) if _TABLE.match(line)]
        spans = []
        for start, stop in zip(tables, [*tables[1:], len(lines)], strict=False):
            if not _ENTRY.match(lines[start]):
                continue
            end = stop
            while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
                end -= 1
            spans.append((start, end))
        return spans

    def _line(self, key: str, entry: int | None = None) -> int | None:
        """The number of the line where a key stands, of one ticker or of the list itself."""
        spans, lines = self._spans(), self._lines()
        start, end = (0, len(lines)) if entry is None or entry >= len(spans) else spans[entry]
        pattern = re.compile(rf"\s*(\[\[?\s*)?[\"']?{re.escape(key)}[\"']?\s*[=.\]]")
        found = (row for row in range(start, end) if pattern.match(lines[row]))
        return next(found, start) + 1 if entry is not None else next((row + 1 for row in found), None)

    def _ticker(self, entry: Mapping[str, Any], row: int) -> Ticker:
        self._check_keys(entry, "a ticker", row)
        ticker = Ticker(
            symbol=self._string(entry, "symbol", row).upper(),
            name=plain(self._string(entry, "name", row)),
            group=plain(self._string(entry, "group", row)),
            **{key: self._number(entry[key], key, row) for key in fields.NUMBERS if key in entry},
            **rules.of_ticker(entry, lambda *said: self._entry_error(row, *said)),
        )
        if not is_symbol(ticker.symbol):
            raise self.error("not a symbol", self._line("symbol", row), "symbol", ticker.symbol or "nothing", A_SYMBOL)
        return ticker

    def _entry_error(self, row: int, what: str, key: str, received: str, do: str) -> ConfigError:
        return self.error(what, self._line(key, row), key, received, do)

    def _rule_error(self, what: str, key: str, received: str, do: str) -> ConfigError:
        """What is wrong with a key of [alarms], which has namesakes in the tickers' tables."""
        lines = self._lines()
        first = next((row for row, line in enumerate(lines) if _RULES.match(line)), 0)
        own = re.compile(rf"[^#\n]*\b{re.escape(key)}\b")
        at = next((row for row in range(first, len(lines)) if own.match(lines[row])), first)
        return self.error(what, at + 1, key, received, do)

    def _number(self, value: object, key: str, row: int) -> float:
        allowed = fields.NUMBERS[key]
        # a bool is an int to Python, and no number to a person
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error("not a number", self._line(key, row), key, str(value), f"Write {allowed.allowed}")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not allowed.holds(number):
            raise self.error("out of range", self._line(key, row), key, str(value)[:60], f"Write {allowed.allowed}")
        return number

    def _interval(self, content: Mapping[str, Any]) -> Literal["1d", "1h", "15m", "5m"]:
        interval = self._string(content, "interval", None, "1d")
        for known in fields.INTERVALS:
            if interval == known:
                return known
        allowed = ", ".join(fields.INTERVALS)
        raise self.error("no such interval", self._line("interval"), "interval", interval, f"Allowed are {allowed}")

    def _currency(self, content: Mapping[str, Any]) -> str:
        currency = self._string(content, "currency", None)
        if currency and not fields.is_currency(currency):
            raise self.error(
                "not a currency", self._line("currency"), "currency", currency, "Write an ISO code, like USD or KRW"
            )
        return currency

    def _string(self, table: Mapping[str, Any], key: str, row: int | None, default: str = "") -> str:
        value = table.get(key, default)
        if not isinstance(value, str):
            raise self.error("not a text", self._line(key, row), key, str(value), f'Write {key} = "..."')
        return value

    def _check_keys(self, table: Mapping[str, Any], where: str, row: int | None) -> None:
        allowed = fields.ALLOWED[where]
        for key in table:
            if key not in allowed:
                raise self.error("unknown key", self._line(key, row), key, key, fields.instead(key, where))

    def _check_once(self, tickers: tuple[Ticker, ...]) -> None:
        seen: set[str] = set()
        for row, ticker in enumerate(tickers):
            if ticker.symbol in seen:
                line = self._line("symbol", row)
                raise self.error("twice in the list", line, "symbol", ticker.symbol, "Keep one of them")
            seen.add(ticker.symbol)
