"""The screen's end of the engine: attach, deliver what it says, ask, and come back after a loss."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from engine.format import plain
from engine.protocol import (
    AddSymbol,
    Attach,
    Command,
    Explain,
    Explanation,
    GetChart,
    Mute,
    Note,
    Ok,
    Progress,
    Refresh,
    Result,
    Search,
    SearchResults,
    ShowList,
    Snooze,
    Stop,
    Unmute,
    View,
)
from tui.events import Arrived, Connecting, Event, Lost, Matched, NoChart, Refusal, Said, Stayed

if TYPE_CHECKING:
    from engine.client import Client

Connect: TypeAlias = "Callable[[], Awaitable[Client]]"
Deliver: TypeAlias = Callable[[Event], object]

FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0
"""Seconds between two attempts: short after a loss, doubled each time."""
PATIENCE = 3.0
"""Seconds an engine has to answer to Stop."""
STEADY = 2.0
"""Seconds a connection has to last before a loss counts as a new one."""


class Link:
    """Keeps one connection to the engine alive and turns all it says into events."""

    def __init__(self, connect: Connect, attach: Attach, deliver: Deliver) -> None:
        self._connect = connect
        self._attach = attach
        self._deliver = deliver
        self._client: Client | None = None
        self._tried = asyncio.Event()
        """Set once an attempt to attach has come to something, be it to nothing."""
        self._stopping = False
        self._bound: list[date | None] = []
        """The session that is wanted after the one that is waited for, if one is."""
        self._travelling = False

    async def run(self) -> None:
        """Attach, and attach again after every loss, until cancelled or told to stop the engine."""
        wait = FIRST_WAIT
        while True:
            started = asyncio.get_running_loop().time()
            await self._visit(wait)
            if asyncio.get_running_loop().time() - started > STEADY:
                wait = FIRST_WAIT
            await asyncio.sleep(wait)
            if self._stopping:
                return
            wait = min(wait * 2, LONGEST_WAIT)

    async def ask(self, command: Command) -> None:
        """Send one command; its answer, or why it was refused, is delivered as an event.

        Nothing is asked of an engine that was told to stop: what a screen still wants then is of no use to anybody.
        """
        from engine.client import EngineError, Unreachable  # noqa: PLC0415 (the first paint waits for no socket library)

        if self._stopping:
            return
        if self._client is None:
            self._refuse(command, "the engine is not there yet, so this was not done")
            return
        noted = ""
        try:
            async for each in self._client.stream(command):
                if isinstance(each, Note):
                    noted = plain(each.words)
                elif not isinstance(each, Progress):
                    self._answer(command, each, noted)
        except Unreachable:
            self._refuse(command, "the engine went away before this was done; it is started again")
        except EngineError as error:
            self._refuse(command, str(error))

    async def travel(self, to: date | None) -> None:
        """Stand at another session, or at now; of what is wanted while an answer is waited for only the last is asked.

        What comes is delivered as a view, then Arrived; what cannot be had as Stayed.
        """
        self._bound = [to]
        if self._travelling:
            return
        self._travelling = True
        try:
            while self._bound:
                await self._stand(self._bound.pop())
        finally:
            self._travelling = False

    async def _stand(self, at: date | None) -> None:
        from engine.client import EngineError  # noqa: PLC0415 (as above)

        if self._client is None:
            self._deliver(Stayed("the engine is not there yet, so nothing earlier can be shown"))
            return
        try:
            view = await self._client.ask(replace(self._attach, as_of=at))
        except EngineError as error:
            self._deliver(Stayed(str(error)))
            return
        if isinstance(view, View):
            # after a loss the screen comes back to the session that was on it
            self._attach = replace(self._attach, as_of=view.status.as_of)
            self._deliver(view)
        if not self._bound:
            self._deliver(Arrived())

    async def stop(self) -> bool:
        """Stop the engine, be it still being attached, and start no other; False where none answered in time."""
        from engine.client import EngineError, Unreachable  # noqa: PLC0415 (as above)

        self._stopping = True
        self._deliver(Said("stopping the engine…"))
        try:
            async with asyncio.timeout(PATIENCE):
                await self._tried.wait()
                if self._client is None:
                    return False
                await self._client.ask(Stop())
        except Unreachable:
            return True  # it was gone before its answer was read
        except (TimeoutError, EngineError):
            return False
        return True

    async def close(self) -> None:
        """Let go of the engine, which lives on."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _visit(self, wait: float) -> None:
        from engine.client import EngineError  # noqa: PLC0415 (as above)

        try:
            await self._follow()
            self._lost("the engine is gone; starting it again…")
        except EngineError as error:
            self._lost(f"{error} · trying again in {wait:.0f} s" if wait >= 1 else str(error))
        finally:
            self._tried.set()
            await self.close()

    async def _follow(self) -> None:
        self._tried.clear()
        self._deliver(Connecting("starting the engine…"))
        client = await self._connect()
        try:
            view = await self._attached(client)
            # only now may others ask: the engine knows this screen's list
            self._client = client
            self._tried.set()
            self._deliver(view)
            async for event in client.changes():
                self._deliver(event)
        finally:
            self._client = None
            await client.close()

    async def _attached(self, client: "Client") -> Result:
        """The view; a session that cannot be had any more is not asked for again."""
        from engine.client import EngineError, Unreachable  # noqa: PLC0415 (as above)

        try:
            return await client.ask(self._attach)
        except EngineError as error:
            if not isinstance(error, Unreachable):
                self._attach = replace(self._attach, as_of=None)
            raise

    def _lost(self, words: str) -> None:
        if not self._stopping:
            self._deliver(Lost(words))

    def _answer(self, command: Command, result: Result, noted: str) -> None:
        if isinstance(command, ShowList) and isinstance(result, View):
            # after a loss the screen comes back to the list that was on it
            self._attach = replace(self._attach, watchlist=command.name, symbols=())
        if isinstance(command, Search) and isinstance(result, SearchResults):
            self._deliver(Matched(command.text, result.hits))
        elif not isinstance(result, Ok):
            self._deliver(result)
        elif words := _done(command, noted):
            self._deliver(Said(words))

    def _refuse(self, command: Command, words: str) -> None:
        if isinstance(command, GetChart):
            self._deliver(NoChart(command.symbol, words))
        elif isinstance(command, Search):
            self._deliver(Matched(command.text, words=words))
        elif isinstance(command, Explain):
            self._deliver(Explanation(command.symbol, None, False, words, None, ()))
        else:
            self._deliver(Refusal(words))


def _done(command: Command, noted: str) -> str | None:
    """What to tell of a command that was carried out, where the screen does not show it; what was noted leads."""
    match command:
        case AddSymbol(symbol):
            return f"{noted} · it is on the list" if noted else f"{symbol} is on the list"
        case Refresh():
            return "fetched what was missing"
        case Snooze(_, sessions, until):
            back = f"after {sessions} sessions" if until is None else f"on {until}"
            return f"snoozed: it comes back {back}, or when it escalates"
        case Mute(_, ticker):
            return f"muted: {'nothing of this ticker' if ticker else 'no alarm of this kind and ticker'} rings now"
        case Unmute():
            return "no longer muted"
    return None
