"""What goes on beside the polls: the hours of the markets, and what people change in their files."""

import asyncio
from collections.abc import Callable

from engine.board import Boards
from engine.errors import EngineError
from engine.live import LivePrices
from engine.ports import Clock
from engine.rules import Rulebook
from engine.schedule.waiting import kept_going, waited
from engine.services.listwatch import ListWatch

_REREAD = 1.0
"""Seconds between two looks at the lists' files."""


class Upkeep:
    """Two loops, which end only when cancelled."""

    def __init__(
        self,
        *,
        boards: Boards,
        live: LivePrices,
        lists: ListWatch,
        rules: Rulebook,
        reload: Callable[[], None],
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        """`reload` reads the user's own days again; `wake` is called when a list has changed."""
        self._boards = boards
        self._live = live
        self._lists = lists
        self._rules = rules
        self._reload = reload
        self._clock = clock
        self._wake = wake
        self._came = asyncio.Event()
        self._of_settings: EngineError | None = None

    def look(self) -> None:
        """Something came that may be of another market: its hours are told at once."""
        self._came.set()

    async def minutes(self) -> None:
        """Step the markets' hours with the clock's minutes, and at once when there is something to look at."""
        while True:
            with kept_going("the markets' hours"):
                await self._boards.set_market()
            self._live.tell()
            await waited(self._came, 60 - self._clock.now() % 60)

    async def reread(self) -> None:
        """Take up what people change in the files of the lists that are watched, of the calendars and of the settings.

        Of the settings only those of the alarms are taken up.
        """
        while True:
            self._boards.set_days(await asyncio.to_thread(_fault_of, self._reload))
            self._boards.set_settings(await self._reread_rules())
            with kept_going("what changed in the lists"):
                await self._reread_lists()
            await asyncio.sleep(_REREAD)

    async def _reread_lists(self) -> None:
        boards = {board.list.name: board for board in self._boards.watched if board.list.kept}
        for name in await asyncio.to_thread(self._lists.changed, tuple(boards)):
            self._boards.set_notice(boards[name], self._lists.error(name), of_file=True)
            changed = self._lists.list(name)
            if changed and self._boards.naming.in_currency(changed) != boards[name].list:
                await self._boards.use(self._boards.naming.in_currency(changed))
                self._wake()

    async def _reread_rules(self) -> EngineError | None:
        """What is wrong with the settings as they are now, which is told until they are good again."""
        try:
            new = await asyncio.to_thread(self._rules.reread)
        except EngineError as error:
            self._of_settings = error
        else:
            self._of_settings = None if new is not None else self._of_settings
            if new:
                with kept_going("what changed in the settings"):
                    await self._boards.update_all()
        return self._of_settings


def _fault_of(reload: Callable[[], None]) -> EngineError | None:
    """What is wrong with the user's own days, if anything is."""
    try:
        reload()
    except EngineError as error:
        return error
    return None
