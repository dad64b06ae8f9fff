"""A line to type in, in place of the keys."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, Static

from engine.format import width

_ARROWS = {"down": 1, "up": -1}
_BETWEEN = " · "
_LINE = 12
"""Cells to type in that no hint takes."""


class Prompt(Horizontal):
    """Asks for one line; posts `Typed` with each key, `Picked` with an arrow, `Finished` at the end."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "screen.back", show=False)]

    class Typed(Message):
        """The text so far."""

        def __init__(self, prompt: "Prompt", text: str) -> None:
            self.prompt, self.text = prompt, text
            super().__init__()

    class Picked(Message):
        """An arrow was pressed: the choice above the line moves."""

        def __init__(self, by: int) -> None:
            self.by = by
            super().__init__()

    class Finished(Message):
        """Enter was pressed."""

        def __init__(self, prompt: "Prompt", text: str) -> None:
            self.prompt, self.text = prompt, text
            super().__init__()

    def __init__(self, purpose: str, label: str, hint: str, text: str = "", example: str = "") -> None:
        """`example` stands in the line while it is empty."""
        super().__init__(id="prompt")
        self.purpose = purpose
        self._example = example
        self._label, self._hint, self._text = label, hint, text
        self._entered = False
        self._own: Key | None = None
        self._told: str | None = None
        """The text that it ended with, as long as it is in the line."""

    def compose(self) -> ComposeResult:
        """Label, line, hint."""
        yield Static(self._label, id="prompt-label", markup=False)
        line = _Line(self._text, self._example, compact=True, select_on_focus=False)
        line.cursor_blink = False
        yield line
        yield Static(self._hinted(self._text), id="prompt-hint", markup=False)

    def on_mount(self) -> None:
        """Typing goes here."""
        self.query_one(Input).focus()
        if self._entered:
            self._finish(self._text)

    def take(self, key: Key) -> bool:
        """A key that was typed before this line had the focus; False of one that came to the line itself."""
        if key is self._own:
            return False
        line = next(iter(self.query(Input)), None)
        if key.key == "enter":
            self._entered = True
            if line:
                self._finish(line.value)
        elif key.character and key.is_printable:
            self._text += key.character
            if line:
                line.insert_text_at_cursor(key.character)
        return True

    def on_key(self, event: Key) -> None:
        """The arrows move what the line itself has no use for; the keys that edit it are left to it."""
        self._own = event
        if event.key in _ARROWS:
            event.stop()
            self.post_message(self.Picked(_ARROWS[event.key]))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another character; the hint gives way to a long text."""
        event.stop()
        self._hint_again()
        if event.input.value != self._told:  # letters that came in one go with Enter are told after it
            self._told = None
            self.post_message(self.Typed(self, event.value))

    def on_resize(self) -> None:
        """Another width has room for another hint."""
        self._hint_again()

    def _hint_again(self) -> None:
        hint, hinted = self.query_one("#prompt-hint", Static), self._hinted(self.query_one(Input).value)
        if hint.content != hinted:
            hint.update(hinted)

    def _hinted(self, text: str) -> str:
        """As many pieces of the hint, the last ones first, as leave the line its room."""
        line = max(width(text or self._example), _LINE) + 1
        room = self.app.size.width - width(self._label) - line
        pieces = self._hint.split(_BETWEEN)
        while pieces and width(_BETWEEN.join(pieces)) > room:
            pieces.pop(0)
        return _BETWEEN.join(pieces)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self._finish(event.value)

    def _finish(self, text: str) -> None:
        self._told = text
        self.post_message(self.Finished(self, text))


class _Line(Input):
    def on_unmount(self) -> None:
        """The screen, which Textual tells of each text that is marked, would hold on to it for ever."""
        self.screen.text_selection_started_signal.unsubscribe(self)
