from datetime import date

import msgspec
import pytest

from engine.board import Board, Visitor
from engine.ports import List, Ticker
from engine.protocol import Row, Status, View, Watchlist

DAY, NEXT = date(2008, 9, 12), date(2008, 9, 15)


def visitor_of(session: date) -> Visitor:
    """One that was told of a list after the first of two sessions; its board stands after `session`."""
    board = Board(List("one", "one", (Ticker("AAA"),)))
    row = Row("AAA", session=DAY)
    visitor = Visitor()
    visitor.show(board)
    visitor.sent = View(Status("1", 1, "home", "files", 0.0), Watchlist("one", "One", ("AAA",)), (row,))
    board.rows = (msgspec.structs.replace(row, session=session),)
    return visitor


@pytest.mark.parametrize(("session", "behind"), [(DAY, False), (NEXT, True)])
def test_a_screen_is_behind_once_a_session_is_over_that_it_was_not_told_of(session, behind):
    assert visitor_of(session).behind is behind


def test_who_shows_nothing_is_not_behind():
    assert not Visitor().behind
