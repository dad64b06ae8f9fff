"""Which alarms the feed shows: all, alerts alone, one ticker, one kind, or those not seen. No Textual here."""

from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from engine.format import plain
from engine.protocol import Alarm

By: TypeAlias = Literal["all", "alerts", "ticker", "kind", "unseen"]
_ORDER: Final[tuple[By, ...]] = get_args(By)


class Narrowing(Struct, frozen=True):
    """`of` is the ticker or the kind that is shown; the others need none."""

    by: By = "all"
    of: str = ""

    @property
    def words(self) -> str:
        """As the title of the feed says it; empty where all are shown."""
        match self.by:
            case "all":
                return ""
            case "alerts":
                return "alerts only"
            case "ticker":
                return plain(self.of)
            case "kind":
                return plain(self.of.replace("_", " "))
            case "unseen":
                return "unseen"

    def holds(self, alarm: Alarm) -> bool:
        """Whether the alarm is shown."""
        match self.by:
            case "all":
                return True
            case "alerts":
                return alarm.tier == "alert"
            case "ticker":
                return alarm.symbol == self.of
            case "kind":
                return alarm.kind == self.of
            case "unseen":
                return alarm.state == "open"


def narrower(narrowing: Narrowing, alarm: Alarm | None) -> Narrowing:
    """The next one; ticker and kind are those of `alarm` and are passed over without one."""
    by = _ORDER[(_ORDER.index(narrowing.by) + 1) % len(_ORDER)]
    if by in ("ticker", "kind"):
        return Narrowing(by, alarm.symbol if by == "ticker" else alarm.kind) if alarm else Narrowing("unseen")
    return Narrowing(by)


def explained(alarms: tuple[Alarm, ...], chosen: int | None) -> Alarm | None:
    """The one a person chose, or the newest that is open, or the newest."""
    picked = [alarm for alarm in alarms if alarm.id == chosen]
    unseen = [alarm for alarm in alarms if alarm.state == "open"]
    return next(iter([*picked, *unseen, *alarms]), None)
