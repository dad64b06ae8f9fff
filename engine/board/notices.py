"""What keeps the engine from its work, by what it is of."""

from collections.abc import Hashable

from engine.errors import EngineError

DAYS = "the user's own days"
SETTINGS = "the settings' file"


class Notices:
    """One a place: DAYS, SETTINGS, or whatever stands for a list."""

    def __init__(self) -> None:
        self._errors: dict[Hashable, EngineError] = {}

    def put(self, place: Hashable, error: EngineError | None) -> bool:
        """What is wrong at a place, None when that is over; whether that is other words than before."""
        known = self._errors.pop(place, None)
        if error:
            self._errors[place] = error
        return str(known) != str(error)

    @property
    def first(self) -> str | None:
        """What has been wrong longest, in words."""
        return next(map(str, self._errors.values()), None)
