"""All keys, and what the marks mean: made from the keymap."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.kept import Kept
from tui.keymap import KEYS, Group, Key, Keymap, groups
from tui.stage import ABOVE

_MARKS = (
    ("▲ ▼ ◆", "alert: up, down, neither"),
    ("△ ▽ ◇", "watch: the same, less rare"),
    ("1/90d", "about once in 90 sessions"),
    ("<1/4y", "rarer than all of 4 years"),
    ("Mom10", "return of 10 sessions, %"),
    ("σ", "the same in its own sigmas"),
    ("Vol", "volatility, 5 sessions / 60"),
    ("MAE %", "error of a day's return"),
    ("rMAE", "the same over persistence's"),
    ("‹ ›", "quote before, after hours"),
    ("≈ !", "repaired, other data fault"),
    ("·", "not known"),
)
_COLUMNS: tuple[tuple[Group, ...], ...] = (("Move", "Alarms", "Time"), ("List", "Chart", "Model"), ("Whipsaw",))
_WIDTHS = [(0, "-slim"), (76, "-narrow"), (116, "-wide")]


class Help(Kept):
    """Any way back closes it."""

    CSS_PATH = ABOVE
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,enter", "dismiss", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = _WIDTHS

    def __init__(self, size: tuple[int, int], keys: Keymap = KEYS) -> None:
        super().__init__(size)
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The groups in columns."""
        found = groups(self._keys)
        with VerticalScroll(id="help", can_focus=False):
            for column in _COLUMNS:
                blocks = [_group(group, found[group]) for group in column]
                # what the marks mean stands below the last keys
                blocks += [_block("Marks", _MARKS, "$role-watch")] if column is _COLUMNS[-1] else []
                yield Static(Content("\n\n").join(blocks), classes="help-column")
        with Horizontal(id="help-keys"):
            yield Static(Content.assemble((" Esc", "$role-key bold"), (" back", "$role-dim")))

    def on_screen_suspend(self) -> None:
        """It begins at its top the next time."""
        self.query_one("#help").scroll_home(animate=False)

    def action_scroll(self, by: int) -> None:
        """A line further, or back."""
        self.query_one("#help").scroll_relative(y=by, animate=False)


def _group(group: Group, keys: tuple[Key, ...]) -> Content:
    return _block(group, tuple((key.shown, key.words) for key in keys), "$role-key bold")


def _block(title: str, lines: tuple[tuple[str, str], ...], style: str) -> Content:
    rows = [Content.assemble((f"{sign:<8}", style), (words, "$role-text")) for sign, words in lines]
    return Content("\n").join([Content.styled(title, "$role-dim bold"), *rows])
