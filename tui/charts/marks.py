"""Marks on a plot: alarms just above the price, what the quality gate found on the axis."""

from collections.abc import Callable, Sequence
from datetime import date

from engine.protocol import DataNote, Marker
from tui.canvas import Cells, Grid
from tui.spans import DOUBTFUL, REPAIRED, mark

Place = Callable[[int], int]
"""The column of a bar."""


def alarms(grid: Grid, sessions: Sequence[date], markers: Sequence[Marker], at: Place) -> None:
    """Just above what is drawn; of two in one cell the later stands higher."""
    places = {session: index for index, session in enumerate(sessions)}
    for marker in markers:
        if marker.session not in places:
            continue
        column = at(places[marker.session])
        top = next((y for y, line in enumerate(grid) if line[column][0].strip("\u2800 ")), 0)
        grid[max(top - 1, 0)][column] = (mark(marker.tier, marker.direction), f"{marker.tier} bold")


def notes(floor: Cells, axis: Cells, sessions: Sequence[date], found: Sequence[DataNote], at: Place) -> None:
    """What the quality gate found, on the axis; where that has a word, on the plot's floor."""
    places = {session: index for index, session in reversed(list(enumerate(sessions)))}
    for note in found:
        if note.session in places:
            column = at(places[note.session])
            line = axis if axis[column][0] == " " else floor
            line[column] = (REPAIRED if note.treatment == "repaired" else DOUBTFUL, "watch")
