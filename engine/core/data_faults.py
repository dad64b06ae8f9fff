"""Data faults as episodes: what the quality gate set aside after a ticker's last usable bar, one a fault."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import nan

from engine.core.episodes import DATA_FAULT, Change, Episode
from engine.core.quality import DataNote


def data_faults(symbol: str, known: Sequence[Episode], found: Sequence[DataNote], session: date) -> list[Change]:
    """What a look at a ticker's bars does to its open data faults `known`.

    `found` are the notes on bars that are set aside and newer than every usable one. A fault opens with its first such
    bar, and is closed on `session`, the newest there is, once no such bar is left.
    """
    first: dict[str, DataNote] = {}
    for note in sorted(found, key=lambda note: note.session):
        first.setdefault(note.rule, note)
    there = {episode.evidence["rule"] for episode in known}
    over = [replace(episode, closed=session) for episode in known if episode.evidence["rule"] not in first]
    new = [_fault(symbol, note) for rule, note in first.items() if rule not in there]
    return [*((episode, "closed") for episode in over), *((episode, "opened") for episode in new)]


def _fault(symbol: str, note: DataNote) -> Episode:
    return Episode(
        symbol=symbol,
        kind=DATA_FAULT,
        tier="watch",
        direction="none",
        opened=note.session,
        closed=None,
        p=nan,
        rarity_days=nan,
        rarer=False,
        words=note.words,
        evidence={"rule": note.rule},
    )
