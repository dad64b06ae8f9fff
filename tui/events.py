"""What can happen to the screen, besides what the engine's own protocol says."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from engine.protocol import Changed, Result, SearchHit

Looking: TypeAlias = Literal["style", "beside", "cursor", "slide", "zoom"]


class Connecting(Struct, frozen=True):
    """An engine is looked for or being started; `words` say so."""

    words: str


class Lost(Struct, frozen=True):
    """The engine is gone, or could not be reached; `words` say what happens next."""

    words: str


class Refusal(Struct, frozen=True):
    """The engine would not do what was asked; `words` say what was received and what to do."""

    words: str


class NoChart(Struct, frozen=True):
    """The chart of this symbol could not be had."""

    symbol: str
    words: str


class Said(Struct, frozen=True):
    """One calm line for the person."""

    words: str


class Read(Struct, frozen=True):
    """The line was read: a key was pressed."""


class Used(Struct, frozen=True):
    """A key of the footer was pressed, by the name of its hint."""

    hint: str


class Selected(Struct, frozen=True):
    """A row was chosen by its symbol."""

    symbol: str


class Adding(Struct, frozen=True):
    """The engine is asked for another row: a symbol is added, or put back."""


class Moved(Struct, frozen=True):
    """The choice moved by so many rows, in the list, the feed or the log, among models, jobs or kinds of alarm."""

    by: int
    pane: Literal["table", "feed", "models", "jobs", "log", "kinds"] = "table"


class Chosen(Struct, frozen=True):
    """An alarm was chosen to be explained."""

    alarm: int


class Narrowed(Struct, frozen=True):
    """The next filter of the feed was asked for; or, where it is not `on`, none."""

    on: bool = True


class Jumped(Struct, frozen=True):
    """The moment of an alarm was asked for on the chart of its ticker."""

    alarm: int


class Resorted(Struct, frozen=True):
    """The order of the list by a fact was asked for, the other way round if it is that already; None: the latter."""

    by: str | None = None


class Grouped(Struct, frozen=True):
    """The rows are put under the headings of their groups, or no longer."""


class Folded(Struct, frozen=True):
    """A group is folded to its heading, or unfolded; None: all are unfolded."""

    group: str | None = None


class Found(Struct, frozen=True):
    """What the rows are to be filtered by; `done` once it is not typed any further."""

    text: str
    done: bool = False


class Ranged(Struct, frozen=True):
    """A longer (+1) or shorter (-1) stretch of history was asked for."""

    step: int


class Looked(Struct, frozen=True):
    """A person looks otherwise at the chart; `by` says how far the cursor or the chart goes, or whether nearer (+1)."""

    what: Looking
    by: int = 0


class Hidden(Struct, frozen=True):
    """Amounts of holdings are hidden, or shown again."""


class Sought(Struct, frozen=True):
    """A name to add is being typed; None: no longer."""

    text: str | None


class Searching(Struct, frozen=True):
    """The engine was asked for what is typed."""

    text: str


class Matched(Struct, frozen=True):
    """What a search for a text found; `words` say why it could not be made."""

    text: str
    hits: tuple[SearchHit, ...] = ()
    words: str = ""


class Picked(Struct, frozen=True):
    """The choice among what was found moved by so many lines."""

    by: int


class Stepped(Struct, frozen=True):
    """So many sessions on, or back, were asked for; not `by_hand` where a stretch is being played."""

    by: int
    by_hand: bool = True


class Bound(Struct, frozen=True):
    """Another day is to be looked at; None: now."""

    to: date | None


class Arrived(Struct, frozen=True):
    """The session that was asked for last is on the screen."""


class Stayed(Struct, frozen=True):
    """That session could not be had; `words` say why."""

    words: str


class Played(Struct, frozen=True):
    """An earlier stretch is played on from where one stands, or no longer."""


class Ticked(Struct, frozen=True):
    """A minute has passed; `now` is in seconds since the epoch, `sent` what went to the terminal since the start."""

    now: float
    sent: int = 0


class Metered(Struct, frozen=True):
    """What went to the terminal since the start was looked at, in bytes."""

    sent: int


Event: TypeAlias = (
    Result
    | Changed
    | Connecting
    | Lost
    | Refusal
    | NoChart
    | Said
    | Read
    | Used
    | Selected
    | Adding
    | Moved
    | Chosen
    | Narrowed
    | Jumped
    | Resorted
    | Grouped
    | Folded
    | Found
    | Ranged
    | Looked
    | Hidden
    | Sought
    | Searching
    | Matched
    | Picked
    | Stepped
    | Bound
    | Arrived
    | Stayed
    | Played
    | Ticked
    | Metered
)
