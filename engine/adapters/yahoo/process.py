"""yfinance in a process of its own: neither its import nor its work on answers keeps the engine's loop waiting.

A line is a pair of sockets that carries one call at a time: the question to the child, its answer back. In between the
child asks before each request whether it may make it: requests are counted and paced here. child.py is the other end.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from queue import LifoQueue
from socket import socketpair
from threading import Lock, Timer
from typing import Any, Literal, TypeAlias

import engine
from engine.adapters.yahoo.answer import Answer
from engine.errors import SourceError
from engine.ports import Interval

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-P", "-m", "engine.adapters.yahoo.child")
Word: TypeAlias = tuple[Literal["may", "gave", "failed"], Any]
"""What the child says: that it would make a request; what was asked for; an EngineError and its traceback."""


class YahooProcess:
    """yfinance as a Library, for so many calls at once; safe to use from several threads.

    The child is started by the first call and ended `keep_warm` seconds after the last; one that ended by itself costs
    the calls it was at, and the next call starts another.
    """

    def __init__(
        self,
        cache_folder: Path,
        before_request: Callable[[], None],
        timeout: float,
        at_once: int,
        *,
        keep_warm: float = 300.0,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._command = (*command, str(cache_folder), str(timeout))
        self._before = before_request
        self._at_once = at_once
        self._keep_warm = keep_warm
        self._lock = Lock()
        self._child: _Child | None = None
        self._busy = 0
        self._retirement: Timer | None = None
        self._closed = False

    def daily(self, symbol: str, start: date) -> Answer:
        answer: Answer = self._asked("daily", symbol, start)
        return answer

    def within(self, symbol: str, interval: Interval, since: float) -> Answer:
        answer: Answer = self._asked("within", symbol, interval, since)
        return answer

    def newest(self, symbol: str) -> Answer:
        answer: Answer = self._asked("newest", symbol)
        return answer

    def search(self, text: str) -> Sequence[Mapping[str, Any]]:
        hits: Sequence[Mapping[str, Any]] = self._asked("search", text)
        return hits

    def close(self) -> None:
        """End the child, whatever it does: whoever waits for it gets a SourceError."""
        with self._lock:
            self._closed = True
            self._end()

    def _asked(self, what: str, *given: Any) -> Any:
        """What the child answers. Raises the EngineError it gives instead, and SourceError if it ends."""
        child = self._taken()
        line = child.lines.get()
        try:
            return self._conversed(line, what, given)
        except (EOFError, OSError) as error:
            self._lost(child)
            raise SourceError(
                "the engine is stopping" if self._closed else "the process that asks Yahoo ended in the middle of it",
                do="What is stored stays; it is started again",
                fault="cut",
            ) from error
        finally:
            child.lines.put(line)
            self._left()

    def _conversed(self, line: "Connection[Any, Any]", what: str, given: tuple[Any, ...]) -> Any:
        line.send((what, given))
        word: Word = line.recv()
        while word[0] == "may":
            line.send(self._refusal())
            word = line.recv()
        if word[0] == "gave":
            return word[1]
        error, trace = word[1]
        log.debug("%s of %s failed: %s", what, given, trace)
        raise error

    def _refusal(self) -> SourceError | None:
        """Wait until a request may be made; why it may not, if it may not."""
        try:
            self._before()
        except SourceError as error:
            return error
        return None

    def _taken(self) -> "_Child":
        """A child to ask. Raises SourceError once closed, or if it cannot be started."""
        with self._lock:
            if self._closed:
                raise SourceError("the engine is stopping", do="What is stored stays")
            if self._retirement:
                self._retirement.cancel()
            if self._child is None or not self._child.alive:
                self._end()
                self._child = _Child(self._command, self._at_once)
            self._busy += 1
            return self._child

    def _left(self) -> None:
        with self._lock:
            self._busy -= 1
            if not self._busy and not self._closed:
                self._retirement = Timer(self._keep_warm, self._retire)
                self._retirement.daemon = True
                self._retirement.start()

    def _lost(self, child: "_Child") -> None:
        """It is ending, if the system says so yet or not: nobody is to ask it again."""
        with self._lock:
            if self._child is child:
                self._end()

    def _retire(self) -> None:
        with self._lock:
            if not self._busy:
                self._end()

    def _end(self) -> None:
        if self._retirement:
            self._retirement.cancel()
        if self._child:
            self._child.end()
            self._child = None


class _Child:
    """A running process, and the lines to it that are free. It leaves by itself when its standard input ends."""

    def __init__(self, command: Sequence[str], at_once: int) -> None:
        """Start it, with this very engine on its path. Raises SourceError where the system refuses."""
        pairs = [socketpair() for _ in range(at_once)]
        theirs = [other.fileno() for _, other in pairs]
        path = [str(Path(engine.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))}
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [*command, *map(str, theirs)], stdin=subprocess.PIPE, pass_fds=theirs, env=environment
            )
        except OSError as error:
            for ours, _ in pairs:
                ours.close()
            raise SourceError(f"the process that asks Yahoo cannot be started: {error}", fault="other") from error
        finally:
            for _, other in pairs:
                other.close()
        self.lines: LifoQueue[Connection[Any, Any]] = LifoQueue()
        """The last one used comes first: its thread at the other end has an open connection to Yahoo."""
        for ours, _ in pairs:
            self.lines.put(Connection(ours.detach()))

    @property
    def alive(self) -> bool:
        """Whether it is not known to have ended."""
        return self._process.poll() is None

    def end(self) -> None:
        """End it at once, and wait until it is gone: lines that are in use end with it."""
        assert self._process.stdin  # noqa: S101 - it was asked for
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()
