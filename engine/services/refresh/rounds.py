"""What is being fetched, and for how many: who asks for it meanwhile waits for the same answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from engine.protocol import Fetched

How: TypeAlias = tuple[date | None, date | None, bool]
"""From when to when, and whether a symbol is asked for that was not known lately: another question otherwise."""

Fetch: TypeAlias = Callable[[Sequence[str]], Awaitable[Mapping[str, Fetched]]]


@dataclass(eq=False, slots=True)
class _Round:
    work: asyncio.Task[Mapping[str, Fetched]]
    waiting: int = 0


class Rounds:
    """Rounds of requests. A symbol is of a round until the whole of it is over; all belongs to one loop."""

    def __init__(self) -> None:
        self._rounds: dict[tuple[str, How], _Round] = {}

    async def joined(self, symbols: Sequence[str], how: How, fetch: Fetch) -> tuple[dict[str, Fetched], set[str]]:
        """The answers for these, and which came of rounds that were under way: only the others are fetched now.

        A round ends when nobody waits for it any more. Raises what `fetch` raises.
        """
        own = tuple(dict.fromkeys(symbol for symbol in symbols if (symbol, how) not in self._rounds))
        if own:
            self._begin(own, how, fetch)
        rounds = tuple(dict.fromkeys(self._rounds[symbol, how] for symbol in symbols))
        for each in rounds:
            each.waiting += 1
        found: dict[str, Fetched] = {}
        try:
            for each in rounds:
                found |= await asyncio.shield(each.work)
        finally:
            for each in rounds:
                self._leave(each)
        return {symbol: found[symbol] for symbol in symbols}, set(symbols) - set(own)

    async def close(self) -> None:
        """End all rounds, and wait until they are over."""
        rounds = {each.work for each in self._rounds.values()}
        for work in rounds:
            work.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)

    def _begin(self, symbols: Sequence[str], how: How, fetch: Fetch) -> None:
        async def work() -> Mapping[str, Fetched]:
            return await fetch(symbols)

        new = _Round(asyncio.create_task(work()))
        self._rounds.update({(symbol, how): new for symbol in symbols})
        new.work.add_done_callback(lambda _: self._over(new))

    def _leave(self, of: _Round) -> None:
        of.waiting -= 1
        if not of.waiting:
            of.work.cancel()
            self._over(of)  # at once: who comes now must not wait for what was cancelled

    def _over(self, of: _Round) -> None:
        for key in [key for key, each in self._rounds.items() if each is of]:
            del self._rounds[key]
