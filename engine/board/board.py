"""One list as it stands, and one connection that looks at it."""

from dataclasses import dataclass, field
from datetime import date

from engine.errors import BadRequest
from engine.ports import List
from engine.protocol import Alarm, AlarmTally, Feed, Holdings, KindGrades, Market, Model, Row, View


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

    def take(self, scanned: "Scanned") -> None:
        """It stands as it was scored."""
        self.rows, self.alarms, self.model = scanned.rows, scanned.alarms, scanned.model
        self.year_from, self.grades = scanned.year_from, scanned.grades
        self.session, self.lacks_model = scanned.session, scanned.lacks_model
        self.of_models, self.undecided = scanned.of_models, scanned.undecided
        self.no_market = scanned.no_market
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


class Visitor:
    """One connection: the board it shows, if it attached."""

    def __init__(self) -> None:
        self.since = 0.0
        """When it came, in seconds since the epoch."""
        self.bytes = 0
        """Bytes that were sent to it."""
        self.board: Board | None = None
        self.rate: float | None = None
        self.sent: View | None = None

    def show(self, board: Board) -> None:
        """Turn to another board."""
        self.leave()
        self.board = board
        board.screens += 1
        board.chosen = True

    def leave(self) -> None:
        """Show nothing any more."""
        if self.board:
            self.board.screens -= 1
            self.board = None

    def shown(self) -> Board:
        """The board it shows. Raises BadRequest if it has not attached."""
        if self.board is None:
            raise BadRequest("this needs an attached screen", do="send Attach first")
        return self.board
