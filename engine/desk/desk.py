"""The desk: it gives each command to whoever carries it out."""

from engine.board import Boards, Visitor
from engine.desk import alarms, house, models, screen, watchlists, work
from engine.desk.means import Handlers, Means, Say
from engine.errors import BadRequest
from engine.protocol import (
    Acknowledge,
    AddSymbol,
    AddTickers,
    Command,
    FetchBars,
    ImportBars,
    ImportWatchlist,
    Mute,
    PauseReplay,
    Refresh,
    RemoveSymbol,
    RemoveTickers,
    Result,
    RetryJob,
    RollBack,
    SetRules,
    Snooze,
    Train,
    Tune,
    Unmute,
    View,
)

_HANDLERS: Handlers = {
    **screen.HANDLERS,
    **alarms.HANDLERS,
    **watchlists.HANDLERS,
    **work.HANDLERS,
    **models.HANDLERS,
    **house.HANDLERS,
}


_CHANGING = (
    *(Acknowledge, Snooze, Mute, Unmute),
    *(AddSymbol, RemoveSymbol, AddTickers, RemoveTickers, SetRules, ImportWatchlist),
    *(Refresh, FetchBars, ImportBars, Train, Tune, RollBack, RetryJob, PauseReplay),
)
"""What changes alarms, lists, prices, models or the replay; a job can be stopped from anywhere."""


class Desk:
    """Carries out commands."""

    def __init__(self, means: Means) -> None:
        self._means = means

    @property
    def boards(self) -> Boards:
        """The lists in use."""
        return self._means.boards

    async def carry_out(self, command: Command, visitor: Visitor, say: Say) -> Result:
        """The result of a command; progress goes to `say`. Raises EngineError.

        Nothing is changed by a screen that stands at an earlier session: it would be done to what is now.
        """
        if visitor.as_of and isinstance(command, _CHANGING):
            raise BadRequest(f"you are at {visitor.as_of}, from where nothing is changed", do="go back to now first")
        if isinstance(command, RetryJob):
            command = self._means.jobs.interrupted(command.job)
            visitor = Visitor()  # its symbols were settled when it was asked for, whatever is on the screen now
        return await _HANDLERS[type(command)](self._means, command, visitor, say)

    def view(self, visitor: Visitor) -> View:
        """What the visitor's screen shows now."""
        return self.boards.view(visitor.seen, self._means.jobs.all)
