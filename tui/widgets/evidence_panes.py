"""Beside the chart of a ticker: its alarms and forecasts, and what each kind of alarm says of it."""

from engine.format import plain
from tui.charts.bars import fan_of
from tui.detectors import summary, table
from tui.evidence import ahead, evidence, found
from tui.pane import CHARTED, EXPLAINED, FED, LISTED, SAID, Pane
from tui.spans import Spans, framed, wrapped

_NOTES = 3
"""Findings of the quality gate that are told."""


class Evidence(Pane):
    """Alarms with all they rest on, that of the cursor's session and those that are open, else the newest that is over.

    Then what is forecast, and what was found in the data.
    """

    UNSEEN = SAID | LISTED | EXPLAINED | FED

    def __init__(self) -> None:
        super().__init__(id="evidence")

    def paint(self, width: int, height: int) -> list[Spans]:
        """A block each, as far as they fit."""
        room, alarms = width - 4, self.state.own_alarms
        tally = self.state.view.status.alarms if self.state.view else None
        unmutes = self.state.key("mute")
        standing = [alarm for alarm in alarms if alarm.state not in ("closed", "withdrawn")]
        pointed = self.state.pointed_alarms
        blocks = [evidence(alarm, tally, room, unmutes, whole=True) for alarm in pointed]
        blocks += [evidence(alarm, tally, room, unmutes) for alarm in standing if alarm not in pointed]
        if not blocks:
            last = [line for alarm in alarms[:1] for line in evidence(alarm, tally, room, unmutes)]
            blocks = [[[("no alarm is open", "text")]], last] if self.state.view else []
        blocks += [self._ahead(room), self._found(room)]
        body: list[Spans] = []
        for block in blocks:
            body += [*([[]] if body and block else []), *block]
        unseen = sum(alarm.state == "open" for alarm in standing)
        info: Spans = [(f"{unseen} open", "text" if unseen else "dim")] if self.state.view else []
        lines = [[(" ", "text"), *line] for line in body]
        return framed(lines, [("Evidence", "text bold")], info, (width, height), self.frame)

    def _ahead(self, room: int) -> list[Spans]:
        chart = self.state.chart
        if chart is None or chart.symbol != self.state.selected or chart.times:
            return []
        told = ahead(fan_of(chart), _decimals(chart.close), room)
        return [[("Forecast", "dim")], *told] if told else [[("no forecast", "dim")]]

    def _found(self, room: int) -> list[Spans]:
        chart = self.state.chart
        notes = found(chart.notes, room, _NOTES) if chart and chart.symbol == self.state.selected else []
        return [[("Data", "dim")], *notes] if notes else []


class Detectors(Pane, can_focus=True):
    """A line a kind; the reason of each, or of the chosen one."""

    UNSEEN = SAID | LISTED | CHARTED | FED

    def __init__(self) -> None:
        super().__init__(id="detectors")

    @property
    def page(self) -> int:
        """Kinds that are seen at once."""
        return max(self.size.height - 3, 1)

    def paint(self, width: int, height: int) -> list[Spans]:
        """The table, or why there is none."""
        kinds, of, room = self.state.explained, self.state.explanation, width - 4
        chosen = self.state.chosen_kind
        lines = table(kinds, chosen.kind if chosen else None, room, height - 2, self.state.own_alarms)
        if not kinds:
            why = of.why if of and of.symbol == self.state.selected else None
            lines = [[(line, "text")] for line in wrapped(f"not scored: {plain(why)}" if why else "", room)]
        doubt = of.word == "no skill" if of and kinds else False
        info: Spans = [(f"model has no skill · {summary(kinds)}" if doubt and width >= 58 else summary(kinds), "dim")]
        body = [[(" ", "text"), *line] for line in lines]
        title: Spans = [("Detectors", "text bold")]
        return framed(body, title, info if kinds else [], (width, height), self.frame)


def _decimals(closes: tuple[float | None, ...]) -> int:
    last = next((close for close in reversed(closes) if close is not None), 0.0)
    return 0 if last >= 10_000 else 1 if last >= 100 else 2 if last >= 1 else 4
