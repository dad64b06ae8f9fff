"""What follows from a source's fault: one classification, engine/errors.py's, for all sources."""

from engine.errors import Fault

OF_THE_SOURCE: frozenset[Fault] = frozenset({"limited", "down", "slow", "unreachable", "unsafe", "refused"})
"""Faults that the next symbol would meet too: they open the breaker. The others are one symbol's own."""

TRIED_AGAIN: frozenset[Fault] = frozenset({"cut", "garbled", "unreachable"})
"""Faults of one answer or connection: the next try may well go through, so it is made at once."""
