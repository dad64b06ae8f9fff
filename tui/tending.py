"""A screen on which a ticker and its alarms are looked after."""

from engine.format import day
from engine.protocol import Acknowledge, Alarm, CancelJob, Mute, PauseReplay, Refresh, Snooze, Train, Unmute
from tui.events import Played, Ranged, Said
from tui.evidence import PRICE
from tui.stage import Stage, in_turn


class Tended(Stage):
    """What can be done about the selected ticker, and about the alarm that is explained."""

    @property
    def alarm(self) -> Alarm | None:
        """The alarm that is explained."""
        return self.state.alarm

    def action_ranged(self, step: int) -> None:
        """A longer stretch of history, or a shorter one."""
        self.tell(Ranged(step))

    def action_refresh(self) -> None:
        """Fetch what is missing."""
        self.ask(Refresh())

    @in_turn
    def action_retrain(self) -> None:
        """Train a model on the selected symbol."""
        self.ask_for_selected(lambda symbol: Train(symbols=(symbol,)))

    def action_retrain_all(self) -> None:
        """Train a model on the list."""
        self.ask(Train())

    @in_turn
    def action_cancel(self) -> None:
        """Stop the training that runs."""
        job = self.state.job
        if job is None:
            self.tell(Said("no training is running"))
        else:
            self.ask(CancelJob(job.id))

    @in_turn
    def action_acknowledge(self) -> None:
        """The explained alarm has been seen."""
        alarm = self.alarm
        if alarm is None or alarm.state not in ("open", "snoozed"):
            self.tell(Said("no open alarm is chosen"))
        else:
            self.ask(Acknowledge(alarm.id))

    @in_turn
    def action_snooze(self) -> None:
        """The explained alarm is quiet for a while, until it escalates, or comes back."""
        alarm = self.alarm
        if alarm is not None and alarm.state == "snoozed":
            self.tell(Said(f"this alarm is snoozed already, until {day(alarm.snoozed_until)}"))
        elif alarm is None or alarm.state not in ("open", "acknowledged") or alarm.kind == PRICE:
            self.tell(Said("no alarm that can be snoozed is chosen"))
        else:
            self.ask(Snooze(alarm.id))

    @in_turn
    def action_mute(self, ticker: bool = False) -> None:
        """What the explained alarm's ticker and kind, or its whole ticker, raises does not ring; or does again."""
        alarm = self.alarm
        if alarm is None or alarm.kind == PRICE:
            self.tell(Said("no alarm that can be muted is chosen"))
        elif alarm.muted:
            self.ask(Unmute(alarm.id))
        else:
            self.ask(Mute(alarm.id, ticker))

    @in_turn
    def action_pause(self) -> None:
        """Stop the replay clock, or let it go on; at an earlier session, play on from there, or no longer."""
        if self.state.as_of:
            self.tell(Played())
            return
        ways = f"{self.state.key('step(-1)')} goes back, {self.state.key('pause')} plays from there"
        replay = self.state.view.status.replay if self.state.view else None
        if replay is None:
            self.tell(Said(f"prices are live; there is no replay to pause · {ways}"))
        elif replay.state == "ended":
            self.tell(Said(f"the replay has ended · {ways}"))
        else:
            self.ask(PauseReplay(replay.state != "paused"))
