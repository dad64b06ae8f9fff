"""One list as it stands, and one connection that looks at it."""

from dataclasses import dataclass, field
from datetime import date

from engine.errors import BadRequest
from engine.ports import List
from engine.protocol import Alarm, AlarmTally, Feed, Holdings, KindGrades, Market, Model, Row, View
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


class Visitor:
    """One connection: the board it shows, if it attached, and that of an earlier session, if it stands at one."""

    def __init__(self) -> None:
        self.since = 0.0
        """When it came, in seconds since the epoch."""
        self.bytes = 0
        """Bytes that were sent to it."""
        self.board: Board | None = None
        self.then: Board | None = None
        self.rate: float | None = None
        self.sent: View | None = None

    def show(self, board: Board, then: Board | None = None) -> None:
        """Turn to another board, or to how it stood `then`."""
        self.leave()
        self.board, self.then = board, then
        board.screens += 1
        board.away += then is not None
        board.chosen = True

    def leave(self) -> None:
        """Show nothing any more."""
        if self.board:
            self.board.screens -= 1
            self.board.away -= self.then is not None
            self.board = self.then = None

    def shown(self) -> Board:
        """The board it shows. Raises BadRequest if it has not attached."""
        if self.board is None:
            raise BadRequest("this needs an attached screen", do="send Attach first")
        return self.board

    def told(self, symbol: str) -> date | None:
        """The newest session of a ticker that it was told of; None without one."""
        rows = self.sent.rows if self.sent else ()
        return next((row.session for row in rows if row.symbol == symbol), None)

    @property
    def seen(self) -> Board:
        """What is on its screen: the board, or how it stood. Raises BadRequest if it has not attached."""
        return self.then or self.shown()

    @property
    def as_of(self) -> date | None:
        """The session it stands at; None: now."""
        return self.then.as_of if self.then else None
