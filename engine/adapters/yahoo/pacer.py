"""Pacing of all that goes to Yahoo: core/pacing.py's state behind a lock, with a clock and a way to wait."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import TypeAlias

from engine.core import pacing
from engine.errors import EngineError, SourceError
from engine.format import plain
from engine.ports import SourceState

Wait: TypeAlias = Callable[[float], object]
PATIENCE = 60.0
"""Seconds a request waits for its turn within the budget, at most; longer, and its caller is told to come later."""


class Pacer:
    """Who may ask, and when. Safe to use from several threads."""

    def __init__(self, an_hour: int, now: Callable[[], float], wait: Wait) -> None:
        self._an_hour = an_hour
        self._now = now
        self._wait = wait
        self._lock = Lock()
        self._bucket = pacing.bucket(an_hour, now())
        self._breaker = pacing.Breaker()
        self._hour, self._used = 0, 0
        self._closed = False

    def close(self) -> None:
        """Let no request through any more."""
        self._closed = True

    def state(self, name: str) -> SourceState:
        """How it does; requests are counted by the clock's hour."""
        with self._lock:
            now, breaker = self._now(), self._breaker
            used = self._used if self._hour == int(now // pacing.HOUR) else 0
            resting = pacing.resting(breaker, now)
            return SourceState(
                name, used, self._an_hour, breaker.until if resting else None, breaker.why if resting else None
            )

    def before_request(self) -> None:
        """Wait for a token and count the request. Raises SourceError where that would take too long."""
        with self._lock:
            now = self._now()
            self._bucket, seconds = pacing.take(self._bucket, now)
            if seconds > PATIENCE:
                self._bucket = pacing.give_back(self._bucket, now)
                raise SourceError(
                    f"the budget of {self._an_hour:,} requests an hour is used up",
                    do=f"It goes on at {_at(now + seconds)}; requests_an_hour in [source] is the limit",
                )
            hour = int((now + seconds) // pacing.HOUR)
            self._hour, self._used = hour, self._used + 1 if hour == self._hour else 1
        if seconds:
            self._wait(seconds)
        self.unless_closed()

    def spare(self) -> bool:
        """Whether more than half of the burst is left: what can wait leaves the rest to what cannot."""
        with self._lock:
            return pacing.tokens(self._bucket, self._now()) > self._bucket.capacity / 2

    def rest(self, attempt: int) -> None:
        """Wait between two tries of one symbol."""
        self._wait(pacing.backoff(attempt, random.random()))  # noqa: S311 - jitter

    def admit(self, symbol: str) -> None:
        """Let one call through; `asking` learns its outcome. Raises SourceError while it rests, and once closed."""
        with self._lock:
            self.unless_closed()
            now = self._now()
            admitted = pacing.admitted(self._breaker, now)
            if admitted is None:
                raise self._resting(symbol, now)
            self._breaker = admitted

    @contextmanager
    def asking(self) -> Iterator[None]:
        """An admitted call to Yahoo."""
        try:
            yield
        except SourceError as error:
            self._failed(error)
            raise
        except EngineError:
            # Yahoo answered, and the answer was no
            self._succeeded()
            raise
        except BaseException:
            with self._lock:
                self._breaker = pacing.abandoned(self._breaker)
            raise
        else:
            self._succeeded()

    def unless_closed(self) -> None:
        """Raises SourceError once closed."""
        if self._closed:
            raise SourceError("the engine is stopping")

    def _resting(self, symbol: str, now: float) -> SourceError:
        breaker = self._breaker
        again = "now" if breaker.probing else f"at {_at(breaker.until or now)}"
        return SourceError(
            breaker.why,
            received=plain(symbol),
            do=f"Nothing is asked for a while; it is tried again {again}",
            fault=breaker.fault,
        )

    def _succeeded(self) -> None:
        with self._lock:
            self._breaker = pacing.succeeded(self._breaker)

    def _failed(self, error: SourceError) -> None:
        with self._lock:
            now = self._now()
            self._breaker = pacing.failed(self._breaker, error.fault, error.message, now, random.random())  # noqa: S311


def _at(instant: float) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%H:%M} UTC"
