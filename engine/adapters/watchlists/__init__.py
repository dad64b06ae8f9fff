"""Watchlists from TOML files, and from those of other tools.

Which file is meant: lists. What its text says and becomes: document, fields. Lists of other tools: importing, lots,
amounts.
"""

from engine.adapters.watchlists.lists import TomlWatchlists

__all__ = ["TomlWatchlists"]
