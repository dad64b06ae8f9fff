"""What the engine says of itself: its store, who is attached, the end of its log."""

import logging

from engine.logbook import KEPT, Logbook, newest
from engine.protocol import Attach, Inspect, Inspection
from tests.engines import client_of, running, until, write_all
from tests.worlds import history


async def test_the_engine_tells_its_store_and_who_is_attached(tmp_path):
    files = write_all(tmp_path / "files", [history("AAA", 300)])
    async with (
        running(tmp_path / "home", f"files:{files}"),
        client_of(tmp_path / "home") as screen,
        client_of(tmp_path / "home") as script,
    ):
        view = await screen.ask(Attach(rate=5.0))
        await until(view, screen, lambda now: now.rows and now.rows[0].session is not None)
        seen = await screen.ask(Inspect())
        assert isinstance(seen, Inspection)
        assert seen.store.symbols == 1
        assert 0 < seen.store.bytes < seen.store.free
        (seat,) = seen.seats
        assert (seat.own, seat.rate) == (True, 5.0)
        assert seat.sent > 0
        assert seat.since <= view.status.started + seen.uptime_s
        (other,) = (await script.ask(Inspect())).seats
        assert not other.own


def record(words: object, *arguments: object, **other: object) -> logging.LogRecord:
    return logging.LogRecord("engine.test", logging.WARNING, "", 0, words, arguments, None, **other)


def test_the_log_book_keeps_the_newest_lines_each_in_one():
    book = Logbook()
    for number in range(KEPT + 5):
        book.handle(record("line %d\nof two", number))
    assert len(book.lines) == KEPT
    assert book.lines[-1].words == f"line {KEPT + 4} of two"
    assert book.lines[0].words == "line 5 of two"


def test_a_record_that_cannot_be_put_into_words_is_kept_as_it_is():
    book = Logbook()
    book.handle(record("%d of %d", "one"))
    assert book.lines[0].words == "%d of %d"


def test_what_was_raised_is_told():
    book, error = Logbook(), ValueError("no such thing")
    book.handle(logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), (ValueError, error, None)))
    assert "no such thing" in book.lines[0].words


def test_a_process_without_a_log_book_has_no_lines():
    assert not any(isinstance(handler, Logbook) for handler in logging.getLogger().handlers)
    assert newest() == ()
