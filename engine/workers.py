"""Threads that wait for a source, so that nobody has to wait for them: they may be left behind at any moment."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from engine.errors import SourceError

T = TypeVar("T")


class Workers:
    """Daemon threads, started as needed, at most so many.

    The standard pool's threads are joined when the process ends: one request that hangs would keep the engine alive
    until it has timed out. These are not.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._lock = Lock()
        self._pending: set[Future[Any]] = set()
        self._threads = 0
        self._closed = False

    def start(self, work: Callable[[], T]) -> "Future[T]":
        """Begin a piece of work. Raises SourceError once closed."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise _stopping()
            self._pending.add(future)
            if self._threads < min(self._most, len(self._pending)):
                self._threads += 1
                Thread(target=self._serve, name=f"{self._name}-{self._threads}", daemon=True).start()
        self._queue.put((future, work))
        return future

    def result(self, of: "Future[T]") -> T:
        """Wait for a piece of work. Raises what it raises, and SourceError when closed meanwhile."""
        try:
            return of.result()
        except CancelledError:
            raise _stopping() from None

    def run(self, work: Callable[[], T]) -> T:
        """Carry out a piece of work and wait for it. Raises as `start` and `result`."""
        return self.result(self.start(work))

    def close(self) -> None:
        """Let everybody go who waits; what is under way is left to itself."""
        with self._lock:
            self._closed = True
            pending, self._pending = self._pending, set()
            for _ in range(self._threads):
                self._queue.put(None)
        for future in pending:
            future.cancel()

    def _serve(self) -> None:
        while (task := self._queue.get()) is not None:
            future, work = task
            result, error = _outcome(work)
            with self._lock:
                waited_for = future in self._pending
                self._pending.discard(future)
            if waited_for and error is not None:
                future.set_exception(error)
            elif waited_for:
                future.set_result(result)


def _outcome(work: Callable[[], T]) -> tuple[T | None, Exception | None]:
    try:
        return work(), None
    except Exception as error:  # noqa: BLE001 - handed to whoever waits
        return None, error


def _stopping() -> SourceError:
    return SourceError("the engine is stopping", do="What is stored stays")
