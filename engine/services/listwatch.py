"""Take up what people change in their lists' files while the engine runs."""

import logging
from collections.abc import Iterable

from engine.errors import EngineError
from engine.format import plain
from engine.ports import List, Watchlists

log = logging.getLogger(__name__)


class ListWatch:
    """Which lists changed on disk, and what they are now.

    It blocks on files, so it is asked in a thread, every second or two, by one caller at a time.
    """

    def __init__(self, watchlists: Watchlists) -> None:
        self._watchlists = watchlists
        self._stamps: dict[str, object] = {}
        self._good: dict[str, List] = {}
        self._errors: dict[str, EngineError] = {}

    def changed(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names among these whose file changed since they were last asked about, each once a change.

        A name that is asked about for the first time is among them, for its file may have changed since whoever asks
        has read it; a name that no file stands behind never is. What it is now: `list` and `error`.
        """
        return tuple(name for name in dict.fromkeys(names) if self._look(name))

    def list(self, name: str) -> List | None:
        """The list as it stood when its file could last be used; None if it never could."""
        return self._good.get(name)

    def error(self, name: str) -> EngineError | None:
        """Why its file cannot be used as it is now, so that the last good list stays in force; None if it can."""
        return self._errors.get(name)

    def _look(self, name: str) -> bool:
        # the stamp before the content: a change in between is then seen the next time
        stamp = self._watchlists.stamp(name)
        if self._stamps.get(name) == stamp:
            return False
        self._stamps[name] = stamp
        try:
            self._good[name] = self._watchlists.read(name)
        except EngineError as error:
            self._errors[name] = error
            log.warning("the watchlist %s stays as it was: %s", plain(name), plain(str(error)))
        else:
            self._errors.pop(name, None)
        return True
