"""A screen that shows the state in panes and posts what is asked of it; it knows no engine."""

from collections.abc import Callable, Hashable
from datetime import date
from functools import partial, wraps
from itertools import takewhile
from pathlib import Path
from typing import ClassVar, Concatenate, ParamSpec, Self, TypeVar

from textual.binding import Binding
from textual.events import Key as Pressed
from textual.events import ScreenResume
from textual.geometry import Region
from textual.reactive import Reactive
from textual.timer import Timer
from textual.widget import Widget

from engine.protocol import AddSymbol, Command
from tui.charting import behind
from tui.events import Adding, Event, Read, Said, Used
from tui.kept import Kept
from tui.keymap import KEYS, Key, Keymap, Place, hints, keys_on
from tui.messages import Ask, Happened, InTurn
from tui.pane import Pane, Standing
from tui.state import State

SETTLE = 0.08
"""Seconds a selection has to stand before what it shows is asked for: a held key must not queue up charts."""

ABOVE = Path(__file__).with_name("above.tcss")
"""The style of all screens but Watch, which is painted before it is read."""

_WIDTHS = [
    (0, "-tiny"),
    (60, "-slim"),
    (76, "-narrow"),
    (100, "-wide"),
    (150, "-vast"),
]
_HEIGHTS = [
    (0, "-flat"),
    (15, "-low"),
    (20, "-short"),
    (30, "-tall"),
    (50, "-high"),
]


P = ParamSpec("P")
S = TypeVar("S", bound="Stage")


def in_turn(action: Callable[Concatenate[S, P], None]) -> Callable[Concatenate[S, P], None]:
    """An action that goes by what is selected.

    A slow link delivers in one go what a hand typed: the keys before this one are known by then, but what they mean
    for the state still waits to be handled.
    """

    @wraps(action)
    def waiting(stage: S, /, *args: P.args, **named: P.kwargs) -> None:
        stage.post_message(InTurn(stage, partial(action, stage, *args, **named)))

    return waiting


def bindings(place: Place) -> list[Binding]:
    """The keys of a screen, as Textual wants them."""
    return [_binding(key) for key in keys_on(place) if not key.everywhere]


def _binding(key: Key) -> Binding:
    return Binding(key.keys, key.action, key.words, show=False, id=key.name)


class Stage(Kept):
    """Its panes show the state; which of them are seen, and where, is app.tcss's and above.tcss's."""

    PLACE: ClassVar[Place]
    """Which of the keys are its own."""

    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Who has the focus shows it by itself; Textual would paint the whole screen again."""

    def __init__(self, size: tuple[int, int], keys: Keymap = KEYS) -> None:
        super().__init__(size)
        self.keys = keys
        """All keys, those of one's own among them."""
        self.state = State()
        """What is shown."""
        self._asked: Hashable = None
        self._at: date | None = None
        self._settling: Timer | None = None

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Where things are placed anew, what has moved is painted; Textual would paint all of it."""
        return super().refresh(*regions, repaint=repaint and not layout, layout=layout, recompose=recompose)

    def show(self, state: State) -> None:
        """Show this state and ask for what it lacks; where another screen covers this one, once it is seen again."""
        self.state = state
        if not self.seen:
            return
        for pane in self.query(Pane):  # none of them is there any more while the app leaves
            pane.show(state)
        self.want()

    @property
    def seen(self) -> bool:
        """Whether no screen covers this one; Textual counts the one just below as seen too."""
        above = takewhile(lambda screen: screen is not self, reversed(self.app.screen_stack))
        return all(screen.styles.background.a < 1 for screen in above)

    def _compositor_refresh(self) -> None:
        """Paint what has changed; Textual would have the screen that covers this one painted again for it."""
        if self.seen:
            super()._compositor_refresh()

    def want(self) -> None:
        """Ask for what the state lacks, once it has lacked that for a moment."""
        key = self.wanted()
        if key == self._asked:
            return
        wait = SETTLE if self._at == self.state.as_of else 0.0
        self._asked, self._at = key, self.state.as_of
        if self._settling is not None:
            self._settling.stop()
        if key is not None:
            self._settling = self.set_timer(wait, self.ask_for_wanted) if wait else None
        if key is not None and not wait:  # a session was waited for already
            self.ask_for_wanted()

    def wanted(self) -> Hashable:
        """What the screen shows beside the state's own rows; None where it is nothing, or cannot be asked for."""
        return None

    def ask_for_wanted(self) -> None:
        """Ask the engine for it."""

    def settle(self) -> None:
        """The first pane has the focus where none has it."""
        if self.focused is None and self.AUTO_FOCUS:
            self.set_focus(next(iter(self.query(self.AUTO_FOCUS)), None))

    def on_screen_resume(self, _: ScreenResume) -> None:
        """Seen again: what was not shown meanwhile is now."""
        for each in (*self.query(Standing), *self.query(Pane)):
            each.opened(self.state)
        if behind(self.state):
            self._asked = None
        self.show(self.state)

    def begin(self, state: State, size: tuple[int, int]) -> None:
        """Before it is shown, again or for the first time: this state is to be seen, and nothing was asked for yet."""
        self.state = state
        self._asked, self._at = None, None
        self.fit(size)

    def leave(self) -> None:
        """It is not to be seen any more: what was open on it is closed, and the focus goes back to the first pane."""
        if self._settling is not None:
            self._settling.stop()
        first = next(iter(self.query(self.AUTO_FOCUS or "")), None)
        if first is not None and self.focused not in (None, first):
            self.set_focus(first)
        self.query("#prompt, #picker, #confirm").remove()

    def on_key(self, event: Pressed) -> None:
        """Any key clears the line that was there to be read; a hint that was followed for the first time is kept."""
        if self.state.notice:
            self.tell(Read())
        for hint in hints(self.PLACE, event.key, self.keys) - self.state.used:
            self.tell(Used(hint))

    def action_pane(self, by: int) -> None:
        """The focus goes round."""
        if by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    @in_turn
    def action_undo(self) -> None:
        """Put the last removed symbol back where it was; what promises it is read on every screen."""
        removed = self.state.removed
        if removed is None:
            self.tell(Said("nothing was taken off this list"))
        else:
            self.add(AddSymbol(removed.symbol, removed.position))

    def add(self, command: AddSymbol) -> None:
        """The engine is to add a symbol, whose row is selected once it is there."""
        self.tell(Adding())
        self.ask(command)

    def tell(self, event: Event) -> None:
        """Something changes what is shown."""
        self.post_message(Happened(event))

    def ask(self, command: Command) -> None:
        """The engine is to do something."""
        self.post_message(Ask(command))

    def ask_for_selected(self, command: Callable[[str], Command]) -> None:
        """The engine is to do something with the selected symbol."""
        if self.state.selected is None:
            self.tell(Said("no symbol is selected"))
        else:
            self.ask(command(self.state.selected))
