"""Builds the real thing; the only room that names adapters."""

from engine.wiring.engine import Engine, own_days

__all__ = ["Engine", "own_days"]
