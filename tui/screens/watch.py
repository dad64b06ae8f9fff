"""The first screen: the list, the chart of the selected ticker, the alarms."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from engine.format import plain
from engine.protocol import (
    AddSymbol,
    GetChart,
    GetLists,
    RemoveSymbol,
    Search,
    ShowList,
)
from tui.choices import lists_of, orders_of
from tui.dated import Dated
from tui.events import (
    Folded,
    Found,
    Grouped,
    Hidden,
    Jumped,
    Moved,
    Narrowed,
    Picked,
    Resorted,
    Said,
    Searching,
    Sought,
)
from tui.expression import fault_of
from tui.keymap import KEYS, Keymap
from tui.pane import Panes
from tui.stage import bindings, in_turn
from tui.state import ChartKey, State
from tui.widgets.alarm_feed import AlarmFeed
from tui.widgets.filter_line import FilterLine
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice_line import NoticeLine
from tui.widgets.picker import Picker
from tui.widgets.price_chart import PriceChart
from tui.widgets.prompt import Prompt
from tui.widgets.search_list import SearchList
from tui.widgets.small import TooSmall
from tui.widgets.status_bar import StatusBar
from tui.widgets.watchlist_table import WatchlistTable

_EXAMPLE = "words, or an expression: rarity < 60 and state = Bull"
_PAUSE = 0.3
"""Seconds without a key before a name that is being typed is looked for."""


class Watch(Dated):
    """The list beside the chart of the selected ticker, the alarms below."""

    PLACE = "watch"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("watch")]
    AUTO_FOCUS = "#table"

    def __init__(self, size: tuple[int, int], keys: Keymap = KEYS, columns: tuple[str, ...] = ()) -> None:
        super().__init__(size, keys)
        self._columns = columns
        self._pausing: Timer | None = None

    def compose(self) -> ComposeResult:
        """The panes; which of them show, and where, is app.tcss's."""
        yield StatusBar()
        with Panes(id="panes"):
            yield WatchlistTable(self._columns)
            yield PriceChart()
            yield AlarmFeed()
        yield NoticeLine()
        yield SearchList()
        yield FilterLine()
        yield KeyBar("watch", self.keys)
        yield TooSmall()

    def show(self, state: State) -> None:
        """Show this state, in the list that is picked from too."""
        super().show(state)
        for picker in self.query(Picker):
            if picker.purpose == "list":
                picker.offer(lists_of(state))

    def action_move(self, by: int) -> None:
        """The next row, or the one before, in the pane that has the focus."""
        self.tell(Moved(by, "feed" if isinstance(self.focused, AlarmFeed) else "table"))

    def action_page(self, by: int) -> None:
        """A page further, or back."""
        pane = self.focused if isinstance(self.focused, AlarmFeed) else self.query_one(WatchlistTable)
        self.action_move(by * pane.page)

    def action_end(self, by: int) -> None:
        """The first row, or the last."""
        self.action_move(by * 1_000_000)

    async def action_open(self) -> None:
        """The selected ticker on the whole screen; from the feed, the one of its alarm, at its session."""
        alarm = self.state.alarm
        if alarm and isinstance(self.focused, AlarmFeed):
            if self.state.row_of(alarm.symbol) is None:
                self.tell(Said(f"{plain(alarm.symbol)} is no ticker of this list, so it has no chart"))
                return
            self.tell(Jumped(alarm.id))
        await self.run_action("app.stage('symbol')")

    async def action_back(self) -> None:
        """One step back: the line that is open, the filter of the list, that of the feed; in the feed its own first."""
        asking = self.asking
        if asking:
            await self._close()
        narrowed = self.state.narrowing.by != "all" and not asking
        if narrowed and (isinstance(self.focused, AlarmFeed) or not self.state.find):
            self.tell(Narrowed(on=False))
        elif self.state.find or self.state.fault:
            self.tell(Found(""))

    def action_narrow(self) -> None:
        """The next filter of the feed."""
        self.tell(Narrowed())

    def action_find(self) -> None:
        """Type what the rows must contain, or be."""
        self.open_line(Prompt("find", " / ", "Enter keeps it · Esc shows all ", self.state.find, _EXAMPLE))

    def action_add(self) -> None:
        """Type a symbol, or a name to pick it by."""
        self.open_line(Prompt("add", " add symbol: ", "a name is looked for · ↓ picks · Enter adds · Esc leaves "))

    def action_lists(self) -> None:
        """Pick another list."""
        if self.state.view:
            self.open_line(Picker("list", "Lists", lists_of(self.state), self.state.view.watchlist.name))
            self.ask(GetLists())

    def action_sort(self) -> None:
        """Pick the column that the list is sorted by."""
        self.open_line(Picker("sort", "Sort by", orders_of(self.state), self.state.sort.by))

    def action_reverse(self) -> None:
        """The order the other way round."""
        self.tell(Resorted())

    def action_group(self) -> None:
        """Put the rows under the headings of their groups, or no longer."""
        self.tell(Grouped())

    @in_turn
    def action_fold(self) -> None:
        """Fold the group of the selected row to its heading."""
        row = self.state.row
        if row or not self.state.grouped:
            self.tell(Folded(row.group if row else ""))

    def action_unfold(self) -> None:
        """Unfold all groups."""
        self.tell(Folded())

    @in_turn
    def action_remove(self) -> None:
        """Take the selected symbol off the list."""
        self.ask_for_selected(RemoveSymbol)

    def action_hide(self) -> None:
        """Hide the amounts of holdings, or show them."""
        self.tell(Hidden())

    def on_prompt_typed(self, event: Prompt.Typed) -> None:
        """The list is filtered while the text is typed."""
        if event.prompt.purpose == "find":
            self.tell(Found(event.text))
            return
        if event.prompt.purpose != "add":
            return
        self.tell(Sought(event.text))
        self._stop_pausing()
        self._pausing = self.set_timer(_PAUSE, self._search)

    def on_prompt_picked(self, event: Prompt.Picked) -> None:
        """The choice among what was found moves."""
        self.tell(Picked(event.by))

    async def on_prompt_finished(self, event: Prompt.Finished) -> None:
        """The line is closed; a symbol is added."""
        if event.prompt.purpose not in ("find", "add"):
            return
        # the text of this message, for the state may still wait for its last letter
        seeking, text = self.state.seeking, event.text.strip()
        symbol = seeking.symbol if seeking and seeking.text.strip() == text else text.upper()
        if event.prompt.purpose == "find":
            self.tell(Found(text, done=True))
            if fault_of(text, private=self.state.private):
                return
        await self._close()
        if event.prompt.purpose == "add" and symbol:
            self.add(AddSymbol(symbol))
        elif event.prompt.purpose == "add" and text:
            self.tell(Said(f"{plain(text)} is no symbol, and nothing was found by that name"))

    async def on_picker_picked(self, event: Picker.Picked) -> None:
        """Another list is shown, or another order."""
        await self._close()
        if event.purpose == "list":
            self.ask(ShowList(event.name))
        else:
            self.tell(Resorted(event.name))

    async def _close(self) -> None:
        await self.close_line()
        self._stop_pausing()
        self.tell(Sought(None))

    def _stop_pausing(self) -> None:
        if self._pausing is not None:
            self._pausing.stop()

    def _search(self) -> None:
        """Look for what is typed, if it may be a name."""
        seeking = self.state.seeking
        if seeking and seeking.worth_asking and seeking.text.strip():
            self.tell(Searching(seeking.text.strip()))
            self.ask(Search(seeking.text.strip()))

    def wanted(self) -> ChartKey | None:
        """Another chart, if the state wants another."""
        return self.state.chart_key

    def ask_for_wanted(self) -> None:
        """The chart of the selected ticker."""
        if self.state.selected is not None:
            self.ask(GetChart(self.state.selected, self.state.range))
