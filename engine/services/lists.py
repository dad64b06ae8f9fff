"""What people do to their watchlists, from the screen and from the command line alike."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from engine.config import Assignment, assignment
from engine.core.episodes import MARKET
from engine.core.index import LEAST
from engine.core.symbols import normal
from engine.errors import BadRequest, EngineError, UnknownSymbol, UnknownWatchlist
from engine.ports import List, PriceSource, Rule, Ticker, Watchlists
from engine.protocol import Alarm, Edited, ListedTicker, ListShown, ListsKept, ListSummary, Removed

_NOT_IN_A_NAME = re.compile(r"[^\w .+-]+")


class Lists:
    """Show, edit and import lists. Every call blocks on files.

    A symbol is spelt as Yahoo does before it is looked for or written; where that differs, it is said. One that was
    taken off on a screen keeps its holdings and price levels until it is put back where it was.
    """

    def __init__(self, watchlists: Watchlists) -> None:
        self._watchlists = watchlists
        self._taken: dict[tuple[str, str], Ticker] = {}

    def shown(self, found: List) -> ListShown:
        """A list as others read it, and the names of all lists."""
        tickers = tuple(ListedTicker(**asdict(ticker)) for ticker in found.tickers)
        return ListShown(
            name=found.name,
            title=found.title,
            interval=found.interval,
            currency=found.currency,
            tickers=tickers,
            names=self._watchlists.names(),
        )

    def kept(self, alarms: Iterable[Alarm]) -> ListsKept:
        """All lists, with how many of these alarms are open on each; one whose file is faulty says so."""
        opened = [(alarm.symbol, alarm.watchlist) for alarm in alarms if alarm.state == "open"]
        return ListsKept(tuple(self._summary(name, opened) for name in self._watchlists.names()))

    def _summary(self, name: str, opened: Sequence[tuple[str, str]]) -> ListSummary:
        try:
            found = self._watchlists.read(name)
        except EngineError as error:
            return ListSummary(name, why=str(error))
        own = {(ticker.symbol, "") for ticker in found.tickers} | {(MARKET, name)}
        return ListSummary(name, found.title, len(found.tickers), sum(each in own for each in opened))

    def put(self, name: str, symbol: str, position: int | None) -> tuple[str, str | None]:
        """Add one symbol; with a position it comes back with all that was known of it when it was taken off there.

        Gives the symbol as it stands on the list, and why it is spelt otherwise. Raises as Watchlists.add, or
        BadRequest where what is shown is no list of a file.
        """
        spelt, why = normal(symbol)
        taken = self._taken.get((name, symbol.upper())) if position is not None else None
        with _on_a_screen():
            self._watchlists.add(name, taken or Ticker(spelt), position)
        if taken is None:
            return spelt, why
        del self._taken[name, taken.symbol]
        return taken.symbol, None

    def take(self, name: str, symbol: str) -> Removed:
        """Take one symbol off. Raises as Watchlists.remove, or BadRequest where what is shown is no list of a file."""
        with _on_a_screen():
            ticker, position = self._watchlists.remove(name, symbol)
        self._taken[name, ticker.symbol] = ticker
        return Removed(ticker.symbol, position)

    def add(self, name: str, symbols: Sequence[str], *, new: bool = False) -> Edited:
        """Add symbols at the end, all or none; `new` makes the list where there is none.

        Raises UnknownWatchlist, BadRequest, ConfigError.
        """
        spellings = dict.fromkeys(normal(symbol) for symbol in symbols)
        added = tuple(dict.fromkeys(symbol for symbol, _ in spellings))
        notes = tuple(why for _, why in spellings if why)
        if new and name not in self._watchlists.names():
            self._watchlists.create(name, tuple(Ticker(symbol) for symbol in added))
            return Edited(name, added=added, notes=notes)
        if there := [symbol for symbol in added if symbol in self._symbols(name)]:
            verb = "is" if len(there) == 1 else "are"
            raise BadRequest(f"{', '.join(there)} {verb} in {name} already", do="Leave out what is there")
        for done, symbol in enumerate(added):
            try:
                self._watchlists.add(name, Ticker(symbol))
            except BadRequest:
                for before in added[:done]:
                    self._watchlists.remove(name, before)
                raise
        return Edited(name, added=added, notes=notes)

    def remove(self, name: str, symbols: Sequence[str]) -> Edited:
        """Take symbols off, all or none. Raises UnknownWatchlist, UnknownSymbol, ConfigError."""
        there = self._symbols(name)
        wanted = tuple(dict.fromkeys(_as_listed(symbol, there) for symbol in symbols))
        if missing := [symbol for symbol in wanted if symbol not in there]:
            raise UnknownSymbol(
                f"not in {name}", received=", ".join(missing), do=f"`whipsaw watchlist show {name}` lists what is"
            )
        for symbol in wanted:
            self._watchlists.remove(name, symbol)
        return Edited(name, removed=wanted)

    def set_rules(self, name: str, changes: Sequence[str]) -> Edited:
        """Write rules of a list's alarms into its file. Raises BadRequest, UnknownSymbol, ConfigError."""
        self._watchlists.set_rules(name, _rules(changes))
        return Edited(name, rules=tuple(changes))

    def with_rules(self, name: str, changes: Sequence[str]) -> List:
        """The list as it would be with them. Raises the same."""
        return self._watchlists.with_rules(name, _rules(changes))

    def load(self, file: Path, name: str | None) -> Edited:
        """Make a list of another tool's file, by default under the file's name.

        Raises BadFile, or BadRequest where a list of that name is the user's already.
        """
        found = self._watchlists.load(file)
        chosen = name or _NOT_IN_A_NAME.sub("-", file.stem).strip(" .+-") or "imported"
        self._watchlists.create(chosen, found.tickers)
        return Edited(chosen, added=tuple(ticker.symbol for ticker in found.tickers), notes=found.notes)

    def _symbols(self, name: str) -> tuple[str, ...]:
        try:
            return tuple(ticker.symbol for ticker in self._watchlists.read(name).tickers)
        except UnknownWatchlist as error:
            do = f"{error.do}. `whipsaw watchlist add SYMBOL... -w NAME --new` makes one"
            raise UnknownWatchlist(error.message, received=error.received, do=do) from None


def _rules(changes: Sequence[str]) -> list[Rule]:
    return [_rule(assignment(change)) for change in changes]


def _rule(said: Assignment) -> Rule:
    """`alarms.KEY=VALUE` of the list, `SYMBOL.KEY=VALUE` of a ticker, whose kinds may be named with commas."""
    value = None if said.value in ("", []) else said.value
    match said.sections:
        case ():
            do = "alarms.KEY=VALUE for the list, SYMBOL.budget=NUMBER or SYMBOL.off=KIND,KIND for a ticker"
            raise BadRequest("no rule of a list's alarms", received=said.key, do=do)
        case ("alarms", *tables):
            return Rule("", (*tables, said.name), value)
        case symbol:
            named = said.name == "off" and isinstance(value, str)
            return Rule(".".join(symbol).upper(), (said.name,), str(value).split(",") if named else value)


def held(watchlists: Watchlists, source: PriceSource, default: str | None) -> Mapping[str, tuple[str, ...]] | None:
    """The symbols of each list by its name; what the source holds is one where there is no `default` list.

    Of a list too small for a market nobody could say whether it is watched: only those count that are the user's own or
    the default. None where a list cannot be read: what stands on it nobody knows.
    """
    try:
        lists = {name: watchlists.read(name).tickers for name in watchlists.names()}
        whole = {} if default else {source.name: source.symbols()}
    except EngineError:
        return None
    chosen = {*watchlists.own(), default}
    counted = {name: each for name, each in lists.items() if name in chosen or len(each) >= LEAST}
    return whole | {name: tuple(ticker.symbol for ticker in each) for name, each in counted.items()}


@contextmanager
def _on_a_screen() -> Iterator[None]:
    """A screen may show symbols picked by hand, or all that a source holds: no file stands behind those."""
    try:
        yield
    except UnknownWatchlist:
        do = "Choose a list with w, or make one: `whipsaw watchlist add SYMBOL... -w NAME --new`"
        raise BadRequest("what is shown here is no list that could be edited", do=do) from None


def _as_listed(symbol: str, there: Sequence[str]) -> str:
    """The symbol as it stands on the list: as it was typed, or as Yahoo spells it."""
    typed = symbol.strip().upper()
    return typed if typed in there else normal(symbol)[0]
