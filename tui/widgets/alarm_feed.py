"""The alarms, newest first, and why the chosen one was raised."""

from datetime import date, datetime

from textual import events

from engine.format import day, fit, local, number, plain, rarity, rarity_short, width
from engine.protocol import Alarm, AlarmState, AlarmTally, View
from tui.events import Chosen, Moved
from tui.evidence import CONFIRMED, facts_of, kind_words, track
from tui.exchanges import zone_of
from tui.messages import Happened
from tui.notices import unread
from tui.pane import CHARTED, EXPLAINED, LISTED, SAID, Pane
from tui.spans import Spans, cells, clipped, framed, mark

_WHY = 3
"""Lines below the list: a blank one and two that explain."""


class AlarmFeed(Pane, can_focus=True):
    """A line an alarm; the chosen one is explained below."""

    UNSEEN = SAID | LISTED | CHARTED | EXPLAINED | {"selected"}

    def __init__(self) -> None:
        super().__init__(id="feed")
        self._top = 0

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame, the alarms that fit, the explanation."""
        title: Spans = [("Alarms", "text bold" if self.has_focus else "text")]
        if words := self.state.narrowing.words:
            title.append((f" · {words}", "key"))
        info = self._info(width - 10 - cells(title))
        return framed(self._body(width - 2, height - 2), title, info, (width, height), self.frame)

    @property
    def page(self) -> int:
        """Alarms on one page."""
        return max(self.size.height - 2 - _WHY, 1)

    def on_click(self, event: events.Click) -> None:
        """An alarm is chosen."""
        index = self._top + event.y - 1
        if 0 < event.y <= self.page and index < len(self._alarms):
            self.post_message(Happened(Chosen(self._alarms[index].id)))

    def on_mouse_scroll_down(self) -> None:
        """The next alarm."""
        self.post_message(Happened(Moved(1, "feed")))

    def on_mouse_scroll_up(self) -> None:
        """The alarm before."""
        self.post_message(Happened(Moved(-1, "feed")))

    @property
    def _alarms(self) -> tuple[Alarm, ...]:
        return self.state.feed

    @property
    def _today(self) -> date | None:
        return self.state.view.status.session if self.state.view else None

    @property
    def _days(self) -> int:
        """Cells of a date: the year stands there only while some alarm is of another one."""
        return max(width(self._when(alarm)) for alarm in self._alarms) + 1

    def _when(self, alarm: Alarm) -> str:
        """Its day; of the last session and the running one, its time on the exchange's clock where known."""
        if alarm.at is None or (self._today and alarm.opened < self._today):
            return day(alarm.opened, self._today)
        return f"{self._local(alarm.at, alarm.symbol):%H:%M}"

    def _local(self, instant: float, symbol: str) -> datetime:
        return local(instant, zone_of(self.state.view, self.state.row_of(symbol)))

    @property
    def _symbols(self) -> int:
        """Cells of the longest symbol, and a gap."""
        return min(max([width(alarm.symbol) for alarm in self._alarms] + [6]), 12) + 2

    def _info(self, room: int) -> Spans:
        if self.state.view is None:
            return []
        tally = self.state.view.status.alarms
        unseen = unread(self.state.view)
        spans: Spans = [(f"{unseen} open", "text" if unseen else "dim")]
        for words in [f" · {told}" for told in _record(tally)] if tally else []:
            if cells([*spans, (words, "dim")]) > room:
                break
            spans.append((words, "dim"))
        return spans

    def _body(self, room: int, height: int) -> list[Spans]:
        if self.state.view is None:
            return [[], [("  " + self.state.words, "dim")]]
        alarm = self.state.alarm
        if alarm is None:
            return [[], [(f"  {self._nothing(self.state.view)}", "dim")]]
        # a feed of few lines shows alarms rather than the reasons for one
        explained = height > _WHY + 1
        rows = max(height - _WHY, 1) if explained else height
        self._scroll(self._alarms.index(alarm), rows)
        listed = self._alarms[self._top : self._top + rows]
        lines = [self._line(each, room, chosen=each == alarm) for each in listed]
        if not explained:
            return lines
        record = track(alarm, self.state.view.status.alarms)
        return [*lines, *([[]] * (height - len(lines) - _WHY + 1)), *_why(alarm, room, record, self.state.key("mute"))]

    def _nothing(self, view: View) -> str:
        """Why the feed is empty, and which key shows all."""
        if not view.alarms:
            without = view.status.alarms.no_market if view.status.alarms else None
            return f"no alarm so far · market: {plain(without)}" if without else "no alarm so far"
        return f"no such alarm · {self.state.key('back')} shows all {len(view.alarms)}"

    def _scroll(self, index: int, rows: int) -> None:
        self._top = max(min(self._top, index, max(len(self._alarms) - rows, 0)), index - rows + 1, 0)

    def _line(self, alarm: Alarm, room: int, *, chosen: bool) -> Spans:
        live = alarm.state == "open"
        tier = alarm.tier if live else "dim"
        state_cells, rare_cells = (14, 9) if room >= 100 else (7, 8)
        left: Spans = [
            ("▌" if chosen and self.has_focus else " ", "key"),
            (f"{_QUIET_MARKS.get(alarm.state) or mark(alarm.tier, alarm.direction)} ", tier),
            (fit(alarm.tier.upper() if alarm.tier == "alert" else alarm.tier, 6), tier),
            (fit(self._when(alarm), self._days), "dim"),
            (fit(plain(alarm.symbol), self._symbols), "text bold" if live else "dim"),
        ]
        rare = rarity_short(alarm.rarity_days, rarer=alarm.rarer)
        right: Spans = [
            ("  " + fit(rare, rare_cells) if alarm.p is not None else "  ", tier),
            (fit(_STATES[alarm.state][state_cells < 14], state_cells - 1, right=True) + " ", "text" if live else "dim"),
        ]
        free = room - sum(width(text) for text, _ in left + right)
        line = [*left, *_headline(alarm, free, live=live), *right]
        return [(text, f"{role}/selected") for text, role in line] if chosen and self.has_focus else line


_STATES: dict[AlarmState, tuple[str, str]] = {
    "open": ("open", "open"),
    "acknowledged": ("acknowledged", "seen"),
    "snoozed": ("snoozed", "snooze"),
    "muted": ("muted", "muted"),
    "closed": ("closed", "closed"),
    "withdrawn": ("withdrawn", "gone"),
}
_QUIET_MARKS: dict[AlarmState, str] = {"snoozed": "z", "muted": "×", "withdrawn": "○"}
"""What stands for the tier of an alarm that cannot ring."""


def _record(tally: AlarmTally) -> list[str]:
    """How many there were against what was allowed, and how many of them were right, the most needed first."""
    told = [f"{tally.this_year} in a year, {number(tally.budgeted, 0)} budgeted"]
    if tally.precision is not None:
        base = "" if tally.base_rate is None else f" (base {number(100 * tally.base_rate, 0)} %)"
        told.append(f"precision {number(100 * tally.precision, 0)} %{base}")
    return told


def _headline(alarm: Alarm, free: int, *, live: bool) -> Spans:
    """Kind and words in so many cells; where words are cut, what the alarm's standing is stays."""
    kind, role = kind_words(alarm.kind), "text" if live else "dim"
    words = f" · {plain(alarm.words)}"
    sure, until = _LONG if width(kind + words) + sum(map(width, _LONG)) <= free else _SHORT
    sure, until = sure if alarm.confirmed else "", until if alarm.provisional else ""
    room = free - width(kind + sure + until)
    if width(words) > room:
        words = words.partition("; ")[0]  # what was seen, before what is to be thought of it
    if room <= 3:
        return [(fit(kind + sure, max(free, 0)), f"{role} bold" if live else role)]
    cut = clipped(words, room)
    spans: Spans = [(kind, f"{role} bold" if live else role), (sure, role), (cut, role), (until, "dim")]
    return [*spans, (" " * (room - width(cut)), role)]


_LONG = (f" {CONFIRMED} confirmed", " · provisional until the close")
_SHORT = (f" {CONFIRMED}", " · provisional")


def _why(alarm: Alarm, room: int, record: list[str], unmutes: str) -> list[Spans]:
    label = f" Why {plain(alarm.symbol)}?  "
    rare = "" if alarm.p is None else f" · {rarity(alarm.rarity_days, rarer=alarm.rarer)}"
    free = room - width(label) - 1
    facts = _that_fit([*record, *facts_of(alarm, unmutes)], free)
    first: Spans = [(label, "dim"), (clipped(f"{plain(alarm.words)}{rare}", free), "text")]
    return [first, [(" " * width(label), "dim"), (clipped(" · ".join(facts), free), "dim")]]


def _that_fit(facts: list[str], room: int) -> list[str]:
    """As many facts as fit whole; the first one always."""
    count = len(facts)
    while count > 1 and width(" · ".join(facts[:count])) > room:
        count -= 1
    return facts[:count]
