"""Rules of a list's alarms, put into the text of its file."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import tomlkit

from engine.adapters.watchlists.document import Document
from engine.errors import BadRequest, UnknownSymbol
from engine.format import plain
from engine.ports import Rule, Ticker

_OF_TICKER = ("budget", "off")


def with_rules(document: Document, name: str, rules: Sequence[Rule]) -> Document:
    """The same text with other rules; all else in it stays. Raises BadRequest, UnknownSymbol, ConfigError."""
    for rule in rules:
        document = _of_ticker(document, name, rule) if rule.symbol else _of_list(document, rule)
        document.read(name)
    return document


def _of_list(document: Document, rule: Rule) -> Document:
    document.read("")  # so that a faulty file is said to be one
    text, wanted = tomlkit.parse(document.text), tomllib.loads(document.text)
    for tree in (text, wanted):
        _set(tree, ("alarms", *rule.keys), rule.value)
    changed = Document(document.path, tomlkit.dumps(text))
    if tomllib.loads(changed.text) != wanted:
        raise document.error("cannot be edited line by line", do="Edit it by hand, as a table [alarms]")
    return changed


def _set(tree: Any, keys: Sequence[str], value: Any) -> None:
    *tables, last = keys
    for key in tables:
        tree = tree.setdefault(key, {})
    if value is None:
        tree.pop(last, None)
    else:
        tree[last] = value


def _of_ticker(document: Document, name: str, rule: Rule) -> Document:
    (key, *more), symbols = rule.keys, [ticker.symbol for ticker in document.read(name).tickers]
    if more or key not in _OF_TICKER:
        raise BadRequest("no rule of a ticker", received=plain(".".join(rule.keys)), do="SYMBOL.budget or SYMBOL.off")
    if rule.symbol not in symbols:
        near = get_close_matches(rule.symbol, symbols)
        do = f"There is {', '.join(near)}" if near else None
        raise UnknownSymbol(f"not in {name}", received=plain(rule.symbol), do=do)
    at = symbols.index(rule.symbol)
    edited = document.with_key(at, key, None if rule.value is None else tomlkit.item(rule.value).as_string())
    before, after = (each.read(name).tickers for each in (document, edited))
    if after != (*before[:at], _ruled(before[at], key, rule.value), *before[at + 1 :]):
        raise document.error("cannot be edited line by line", do="Edit it by hand, as [[ticker]] tables")
    return edited


def _ruled(ticker: Ticker, key: str, value: Any) -> Ticker:
    if key == "budget":
        return replace(ticker, budget=value)
    return replace(ticker, off=tuple(dict.fromkeys(value or ())))
