"""What a client may ask for; each command's docstring says how it is answered."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from engine.protocol.views import Range

VERSION = 4
"""Raised with every change that an older end would misread."""


class Attach(Struct, frozen=True, tag=True):
    """Show me a list (or these symbols), at most `rate` updates a second. Answered by a `View`; then `Changed`.

    With `as_of` all of it is as it stood after the last session up to that day, and stays so whatever happens now; the
    last stored session is now itself. Whatever else this screen asks for is then as of that day too, and what would
    change anything is refused.
    """

    watchlist: str | None = None
    symbols: tuple[str, ...] = ()
    rate: float | None = None
    as_of: date | None = None


class ShowList(Struct, frozen=True, tag=True):
    """Show another list on this screen. Answered by a `View`."""

    name: str


class GetChart(Struct, frozen=True, tag=True):
    """The bars of one symbol. Answered by a `Chart`."""

    symbol: str
    range: Range = "6M"


class GetStatus(Struct, frozen=True, tag=True):
    """Answered by `EngineStatus`."""


class Inspect(Struct, frozen=True, tag=True):
    """How the engine itself does. Answered by `Inspection`."""


class Refresh(Struct, frozen=True, tag=True):
    """Fetch what is missing for the list shown, now. Answered by `Ok` when it is done."""


class FetchBars(Struct, frozen=True, tag=True):
    """Fetch history into the store: a `Fetched` a symbol as progress, then `Ok`. No symbols: the list."""

    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    start: date | None = None
    end: date | None = None


class Train(Struct, frozen=True, tag=True):
    """Train a model on these symbols (none: the list): `TrainProgress` as progress, then `Trained`."""

    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    preset: str | None = None
    start: date | None = None
    end: date | None = None


class Evaluate(Struct, frozen=True, tag=True):
    """Walk a preset (None: the one in use) forward through history: a `Note` a fold as progress, then `Evaluated`.

    No symbols: the list. `refit` sessions lie between two trainings, `train` sessions in the training block (None: all
    before, or five years where that would take too long), of at most `folds` folds.
    """

    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    preset: str | None = None
    start: date | None = None
    end: date | None = None
    refit: int = 504
    train: int | Literal["expanding"] | None = None
    folds: int = 10


class Tune(Struct, frozen=True, tag=True):
    """Try settings on these symbols (none: the list), then train under the best: `TuneProgress` a trial, then `Tuned`.

    Trials are kept: of `trials` in all, those on record are not made again, unless they are to be `reset`.
    """

    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    preset: str | None = None
    trials: int = 30
    reset: bool = False


class CancelJob(Struct, frozen=True, tag=True):
    """Stop a job. Answered by `Ok`."""

    job: int


class RetryJob(Struct, frozen=True, tag=True):
    """Run an interrupted job again. Answered as the command that began it is, with its progress and its result."""

    job: int


class DismissJob(Struct, frozen=True, tag=True):
    """Forget a job that has ended, or that was interrupted. Answered by `Ok`."""

    job: int


class GetModels(Struct, frozen=True, tag=True):
    """The models that know a symbol of the list shown (or of these). Answered by `Models`, newest first.

    With a `symbol` there is the plot of one model on it: of `model`, or of the one in charge of it.
    """

    symbol: str | None = None
    model: int | None = None
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None


class RollBack(Struct, frozen=True, tag=True):
    """Withdraw a model in charge (none named: the newest of the list): the one before it takes over.

    Answered by `RolledBack`; refused where there is none before it.
    """

    model: int | None = None
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None


class Scan(Struct, frozen=True, tag=True):
    """Score symbols (none: the list) after a session (none: the last one). Answered by `Scanned`."""

    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    as_of: date | None = None


class Explain(Struct, frozen=True, tag=True):
    """Why a symbol has an alarm after a session (none: the last one), or none. Answered by `Explanation`.

    A symbol of the list is held against the past of the list; another against its own. MARKET asks for the market of
    the list alone.
    """

    symbol: str
    watchlist: str | None = None
    as_of: date | None = None


class Replay(Struct, frozen=True, tag=True):
    """Play a stretch of history as if live: an `AlarmEvent` an alarm as progress, then `Replayed`."""

    start: date
    end: date
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    retrain: int = 252


class Preview(Struct, frozen=True, tag=True):
    """How many alarms a list would have had in the past year with some settings given as `key=value`.

    They are those of all lists, or what a list's own file says (`of_list`: `alarms.KEY=VALUE`, `SYMBOL.KEY=VALUE`).
    Answered by `Previewed`; nothing is changed.
    """

    changes: tuple[str, ...]
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    of_list: bool = False


class GetGrades(Struct, frozen=True, tag=True):
    """How a list's alarms of each kind turned out so many sessions after (5, 10 or 21). Answered by `Grades`."""

    horizon: int = 10
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None


class ListAlarms(Struct, frozen=True, tag=True):
    """Answered by `AlarmList`, newest first."""

    since: date | None = None


class GetAlarmHistory(Struct, frozen=True, tag=True):
    """All that happened to an alarm. Answered by `AlarmHistory`."""

    alarm: int


class Acknowledge(Struct, frozen=True, tag=True):
    """A person has seen this alarm. Answered by `Ok`."""

    alarm: int


class Snooze(Struct, frozen=True, tag=True):
    """An alarm is quiet for so many sessions, or until a date, or until it escalates. Answered by `Ok`."""

    alarm: int
    sessions: int = 5
    until: date | None = None


class Mute(Struct, frozen=True, tag=True):
    """No alarm of this one's ticker and kind (`ticker`: of its ticker) rings until `Unmute`. Answered by `Ok`."""

    alarm: int
    ticker: bool = False


class Unmute(Struct, frozen=True, tag=True):
    """Alarms of this one's ticker and kind may ring again. Answered by `Ok`."""

    alarm: int


class AddSymbol(Struct, frozen=True, tag=True):
    """Add a symbol to the list shown, at `position` (None: the end). Answered by `Ok`.

    A `Note` before it says where the symbol is spelt otherwise on the list. At the position that `Removed` gave, a
    symbol comes back with the holdings and price levels it had.
    """

    symbol: str
    position: int | None = None


class RemoveSymbol(Struct, frozen=True, tag=True):
    """Take a symbol off the list shown. Answered by `Removed`, from which it can be undone."""

    symbol: str


class ShowWatchlist(Struct, frozen=True, tag=True):
    """What a list's file holds (None: the default list). Answered by `ListShown`."""

    name: str | None = None


class GetLists(Struct, frozen=True, tag=True):
    """All lists, with how many tickers and open alarms each has. Answered by `ListsKept`."""


class AddTickers(Struct, frozen=True, tag=True):
    """Put symbols at the end of a list (None: the default list), all or none. Answered by `Edited`.

    `new` makes the list where there is none of that name.
    """

    symbols: tuple[str, ...]
    watchlist: str | None = None
    new: bool = False


class RemoveTickers(Struct, frozen=True, tag=True):
    """Take symbols off a list (None: the default list), all or none. Answered by `Edited`."""

    symbols: tuple[str, ...]
    watchlist: str | None = None


class SetRules(Struct, frozen=True, tag=True):
    """Write rules of a list's alarms into its file: `alarms.KEY=VALUE`, `SYMBOL.KEY=VALUE`. Answered by `Edited`."""

    changes: tuple[str, ...]
    watchlist: str | None = None


class ImportWatchlist(Struct, frozen=True, tag=True):
    """Make a new list of another tool's file (an absolute path), named after it or `name`. Answered by `Edited`."""

    file: str
    name: str | None = None


class PauseReplay(Struct, frozen=True, tag=True):
    """Stop the replay clock, or let it go on. Answered by `Ok`."""

    paused: bool


class Search(Struct, frozen=True, tag=True):
    """Symbols whose name or code is like a text. Answered by `SearchResults`."""

    text: str


class ImportBars(Struct, frozen=True, tag=True):
    """Take price files (absolute paths) into the store: a `Fetched` a symbol as progress, then `Ok`."""

    files: tuple[str, ...]


class ExportBars(Struct, frozen=True, tag=True):
    """Write stored history, a file a symbol, into a folder (absolute path): an `Exported` a file, then `Ok`."""

    folder: str
    format: Literal["csv", "parquet"]
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None


class Stop(Struct, frozen=True, tag=True):
    """End the engine. Answered by `Ok` before it goes."""


Command: TypeAlias = (
    Attach
    | ShowList
    | GetChart
    | GetStatus
    | Inspect
    | Refresh
    | FetchBars
    | Train
    | Evaluate
    | Tune
    | CancelJob
    | RetryJob
    | DismissJob
    | GetModels
    | RollBack
    | Scan
    | Explain
    | Replay
    | Preview
    | GetGrades
    | ListAlarms
    | GetAlarmHistory
    | Acknowledge
    | Snooze
    | Mute
    | Unmute
    | AddSymbol
    | RemoveSymbol
    | ShowWatchlist
    | GetLists
    | AddTickers
    | RemoveTickers
    | SetRules
    | ImportWatchlist
    | PauseReplay
    | Search
    | ImportBars
    | ExportBars
    | Stop
)


class Request(Struct, frozen=True):
    """A command on its way to the engine; `id` comes back with each answer to it."""

    id: int
    command: Command
    version: int = VERSION
