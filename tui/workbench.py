"""A screen with the queue of jobs on it."""

from engine.protocol import CancelJob, DismissJob, RetryJob
from tui.events import Said
from tui.stage import Stage, in_turn


class Workbench(Stage):
    """The chosen job can be cancelled, run again, forgotten."""

    async def action_back(self) -> None:
        """To the list."""
        await self.run_action("app.stage('watch')")

    @in_turn
    def action_cancel(self) -> None:
        """Stop the chosen job if it runs or waits, else the training that does."""
        chosen = self.state.chosen_job
        job = chosen if chosen and chosen.state in ("running", "queued") else self.state.job
        if job is None:
            self.tell(Said("no job is running"))
        else:
            self.ask(CancelJob(job.id))

    @in_turn
    def action_again(self) -> None:
        """Run an interrupted job again."""
        job = self.state.chosen_job
        if job is None or not job.again:
            self.tell(Said("no interrupted job is chosen"))
        else:
            self.ask(RetryJob(job.id))

    @in_turn
    def action_forget(self) -> None:
        """Forget a job that has ended."""
        job = self.state.chosen_job
        if job is None or job.state in ("running", "queued"):
            self.tell(Said(f"no ended job is chosen; {self.state.key('cancel')} cancels one that runs"))
        else:
            self.ask(DismissJob(job.id))
