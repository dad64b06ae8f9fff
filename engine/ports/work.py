"""Training, time and replay."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from engine.core.bars import FloatArray
from engine.core.evaluation.garch import Garch
from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.tuning import Found, Study, Trial


class Trainer(Protocol):
    """Fits banks of LSTMs, and what they are held against, somewhere else."""

    async def fit(self, job: FitJob, progress: Callable[[str | Epoch], None]) -> Fitted:
        """Fit the bank; phases in words and finished epochs go to `progress`. Cancelling ends the work at once.

        Raises TrainingError.
        """
        ...

    async def fit_garch(
        self, returns: Sequence[FloatArray], progress: Callable[[str | Epoch], None]
    ) -> tuple[Garch | None, ...]:
        """A GARCH(1,1)-t of each series of returns, None where there can be none. Raises TrainingError."""
        ...

    async def tune(self, study: Study, job: FitJob, progress: Callable[[str | Epoch | Trial], None]) -> Found:
        """Carry a study to its number of trials, each a training on the rows of a job whose window is the longest.

        Phases in words, epochs and ended trials go to `progress`. Cancelling ends the work at once; what has ended is
        on record, and the same study goes on there. Raises TrainingError.
        """
        ...

    async def close(self) -> None:
        """End whatever runs."""
        ...


class Clock(Protocol):
    """Time, so that it can be given."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        ...


class ReplayControl(Protocol):
    """The clock of a replay: a session of history that moves on when told."""

    @property
    def session(self) -> date:
        """The session played last."""
        ...

    @property
    def ended(self) -> bool:
        """Whether no session is left."""
        ...

    @property
    def paused(self) -> bool:
        """Whether it was told to stand still."""
        ...

    def pause(self, *, paused: bool) -> None:
        """Stand still, or go on; an engine that resumes the replay finds it so."""
        ...

    def place(self) -> tuple[int, int]:
        """The session's number within its calendar year, from 1, and how many that year has so far in the data."""
        ...

    def advance(self) -> date:
        """Play the next session."""
        ...
