"""All keys, and what the marks mean: made from the keymap."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.kept import Kept
from tui.keymap import KEYS, Group, Key, Keymap, groups, shown
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
        Binding("down,j", "scroll(1)", show=False, id="move_next"),
        Binding("up,k", "scroll(-1)", show=False, id="move_previous"),
        Binding("pagedown,space", "page(1)", show=False, id="page_next"),
        Binding("pageup", "page(-1)", show=False, id="page_previous"),
        Binding("g,home", "end(-1)", show=False, id="end_previous"),
        Binding("G,end", "end(1)", show=False, id="end_next"),
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
            yield Static(id="help-more")

    def on_mount(self) -> None:
        """What is out of sight is told, wherever one has scrolled to and however large the terminal is."""
        shown = self.query_one("#help")
        self.watch(shown, "scroll_y", self._tell_more, init=False)
        self.watch(shown, "virtual_size", self._placed, init=False)

    def on_resize(self) -> None:
        """Another size has room for more lines, or fewer."""
        self._placed()

    def on_screen_suspend(self) -> None:
        """It begins at its top the next time."""
        self.query_one("#help").scroll_home(animate=False)

    def action_scroll(self, by: int) -> None:
        """A line further, or back."""
        self.query_one("#help").scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """A page further, or back; a line of the one before stays in sight."""
        self.action_scroll(by * max(self.query_one("#help").size.height - 1, 1))

    def action_end(self, by: int) -> None:
        """The last line, or the first."""
        self.action_scroll(by * 1_000_000)

    def _placed(self) -> None:
        """How much is out of sight is known once the lines are placed."""
        self.call_after_refresh(self._tell_more)

    def _tell_more(self) -> None:
        shown = self.query_one("#help")
        above = round(shown.scroll_y)
        below = max(shown.max_scroll_y - above, 0)
        told = [(self._shown("page(1)"), f" {_lines(below)} below")] if below else []
        told += [(self._shown("page(-1)"), f" {_lines(above)} above")] if above else []
        pieces = [piece for key, words in told for piece in ((f"   {key}", "$role-key bold"), (words, "$role-dim"))]
        self.query_one("#help-more", Static).update(Content.assemble(*pieces))

    def _shown(self, action: str) -> str:
        return shown(action, self._keys)


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"


def _group(group: Group, keys: tuple[Key, ...]) -> Content:
    return _block(group, tuple((key.shown, key.words) for key in keys), "$role-key bold")


def _block(title: str, lines: tuple[tuple[str, str], ...], style: str) -> Content:
    rows = [Content.assemble((f"{sign:<8}", style), (words, "$role-text")) for sign, words in lines]
    return Content("\n").join([Content.styled(title, "$role-dim bold"), *rows])
