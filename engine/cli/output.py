"""How a person, or a program, is answered."""

import sys
from argparse import Namespace
from typing import Any

import msgspec

from engine import format as fmt
from engine import report
from engine.errors import EngineError
from engine.protocol import Note, Progress, Result


def tell(given: Namespace, item: Progress | Result) -> None:
    """An answer on standard output, a note on standard error."""
    if isinstance(item, Note):
        sys.stderr.write(f"{fmt.plain(item.words)}\n")
    elif given.json:
        out(report.as_json(item))
    else:
        print(report.as_words(item), flush=True)


def to_stderr(item: Progress) -> None:
    """Progress that is no answer."""
    sys.stderr.write(f"{report.as_words(item)}\n")


def answer(given: Namespace, words: str, value: object) -> None:
    """In words, or as the value that stands for them."""
    if given.json:
        out(value)
    else:
        print(words)


def agreed() -> bool:
    """Whether a person says yes to what is to be saved; nobody at a terminal does not."""
    if not sys.stdin.isatty():
        return False
    sys.stderr.write("Save it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def out(value: Any) -> None:
    """A line of JSON."""
    print(msgspec.json.encode(value).decode(), flush=True)


def refuse(error: EngineError, *, as_json: bool) -> int:
    """Say an error in words, and as JSON where that was asked for; gives the exit status."""
    sys.stderr.write(f"whipsaw: {fmt.plain(str(error))}\n")
    if as_json:
        known = {"kind": error.kind, "message": error.message, "received": error.received, "do": error.do}
        out({"error": {key: value for key, value in known.items() if value is not None}})
    return error.exit_status
