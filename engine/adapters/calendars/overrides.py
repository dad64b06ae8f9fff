"""The user's own corrections of the sessions on record: calendars.toml."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from engine.core.sessions import Override
from engine.core.symbols import exchange_zone, exchanges
from engine.errors import ConfigError
from engine.format import plain

EXAMPLE = """\
# Days on which an exchange differs from what Whipsaw has on record. Each [[session]] is one day of one exchange, named
# by its MIC (XNYS New York, XKRX Korea, XLON London, ...). Times are the exchange's own.
#
# [[session]]
# exchange = "XKRX"
# date = 2026-06-03
# closed = true
#
# [[session]]
# exchange = "XNYS"
# date = 2026-11-27
# open = "09:30"
# close = "13:00"
"""

_KEYS = ("exchange", "date", "closed", "open", "close")
_HEADER = re.compile(r"\s*\[\[\s*session\s*\]\]")
_TIME = 'a time of that exchange, like "16:30"'


def read(path: Path | None) -> tuple[Override, ...]:
    """What a file says; nothing where there is none. Raises ConfigError with file, line, key, received and allowed."""
    if path is None:
        return ()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {plain(str(error))}") from None
    return _Document(path, text).overrides()


@dataclass(frozen=True, slots=True)
class _Document:
    """The text of the file, and where in it things stand."""

    path: Path
    text: str

    def overrides(self) -> tuple[Override, ...]:
        import tomllib  # noqa: PLC0415 - most homes have no such file

        try:
            tree = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{self.path} is not TOML: {plain(str(error))}") from None
        for key in tree:
            if key != "session":
                raise self.error("unknown key", key, key, "allowed are [[session]] tables")
        entries = tree.get("session", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise self.error("not a session", "session", entries, "allowed are [[session]] tables")
        found = tuple(self._override(entry, number) for number, entry in enumerate(entries))
        self._check_once(found)
        return found

    def error(self, what: str, key: str, received: object, allowed: str, entry: int | None = None) -> ConfigError:
        """A ConfigError that names file, line and key."""
        where = f"{self.path}, line {self._line(key, entry)}, key {plain(key)}"
        return ConfigError(f"{where}: {what}", received=plain(str(received)), do=allowed)

    def _override(self, entry: Mapping[str, Any], number: int) -> Override:
        for key in entry:
            if key not in _KEYS:
                near = get_close_matches(key, _KEYS, 1)
                allowed = f"the nearest known key is {near[0]}" if near else f"allowed are {', '.join(_KEYS)}"
                raise self.error("unknown key", key, key, allowed, number)
        exchange = self._value(entry, "exchange", number, _exchange, "one of " + ", ".join(sorted(exchanges())))
        day = self._value(entry, "date", number, _day, "a date like 2026-06-03")
        if "closed" in entry:
            self._value(entry, "closed", number, _true, "true; a day that is open has open and close instead")
            for key in ("open", "close"):
                if key in entry:
                    raise self.error("a closed day has no hours", key, entry[key], "leave out closed, or this", number)
            return Override(exchange, day)
        opens = self._value(entry, "open", number, _hour, f"{_TIME}; or closed = true instead of open and close")
        closes = self._value(entry, "close", number, _hour, _TIME)
        if closes <= opens:
            raise self.error("it closes before it opens", "close", entry["close"], f"later than {opens:%H:%M}", number)
        return Override(exchange, day, (opens, closes))

    def _value(
        self, entry: Mapping[str, Any], key: str, number: int, convert: Callable[[Any], Any], allowed: str
    ) -> Any:
        received = entry.get(key, "nothing")
        value = convert(received)
        if value is None:
            raise self.error("cannot be used", key, received, f"allowed is {allowed}", number)
        return value

    def _check_once(self, found: tuple[Override, ...]) -> None:
        seen = set()
        for number, override in enumerate(found):
            if (override.exchange, override.day) in seen:
                raise self.error("the same day twice", "date", override.day, "keep one of them", number)
            seen.add((override.exchange, override.day))

    def _line(self, key: str, entry: int | None) -> int:
        """The number of the line where a key stands; that of its table's header where it is missing."""
        lines = self.text.splitlines()
        headers = [row for row, line in enumerate(lines) if _HEADER.match(line)]
        start, stop = 0, len(lines)
        if entry is not None and entry < len(headers):
            start, stop = headers[entry], [*headers, stop][entry + 1]
        pattern = re.compile(rf"\s*(\[\[?\s*)?[\"']?{re.escape(key)}[\"']?\s*[=.\]]")
        return next((row for row in range(start, stop) if pattern.match(lines[row])), start) + 1


def _exchange(value: object) -> str | None:
    return value if isinstance(value, str) and exchange_zone(value) else None


def _day(value: object) -> date | None:
    # a datetime is a date too, and is none here
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _hour(value: object) -> time | None:
    if isinstance(value, time):
        return value if value.tzinfo is None else None
    try:
        return time.fromisoformat(value) if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value) else None
    except ValueError:
        return None


def _true(value: object) -> bool | None:
    return True if value is True else None
