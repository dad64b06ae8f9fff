"""The app: what happens becomes state, what is asked for goes to the engine."""

import os
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette, Provider
from textual.events import Key
from textual.screen import Screen
from textual.worker import Worker

from engine.protocol import Attach, Changed, Inspection, View
from tui.abilities import ascii_alone, ground
from tui.abilities import depth as depth_of
from tui.dated import Dated
from tui.events import Bound, Event, Metered, Said, Stepped, Ticked
from tui.filters import filters
from tui.keymap import KEYS, Keymap, Place
from tui.link import Connect, Link
from tui.litter import Litter
from tui.messages import Ask, Happened, InTurn
from tui.notices import Notices, notice, sequence, title, unread
from tui.palettes import Depth
from tui.rebinding import changes
from tui.reduce import reduce
from tui.screens.watch import Watch
from tui.sending import Sending
from tui.stage import ABOVE, Stage
from tui.stages import Stages, commands, loading, palette
from tui.state import State
from tui.theme import AUTO, after, named, other_rise, themes
from tui.travels import Travels

DETACHED = "detached; the engine lives on"
STOPPED = "the engine is stopped"
NOT_STOPPED = "no engine answered, so none was stopped"
LOOK_AT_THE_CLOCK = 5.0
"""Seconds at most between two looks at it."""
QUIET = 0.5
"""Seconds after the first frame until the other screens are loaded, and between two of them."""


class WhipsawApp(Sending):
    """Whipsaw's screen; its exit value is the line to print when it has gone.

    `now` is the wall clock in seconds since the epoch; `depth` and `environ` override what the terminal says of itself.
    """

    TITLE = "whipsaw"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key.keys, key.action, key.words, show=False, id=key.name) for key in KEYS if key.everywhere
    ]

    def __init__(
        self,
        connect: Connect,
        *,
        watchlist: str | None = None,
        symbols: tuple[str, ...] = (),
        rate: float | None = None,
        theme: str | None = None,
        red_up: bool | Literal["offer"] = False,
        now: Callable[[], float] = time.time,
        depth: Depth | None = None,
        keys: Keymap = KEYS,
        glyphs: Literal["auto", "unicode", "ascii"] = "auto",
        notices: Notices = "bell",
        columns: tuple[str, ...] = (),
        grouped: bool = False,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        super().__init__(environ)
        self._notices = notices
        self._now = now
        self._unpainted = False
        self._litter = Litter()
        self._keys = keys
        self._stages = Stages(self, keys)
        self._columns = columns
        if own := changes(keys):
            self.set_keymap(own)
        self._state = State(now=now(), offer_red_up=red_up == "offer", grouped=grouped, keys=keys)
        self._now_shown: View | None = None
        """What was last on the screen of what is now."""
        self._travels = Travels(self.set_timer, self._travel, lambda: self._happened(Stepped(1, by_hand=False)))
        self._link = Link(connect, Attach(watchlist, symbols, rate), lambda event: self.post_message(Happened(event)))
        unglyphed = glyphs == "ascii" or (glyphs == "auto" and ascii_alone(environ, sys.stdout.encoding or ""))
        self._less = filters(lambda: self.current_theme, colour=not self.no_color, glyphs=not unglyphed)
        chosen = ground(environ) if theme in (None, AUTO) else theme
        self._dress(named(chosen, red_up=red_up is True), depth or depth_of(self.console.color_system))

    def get_default_screen(self) -> Screen[None]:
        """Watch."""
        return Watch(self.size, self._keys, self._columns)

    def on_mount(self) -> None:
        """The panes stand first; then the engine is looked for."""
        self.call_after_refresh(self._start)

    def watch_app_focus(self, focused: bool) -> None:
        """A screen that was opened while nobody looked has no pane in focus so far."""
        if focused and isinstance(self.screen, Stage):
            self.screen.settle()

    def on_key(self, event: Key) -> None:
        """Whoever types fast is not misread: a key for a line that is only being opened is no command."""
        if isinstance(self.screen, Dated) and self.screen.typed_ahead(event):
            event.prevent_default()

    def on_happened(self, message: Happened) -> None:
        """The next state is shown."""
        self._happened(message.event)

    def on_ask(self, message: Ask) -> None:
        """The engine is asked; its answer comes back as an event."""
        self._work(partial(self._link.ask, message.command), "asked")

    def on_in_turn(self, message: InTurn) -> None:
        """All that was told before it is on the screen."""
        if message.screen in self.screen_stack:
            message.do()

    def action_theme(self, part: str = "ground") -> None:
        """The next theme; or rises in red or in green."""
        self.theme = (other_rise if part == "rise" else after)(self.theme)

    def action_stage(self, place: Place) -> None:
        """Another screen, above Watch, which is always there."""
        self._stages.go(place, self._state)

    def action_help(self) -> None:
        """The keys."""
        self._stages.help()

    def action_step(self, by: int) -> None:
        """So many sessions on, or back."""
        self._happened(Stepped(by))

    def action_now(self) -> None:
        """Back from an earlier session."""
        self._happened(Bound(None))

    def action_command_palette(self) -> None:
        """The commands by name."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(palette())

    def action_help_quit(self) -> None:
        """ctrl+c says how to leave, in the line for it."""
        leave, end = self._state.key("detach"), self._state.key("stop")
        self._happened(Said(f"{leave} detaches, {end} stops the engine too"))

    def action_suspend(self) -> None:
        """To the shell, where there may be one."""
        if self._driver and self._driver.can_suspend:
            self.action_suspend_process()
        else:
            self._happened(Said("there is no shell behind this screen"))

    def action_detach(self) -> None:
        """Leave; the engine lives on."""
        self.exit(DETACHED)

    async def action_quit(self) -> None:
        """As Textual's own key asks for it."""
        self.action_detach()

    def action_stop(self) -> None:
        """Stop the engine, then leave."""
        self._work(self._stop, "stop")

    def _dress(self, theme: str, depth: Depth) -> None:
        """Set the theme as if it had always been so: its change would read all style again before the first paint."""
        for each in themes(depth):
            self.register_theme(each)
        self.set_reactive(App.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def _start(self) -> None:
        self._litter.begin()
        self._count()
        self._title(title(None))
        self.app_resume_signal.subscribe(self, self._resumed)
        self._happened(self._ticked())
        self._tick()
        self._work(self._link.run, "link")
        self.set_timer(QUIET, partial(self._load, loading()))

    def _load(self, screens: Iterator[None]) -> None:
        """The next of the other screens, while nothing else is to do."""
        if next(screens, self) is None:
            self.set_timer(QUIET, partial(self._load, screens))
        elif not self.stylesheet.has_source(str(ABOVE)):
            self.stylesheet.read(ABOVE)
            self.stylesheet.parse()

    def _resumed(self, _: App[str]) -> None:
        """Back from a shell, which knows nothing of what stood there."""
        self._title(title(self._state.view))
        self.action_redraw()

    def _work(self, job: Callable[[], Coroutine[None, None, None]], group: str) -> None:
        """Begun by its worker, so that nothing is left unawaited when the app ends first."""
        _worker: Worker[None] = self.run_worker(job, group=group)

    def _happened(self, event: Event) -> None:
        before = self._state
        for each in (*self._known_before(event), event):
            self._state = reduce(self._state, each)
        self._ring(event, before)
        if self._state.as_of is None and unread(self._now_shown) != unread(self._state.view):
            self._title(title(self._state.view))
        self._now_shown = self._state.view if self._state.as_of is None else self._now_shown
        self._travels.follow(event, before, self._state)
        self._show()

    def _known_before(self, event: Event) -> Iterator[Event]:
        """A minute that a timer has still to tell of; what was sent, as it is read beside what the engine tells."""
        if self._minutes_on and not isinstance(event, Ticked):
            yield self._ticked()
        if isinstance(event, Inspection):
            yield Metered(self._meter.sent)

    def _ring(self, event: Event, before: State) -> None:
        """Say what is new; what was there already when the screen attached comes as a whole view, and is no news.

        What has come while an earlier session was looked at is told on the way back.
        """
        returned = before.as_of is not None
        if self._state.as_of is not None or not (isinstance(event, Changed) or returned):
            return
        if said := notice(self._now_shown if returned else before.view, self._state.view):
            self._write(sequence(said, self._notices, self._environ))

    def _travel(self, to: date | None) -> None:
        self._work(partial(self._link.travel, to), "travel")

    def _show(self) -> None:
        """The screens know at once; what several events in a row change is painted once."""
        for stage in self._shown_on:
            stage.state = self._state
        if not self._unpainted:
            self._unpainted = self.call_later(self._paint)

    def _paint(self) -> None:
        self._unpainted = False
        for stage in self._shown_on:
            stage.show(self._state)

    @property
    def _shown_on(self) -> list[Stage]:
        return [screen for screen in self.screen_stack if isinstance(screen, Stage)]

    def _tick(self) -> None:
        """Ages and countdowns step with the minutes of the clock, not with those since the start."""
        if self._minutes_on:
            self._happened(self._ticked())
            self._litter.sweep()
        # a machine that sleeps holds up a timer and not the clock, so it is looked at more often
        self.set_timer(min(60 - self._now() % 60, LOOK_AT_THE_CLOCK), self._tick)

    def _ticked(self) -> Ticked:
        return Ticked(self._now(), self._meter.sent)

    @property
    def _minutes_on(self) -> bool:
        return self._now() // 60 != self._state.now // 60

    async def _stop(self) -> None:
        stopped = await self._link.stop()
        # a link that still runs would start the next engine
        self.workers.cancel_group(self, "link")
        self.exit(STOPPED if stopped else NOT_STOPPED)
