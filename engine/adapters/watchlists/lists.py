"""Watchlists as TOML files: the shipped ones, and the user's own, which hide a shipped one of the same name."""

import os
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from threading import Lock

import tomlkit

from engine.adapters.watchlists.changing import with_rules
from engine.adapters.watchlists.document import A_SYMBOL, Document, is_symbol
from engine.adapters.watchlists.fields import HEAD, NUMBERS, written
from engine.adapters.watchlists.importing import load
from engine.errors import BadRequest, ConfigError, UnknownSymbol, UnknownWatchlist
from engine.format import plain
from engine.ports import Imported, List, Rule, Ticker

_LIST_NAME = re.compile(r"\w[\w .+-]*")
_A_NAME = "A name is letters, digits, spaces and . + - _, like my-list"


class TomlWatchlists:
    """Lists from two folders; `user_folder` need not be there, and is made when the first list is edited.

    A file has a `title`, perhaps an `interval` and a `currency`, and a `[[ticker]]` table for each line of the list,
    with the keys that fields.py names. An edit touches the lines of one ticker and no others, so comments stay; a file
    is replaced whole or not at all. Texts lose their control characters, symbols are in upper case. Safe to call from
    several threads.
    """

    def __init__(self, user_folder: Path, shipped_folder: Path) -> None:
        self._user = user_folder
        self._shipped = shipped_folder
        self._lock = Lock()

    def names(self) -> tuple[str, ...]:
        """All lists, sorted; a file that no list can be named after is left out."""
        return _named(self._user, self._shipped)

    def own(self) -> tuple[str, ...]:
        """Those in the user's folder, sorted."""
        return _named(self._user)

    def read(self, name: str) -> List:
        """One list. Raises UnknownWatchlist, or ConfigError with file, line, key, what was received and is allowed."""
        # before it is read: a level written in between is then taken for newer than it is, not for older
        stamp = self._changed_at(name)
        return replace(self._document(name).read(name), changed_at=stamp)

    def add(self, name: str, ticker: Ticker, position: int | None = None) -> None:
        """Insert a ticker, at the end without a position. Raises BadRequest if it is there already, or no symbol."""
        with self._lock:
            document = self._document(name)
            before = document.read(name)
            tickers = list(before.tickers)
            new = _checked(ticker)
            if any(each.symbol == new.symbol for each in tickers):
                raise BadRequest(f"{new.symbol} is in {name} already")
            at = len(tickers) if position is None else min(max(0, position), len(tickers))
            tickers.insert(at, new)
            self._write(name, document.with_ticker(at, new), replace(before, tickers=tuple(tickers)))

    def remove(self, name: str, symbol: str) -> tuple[Ticker, int]:
        """Take a ticker out; gives it and the position it had. Raises UnknownSymbol."""
        with self._lock:
            document = self._document(name)
            before = document.read(name)
            tickers = list(before.tickers)
            symbols = [ticker.symbol for ticker in tickers]
            if symbol.upper() not in symbols:
                near = get_close_matches(symbol.upper(), symbols)
                raise UnknownSymbol(f"not in {name}", received=plain(symbol), do=_instead(near))
            at = symbols.index(symbol.upper())
            ticker = tickers.pop(at)
            self._write(name, document.without_ticker(at), replace(before, tickers=tuple(tickers)))
            return ticker, at

    def with_rules(self, name: str, rules: Sequence[Rule]) -> List:
        return with_rules(self._document(name), name, rules).read(name)

    def set_rules(self, name: str, rules: Sequence[Rule]) -> None:
        with self._lock:
            changed = with_rules(self._document(name), name, rules)
            self._write(name, changed, changed.read(name))

    def stamp(self, name: str) -> object:
        try:
            found = self._path(name).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def create(self, name: str, tickers: Sequence[Ticker], title: str = "") -> None:
        if not _LIST_NAME.fullmatch(name):
            raise BadRequest("not a name for a list", received=plain(name) or "nothing", do=_A_NAME)
        with self._lock:
            path = self._user / f"{name}.toml"
            if path.exists() or path.is_symlink():
                raise BadRequest(f"there is a list {name} already", received=str(path), do="Choose another name")
            new = [_checked(ticker) for ticker in tickers]
            if twice := [symbol for symbol, count in Counter(each.symbol for each in new).items() if count > 1]:
                raise BadRequest("twice in the list", received=", ".join(twice), do="Keep one of each")
            self._write(name, _new(path, plain(title) or name, new), List(name, plain(title) or name, tuple(new)))

    def load(self, file: Path) -> Imported:
        return load(file)

    def _changed_at(self, name: str) -> float | None:
        try:
            return self._path(name).stat().st_mtime
        except OSError:
            return None

    def _path(self, name: str) -> Path:
        own = self._user / f"{name}.toml"
        return own if own.is_file() else self._shipped / f"{name}.toml"

    def _document(self, name: str) -> Document:
        if _LIST_NAME.fullmatch(name):
            for path in (self._user / f"{name}.toml", self._shipped / f"{name}.toml"):
                if path.is_file():
                    return Document(path, _text(path))
        near = get_close_matches(name, self.names()) or self.names()
        raise UnknownWatchlist("no such watchlist", received=plain(name), do=_instead(near))

    def _write(self, name: str, document: Document, expected: List) -> None:
        # the edit was made line by line; it counts only if the file then says just what it should
        if document.read(name) != expected:
            raise document.error("cannot be edited line by line", do="Edit it by hand, as [[ticker]] tables")
        path = Path(os.path.realpath(self._user / f"{name}.toml"))
        try:
            _replace(path, document.text)
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written", received=error.strerror) from None


def _new(path: Path, title: str, tickers: Sequence[Ticker]) -> Document:
    blocks = ["\n".join(written(ticker)) + "\n" for ticker in tickers]
    return Document(path, "\n".join([HEAD, f"title = {tomlkit.item(title).as_string()}\n", *blocks]))


def _checked(ticker: Ticker) -> Ticker:
    symbol = ticker.symbol.strip().upper()
    if not is_symbol(symbol):
        raise BadRequest("not a symbol", received=plain(ticker.symbol) or "nothing", do=A_SYMBOL)
    for key, allowed in NUMBERS.items():
        value = getattr(ticker, key)
        if value is not None and not allowed.holds(value):
            raise BadRequest(
                f"{symbol}: {key} is out of range", received=str(value), do=f"Allowed is {allowed.allowed}"
            )
    return replace(ticker, symbol=symbol, name=plain(ticker.name), group=plain(ticker.group))


def _instead(names: Sequence[str]) -> str | None:
    return f"There is {', '.join(names)}" if names else None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8 text", do="Save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read", received=error.strerror) from None


def _replace(path: Path, text: str) -> None:
    """Put a new file in the place of the old one, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(handle)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _named(*folders: Path) -> tuple[str, ...]:
    found = {path.stem for folder in folders for path in folder.glob("*.toml")}
    return tuple(sorted(name for name in found if _LIST_NAME.fullmatch(name)))
