"""Numbers as people and spreadsheets write them: signs of currency, thousands set apart, a decimal comma."""

import re

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")
_THOUSANDS = {mark: re.compile(rf"[+-]?[1-9]\d{{0,2}}(\{mark}\d{{3}})+") for mark in ",."}
_BLANKS = dict.fromkeys(map(ord, " \u00a0\u202f'’$€£¥₩"))
_MINUS = str.maketrans("−", "-")


def amount(text: str, *, decimal_comma: bool) -> float | None:
    """The number that a cell holds; None where it is none, or could be read in two ways.

    `decimal_comma` says that the file writes its fractions with a comma, as those do that set semicolons between cells.

    >>> amount("$1,234.50", decimal_comma=False), amount("1.234,50", decimal_comma=True)
    (1234.5, 1234.5)
    >>> amount("1.234", decimal_comma=True) is None
    True
    """
    bare = text.translate(_MINUS).translate(_BLANKS)
    if "," in bare and "." in bare:
        fraction = max(",.", key=bare.rfind)
        whole, _, decimals = bare.rpartition(fraction)
        other = "," if fraction == "." else "."
        if not _THOUSANDS[other].fullmatch(whole) or not decimals.isdecimal():
            return None
        bare = f"{whole.replace(other, '')}.{decimals}"
    elif decimal_comma and _THOUSANDS["."].fullmatch(bare):
        return None
    elif not decimal_comma and _THOUSANDS[","].fullmatch(bare):
        bare = bare.replace(",", "")
    elif bare.count(",") == 1:
        bare = bare.replace(",", ".")
    return float(bare) if _PLAIN.fullmatch(bare) and bare.isascii() else None
