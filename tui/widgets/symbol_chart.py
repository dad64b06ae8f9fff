"""The whole chart of a ticker, as a person wants to look at it."""

from engine.format import plain
from engine.protocol import Chart
from tui.chart_pane import ChartPane
from tui.charts.bars import Bars, bars, fan_of
from tui.charts.reading import legend, reading
from tui.charts.whole import Drawn, draw
from tui.exchanges import zone_of
from tui.heading import foot, ranges, title, why_no_chart
from tui.spans import Spans, framed, wrapped
from tui.stage import SETTLE
from tui.state import State

_IN_A_ROW = 3
"""Pictures drawn at once, as of a screen that is opened and of two keys on it; those of a key that is held wait."""
_LINE = 9
"""Rows from which a line of figures stands over the plot."""


class SymbolChart(ChartPane):
    """Another picture is drawn after the key's handler: the first few in a row at once, then one in SETTLE seconds."""

    def __init__(self) -> None:
        super().__init__(id="whole")
        self._bars: tuple[object, Bars | None] = (None, None)
        self._drawn: tuple[object, list[Spans]] = (None, [])
        self._lately = 0
        """Pictures that were drawn, less one for each SETTLE seconds since."""
        self._behind = False

    def show(self, state: State) -> None:
        """Show this state: at once where the picture stays, else as soon as not too many were drawn just now."""
        before, self.state = self.state, state
        if (before.chart, before.look, before.link) == (state.chart, state.look, state.link):
            self.repaint()
        elif not self._behind:
            self._behind = True
            if self._lately < _IN_A_ROW:
                self.call_later(self._catch_up)

    def _catch_up(self) -> None:
        """Draw what has been asked for meanwhile."""
        if not self._behind:
            return
        self._behind = False
        if not self._lately:
            self.set_timer(SETTLE, self._rest)
        self._lately += 1
        self.repaint()

    def _rest(self) -> None:
        """The next picture may be drawn."""
        self._lately -= 1
        if self._lately:
            self.set_timer(SETTLE, self._rest)
        self._catch_up()

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame, the line of figures, the plot."""
        body = [[(" ", "text"), *line] for line in self._body(width - 4, height - 2)]
        under = foot(self.state) if width >= 48 else []
        told = title(self.state, width)
        return framed(body, told, ranges(self.state, width), (width, height), self.frame, foot=under)

    def _body(self, width: int, height: int) -> list[Spans]:
        chart = self.chart
        if chart is None:
            return [[], *([(f" {line}", "dim")] for line in wrapped(why_no_chart(self.state), width - 1))]
        row = self.state.row_of(chart.symbol)
        currency = (row.currency if row else chart.currency) or "USD"
        zone = zone_of(self.state.view, row)
        key = (chart, self.state.look, width, height, currency, zone, self._why(chart))
        if self._drawn[0] != key:
            self._drawn = (key, self._picture(chart, self._known(chart, zone), width, height, currency))
        return self._drawn[1]

    def _known(self, chart: Chart, zone: str) -> Bars:
        key, known = (chart, zone), self._bars[1]
        if self._bars[0] != key or known is None:
            known = bars(chart, zone)
            self._bars = (key, known)
        return known

    def _picture(self, chart: Chart, known: Bars, width: int, height: int, currency: str) -> list[Spans]:
        look, count = self.state.look, len(known.closes)
        if count < 2:
            return [[], [(" too little history to draw", "dim")]]
        first, end = look.window(count)
        seen = known.upto(first, end)
        cursor = None if look.cursor is None else max(min(count - 1 - look.cursor, end - 1), first) - first
        line = self._line(chart, seen, cursor, currency, width) if height >= _LINE else None
        drawn = draw(
            Drawn(
                seen,
                known.closes[-1],
                fan_of(chart) if end == count else (),
                chart.markers,
                chart.notes,
                cursor,
                currency,
            ),
            look,
            width,
            height - (line is not None),
        )
        return [*([line] if line is not None else []), *drawn] if drawn else [[], [(" no room to draw", "dim")]]

    def _line(self, chart: Chart, seen: Bars, cursor: int | None, currency: str, width: int) -> Spans:
        if cursor is not None:
            return reading(seen, cursor, chart.markers, currency, width)
        why = self._why(chart)
        if why is not None:
            return [(" not scored: ", "watch"), (plain(why), "text")]
        count = sum(close is not None for close in chart.close)
        return legend(seen, self.state.look, count, currency, width)

    def _why(self, chart: Chart) -> str | None:
        row = self.state.row_of(chart.symbol)
        return row.why if row and not row.scored else chart.fault
