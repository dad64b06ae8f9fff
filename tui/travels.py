"""When another session is set out for, and when the next one of a stretch that is played."""

from collections.abc import Callable
from datetime import date
from typing import Final

from textual.timer import Timer

from tui.events import Arrived, Event, Played
from tui.state import State

LEAST_REST: Final = 0.04
"""Seconds without a further step before a session is asked for: of a held key only the last one is."""
PACE: Final = 1.0
"""Seconds that a session stays on the screen while an earlier stretch is played."""


class Travels:
    """Follows the state, and acts a moment later.

    `timer` sets one, `travel` asks for a session (None: now), `play` steps on by itself.
    """

    def __init__(
        self,
        timer: Callable[[float, Callable[[], None]], Timer],
        travel: Callable[[date | None], None],
        play: Callable[[], None],
    ) -> None:
        self._timer = timer
        self._travel = travel
        self._play = play
        self._set: Timer | None = None
        self._state = State()

    def follow(self, event: Event, before: State, after: State) -> None:
        """What an event made of the state."""
        self._state = after
        if after.journey is not None and after.journey != before.journey:
            self._wait(LEAST_REST, self._set_out)
        elif after.playing and isinstance(event, Arrived | Played):
            self._wait(PACE if isinstance(event, Arrived) else LEAST_REST, self._play_on)

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        if self._set is not None:
            self._set.stop()
        self._set = self._timer(seconds, then)

    def _set_out(self) -> None:
        if journey := self._state.journey:
            self._travel(journey.to)

    def _play_on(self) -> None:
        if self._state.playing:
            self._play()
