"""What can happen to the screen, besides what the engine's own protocol says."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.protocol import Changed, Result

Ending: TypeAlias = Literal["first", "last"]


@dataclass(frozen=True, slots=True)
class Connecting:
    """An engine is looked for or being started; `words` say so."""

    words: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The engine is gone, or could not be reached; `words` say what happens next."""

    words: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The engine would not do what was asked; `words` say what was received and what to do."""

    words: str


@dataclass(frozen=True, slots=True)
class NoChart:
    """The chart of this symbol could not be had."""

    symbol: str
    words: str


@dataclass(frozen=True, slots=True)
class Said:
    """One calm line for the person."""

    words: str


@dataclass(frozen=True, slots=True)
class Read:
    """The line was read: a key was pressed."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A row was chosen by its symbol."""

    symbol: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The choice moved by so many rows, in the list or in the feed."""

    by: int
    pane: Literal["table", "feed"] = "table"


@dataclass(frozen=True, slots=True)
class Chosen:
    """An alarm was chosen to be explained."""

    alarm: int


@dataclass(frozen=True, slots=True)
class Resorted:
    """The next order of the list was asked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """The text that rows must contain."""

    text: str


@dataclass(frozen=True, slots=True)
class Ranged:
    """A longer (+1) or shorter (-1) stretch of history was asked for."""

    step: int


@dataclass(frozen=True, slots=True)
class Zoomed:
    """The chart takes the whole screen, or gives it back."""

    on: bool


@dataclass(frozen=True, slots=True)
class Ticked:
    """A minute has passed; `now` is in seconds since the epoch."""

    now: float


Event: TypeAlias = (
    Result
    | Changed
    | Connecting
    | Lost
    | Refusal
    | NoChart
    | Said
    | Read
    | Selected
    | Moved
    | Chosen
    | Resorted
    | Found
    | Ranged
    | Zoomed
    | Ticked
)
