"""Live quotes: the newest of each symbol, how they come, and the levels they reach."""

from engine.services.quotes.live import Quotes

__all__ = ["Quotes"]
