"""How days and numbers are written on a command line."""

import argparse
from datetime import date


def day(text: str) -> date:
    """A date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a date is written YYYY-MM-DD, received {text!r}") from None


def count(text: str) -> int:
    """A whole number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 up is needed, received {text!r}")
    return int(text)


def port(text: str) -> int:
    """A port's number, or 0: any free one."""
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"a whole number from 0 to 65535 is needed, received {text!r}")
    return int(text)


def train_length(text: str) -> int | str:
    """So many sessions, or all before."""
    return text if text == "expanding" else count(text)


def speed(text: str) -> float:
    """Sessions a second."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError(f"a number above 0, 1000 at most, is needed, received {text!r}")
    return value
