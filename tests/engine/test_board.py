from datetime import date

from engine.board import Visitor
from engine.protocol import Row, Status, View, Watchlist

DAY = date(2008, 9, 12)


def test_a_screen_was_told_of_the_newest_session_on_its_rows():
    visitor = Visitor()
    visitor.sent = View(
        Status("1", 1, "home", "files", 0.0), Watchlist("one", "One", ("AAA",)), (Row("AAA", session=DAY),)
    )
    assert (visitor.told("AAA"), visitor.told("BBB")) == (DAY, None)


def test_who_shows_nothing_was_told_of_nothing():
    assert Visitor().told("AAA") is None
