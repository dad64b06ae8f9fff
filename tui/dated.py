"""A screen from which a date can be gone to, and on which a line can be typed for it."""

from textual.events import Key
from textual.widget import Widget

from tui.events import Bound, Refusal
from tui.journey import day_of, no_day
from tui.tending import Tended
from tui.widgets.prompt import Prompt

_DATE = "date"


class Dated(Tended):
    """Its line stands in place of the keys; one at a time."""

    def typed_ahead(self, key: Key) -> bool:
        """Whether a key was meant for the line that is being opened, and so is no command: it goes there."""
        prompt = next(iter(self.query(Prompt)), None)
        return prompt is not None and key.key != "escape" and prompt.take(key)

    def action_date(self) -> None:
        """Type the date that is to be looked at."""
        self.open_line(Prompt(_DATE, " go to the close of: ", "year-month-day · Enter goes · Esc leaves "))

    async def on_prompt_finished(self, event: Prompt.Finished) -> None:
        """The line is closed; the date is gone to."""
        if event.prompt.purpose != _DATE:
            return
        await self.close_line()
        day, status = day_of(event.text), self.state.view.status if self.state.view else None
        self.tell(Refusal(no_day(event.text, status)) if day is None else Bound(day))

    @property
    def asking(self) -> bool:
        """Whether a line, or a list to pick from, is open."""
        return bool(self.query("#prompt, #picker"))

    def open_line(self, line: Widget) -> None:
        """A line to type in, or a list to pick from; one at a time."""
        if not self.asking:
            self.mount(line, before=0)  # at the end, all others would count as moved, and be painted again

    async def close_line(self) -> None:
        """It is gone in the frame in which what it stood on has the focus again."""
        with self.app.batch_update():
            self.set_focus(self.query_one(str(self.AUTO_FOCUS)))  # before its holder goes, or another has it meanwhile
            await self.query("#prompt, #picker").remove()
