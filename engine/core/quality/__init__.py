"""Which rows may be scored: one that may not is left out of the view, never altered, never lost from the store.

notes.py says what a finding is; refused.py what cannot be stored; bars.py judges a bar by itself, jumps.py against the
level before it, gaps.py what is missing; gate.py puts them in this order. Every rule looks back only: what is said of a
row does not depend on rows after it.
"""

from engine.core.quality.gate import Gated, gate, lately
from engine.core.quality.notes import MALFORMED, REVISED, SOURCES_DIFFER, DataNote, in_words
from engine.core.quality.refused import storable, usable

__all__ = [
    "MALFORMED",
    "REVISED",
    "SOURCES_DIFFER",
    "DataNote",
    "Gated",
    "gate",
    "in_words",
    "lately",
    "storable",
    "usable",
]
