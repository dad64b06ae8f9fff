"""A command line: what it asks for, of which engine, and the words that open the same screen again.

The grammar of all commands (grammar.py) is loaded for a command alone: a screen needs its own few flags (flags.py).
"""

from engine.arguments.flags import COMMANDS, DEMO, SCREEN, SERVE, WATCHLIST
from engine.arguments.parsing import options, parse, screen_words
from engine.errors import BadRequest, EngineError

__all__ = [
    "COMMANDS", "DEMO", "SCREEN", "SERVE", "WATCHLIST", "BadRequest", "EngineError", "options", "parse", "screen_words",
]  # fmt: skip
