"""What the KRX OPEN API answers: all shares of one market on one day, every value a text."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.format import plain

_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Listed:
    """One share on one day, in won, as traded: open, high and low are NaN where it was not traded.

    `shares` is the number listed, NaN where that is not said.
    """

    code: str
    name: str
    open: float
    high: float
    low: float
    close: float
    volume: float
    shares: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that says why there is none."""

    code: str
    words: str


class NotData(ValueError):
    """An answer that cannot be read; its text says what was found."""


def read(body: bytes, day: date) -> tuple[Listed, ...] | Refusal:
    """The shares of a market on that day; none of a day on which it is closed. Raises NotData."""
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        raise NotData(plain(body[:_LONGEST].decode("utf-8", "replace"))) from None
    if not isinstance(tree, dict):
        raise NotData(type(tree).__name__)
    if "respCode" in tree or "respMsg" in tree:
        return Refusal(_clipped(tree.get("respCode", "")), _clipped(tree.get("respMsg", "")))
    rows = tree.get("OutBlock_1")
    if not isinstance(rows, list):
        raise NotData(f"no OutBlock_1, but {_clipped(', '.join(tree))}")
    found = (_listed(row, day) for row in rows)
    return tuple(share for share in found if share.close > 0)


def said(body: bytes) -> str:
    """What the body of an error says, if it is one of KRX's own; empty otherwise."""
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return _clipped(tree.get("respMsg", "")) if isinstance(tree, dict) else ""


def _clipped(value: object) -> str:
    return plain(str(value))[:_LONGEST]


def _listed(row: object, day: date) -> Listed:
    if not isinstance(row, dict):
        raise NotData(f"a row that is {type(row).__name__}")
    if row.get("BAS_DD", f"{day:%Y%m%d}") != f"{day:%Y%m%d}":
        raise NotData(f"a row of {_clipped(row['BAS_DD'])} for {day:%Y%m%d}")
    volume = _number(row, "ACC_TRDVOL")
    prices = [_number(row, key) for key in ("TDD_OPNPRC", "TDD_HGPRC", "TDD_LWPRC")]
    # of a share that was not traded that day KRX says 0 for them, and the day before's close
    opened, high, low = (price if price > 0 else math.nan for price in prices)
    name, close = plain(str(row.get("ISU_NM", ""))), _number(row, "TDD_CLSPRC")
    return Listed(_code(row), name, opened, high, low, close, volume, _number(row, "LIST_SHRS"))


def _code(row: Mapping[str, Any]) -> str:
    """The six characters of the short code, which the ISIN has in its middle."""
    code = row.get("ISU_CD")
    if not isinstance(code, str) or not code.isascii() or not code.isalnum() or len(code) not in {6, 12}:
        raise NotData(f"ISU_CD {_clipped(code)}")
    return code if len(code) == 6 else code[3:9]


def _number(row: Mapping[str, Any], key: str) -> float:
    """A number written with thousands separators; NaN where nothing or a dash stands."""
    if key not in row:
        raise NotData(f"a row without {key}")
    text = str(row[key]).replace(",", "").strip()
    if text in {"", "-"}:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise NotData(f"{key} {_clipped(row[key])}")
    return value
