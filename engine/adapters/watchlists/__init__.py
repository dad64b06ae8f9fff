"""Watchlists from TOML files: which file (lists), and what its text says and becomes (document)."""

from engine.adapters.watchlists.lists import TomlWatchlists

__all__ = ["TomlWatchlists"]
