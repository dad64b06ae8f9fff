"""One list as it stands."""

from dataclasses import dataclass, field
from datetime import date

from engine.ports import List
from engine.protocol import Alarm, AlarmTally, Feed, Holdings, KindGrades, Market, Model, Row
from engine.services.timeline import Stretch


@dataclass(slots=True)
class Board:
    """One list as it stands."""

    list: List
    rows: tuple[Row, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    tally: AlarmTally | None = None
    """Its alarms against the budget, None where they are not kept."""
    year_from: date | None = None
    """The first session that counts against the budget of a year."""
    grades: dict[str, KindGrades] = field(default_factory=dict)
    """How its alarms turned out, by kind."""
    model: Model | None = None
    session: date | None = None
    lacks_model: tuple[str, ...] = ()
    of_models: str | None = None
    """What is wrong with a model that should speak about it, in words."""
    undecided: str | None = None
    """What passed unwatched and lies too far back for its alarms to be decided, in words."""
    no_market: str | None = None
    """Why it can have no alarm of its market, in words."""
    screens: int = 0
    fresh: bool = False
    """Whether the rows come from a scan of the list as it is now."""
    feed: Feed = field(default_factory=Feed)
    """How the source did with this list."""
    second: Feed | None = None
    """How the second source did with it, where it has any of it."""
    markets: tuple[Market, ...] = ()
    holdings: Holdings | None = None
    chosen: bool = False
    """Whether a screen has ever shown it."""
    as_of: date | None = None
    """The session after which all of this stood so; None: now."""
    stretch: Stretch = field(default_factory=Stretch)
    """Where one can step to."""
    away: int = 0
    """How many of its screens stand at an earlier session."""

    @property
    def followed(self) -> bool:
        """Whether a screen shows it as it is now."""
        return self.screens > self.away

    def take(self, scanned: "Scanned") -> None:
        """It stands as it was scored."""
        self.rows, self.alarms, self.model = scanned.rows, scanned.alarms, scanned.model
        self.year_from, self.grades = scanned.year_from, scanned.grades
        self.session, self.lacks_model = scanned.session, scanned.lacks_model
        self.of_models, self.undecided = scanned.of_models, scanned.undecided
        self.no_market, self.stretch = scanned.no_market, scanned.stretch
        self.fresh = True


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan of a list gave."""

    rows: tuple[Row, ...]
    alarms: tuple[Alarm, ...]
    year_from: date | None
    grades: dict[str, KindGrades]
    model: Model | None
    session: date | None
    lacks_model: tuple[str, ...]
    of_models: str | None
    undecided: str | None
    no_market: str | None
    stretch: Stretch
