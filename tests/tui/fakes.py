"""A scripted engine end: the methods of `engine.client.Client`, answers from a function, changes from a queue."""

import asyncio
from collections.abc import AsyncIterator, Callable

from engine.errors import EngineError, Unreachable
from engine.format import unit_words
from engine.protocol import (
    Attach,
    Changed,
    Command,
    Explain,
    GetChart,
    GetModels,
    Marker,
    Note,
    Ok,
    Progress,
    Range,
    Removed,
    RemoveSymbol,
    Result,
    ShowList,
    View,
    difference,
)
from tests.tui.charting import explanation
from tests.tui.data import LENGTHS, chart
from tests.tui.market import day_chart
from tests.tui.modelling import models

Answers = Callable[[Command], Result | EngineError | None]


class FakeClient:
    """Answers at once, unless `answers` says otherwise; remembers what was asked."""

    def __init__(self, view: View, answers: Answers | None = None) -> None:
        self.view = view
        self.asked: list[Command] = []
        self.closed = False
        self.notes: tuple[str, ...] = ()
        self._answers = answers or (lambda _: None)
        self._changes: asyncio.Queue[Changed | None] = asyncio.Queue()

    async def ask(self, command: Command) -> Result:
        """The answer; a command without one of its own is Ok."""
        self.asked.append(command)
        answer = self._answers(command) or self._usual(command)
        if isinstance(answer, EngineError):
            raise answer
        return answer

    async def stream(self, command: Command) -> AsyncIterator[Progress | Result]:
        """What is noted on the way to the answer, then the answer."""
        answer = await self.ask(command)
        for words in self.notes:
            yield Note(words)
        yield answer

    async def changes(self) -> AsyncIterator[Changed]:
        """What the test says, until it kills the engine."""
        while (change := await self._changes.get()) is not None:
            yield change

    async def close(self) -> None:
        """Remembered."""
        self.closed = True

    def say(self, change: Changed) -> None:
        """The engine says that something changed."""
        self._changes.put_nowait(change)

    def become(self, view: View) -> None:
        """The engine's view is another now."""
        change = difference(self.view, view)
        self.view = view
        if change is not None:
            self.say(change)

    def die(self) -> None:
        """The engine is gone."""
        self._changes.put_nowait(None)

    def asked_for(self, kind: type) -> list[Command]:
        """The commands of that kind."""
        return [command for command in self.asked if isinstance(command, kind)]

    def _chart(self, symbol: str, span: Range) -> Result:
        """What the view knows of the symbol, on its bars."""
        row = next((row for row in self.view.rows if row.symbol == symbol), None)
        markers = tuple(
            Marker(alarm.opened, alarm.kind, alarm.tier, alarm.direction)
            for alarm in self.view.alarms
            if alarm.symbol == symbol
        )
        currency = row.currency if row else "USD"
        known = {"currency": currency, "unit": unit_words(currency)}
        return chart(symbol, span, forecast=row.forecast if row else None, markers=markers, **known)

    def _usual(self, command: Command) -> Result:
        match command:
            case Attach() | ShowList():
                return self.view
            case GetChart(symbol, "1D" | "5D" as span):
                return day_chart(symbol, span)
            case GetChart(symbol, span) if span in LENGTHS:
                return self._chart(symbol, span)
            case RemoveSymbol(symbol):
                return Removed(symbol, [row.symbol for row in self.view.rows].index(symbol))
        return _told(command)


def _told(command: Command) -> Result:
    """What does not depend on the view."""
    match command:
        case Explain(symbol):
            return explanation(symbol)
        case GetModels():
            return models()
    return Ok()


class FakeEngines:
    """A `connect` for the app: each call gives the next client, the last one again and again."""

    def __init__(self, *clients: FakeClient) -> None:
        self.clients = clients
        self.connected = 0
        self.refuse = 0
        self.silent = False

    async def __call__(self) -> FakeClient:
        """The next client, an error while `refuse` counts down, or no answer while `silent`."""
        if self.silent:
            return await never()
        if self.refuse:
            self.refuse -= 1
            raise Unreachable("no engine answers", do="whipsaw engine run shows why")
        client = self.clients[min(self.connected, len(self.clients) - 1)]
        self.connected += 1
        return client


async def never() -> FakeClient:
    """A `connect` that is still waiting."""
    await asyncio.Event().wait()
    raise AssertionError
