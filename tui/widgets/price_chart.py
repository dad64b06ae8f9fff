"""The chart of one ticker: price, forecast, alarms, volume, and two lines of figures."""

from engine.format import ago, day, direction, moment, number, percent, plain, price, unit_words
from engine.protocol import Chart, DataNote, Row
from tui.exchanges import zone_of
from tui.order import change_of
from tui.pane import Pane
from tui.plot import draw
from tui.spans import DOUBTFUL, REPAIRED, Spans, cells, cut, framed, joined, trend
from tui.state import RANGES, State

_BRIEF = 4
"""Cells of a unit that are as good as its code."""
_ALL_RANGES = 66
"""Cells of the pane from which all ranges stand beside a title."""


class PriceChart(Pane, can_focus=True):
    """Drawn again only for another chart, another size or another theme; its title follows the row."""

    def __init__(self) -> None:
        super().__init__(id="chart")
        self._drawn: tuple[object, list[Spans]] = (None, [])

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame, the plot, the figures."""
        body = [[(" ", "text"), *line] for line in self._body(width - 4, height - 2)]
        foot = _foot(self.state) if width >= 48 else []
        return framed(body, self._title(width), self._ranges(width), (width, height), self.frame, foot=foot)

    def _title(self, width: int) -> Spans:
        chart = self.state.chart
        symbol = chart.symbol if chart else self.state.selected
        row = self.state.row_of(symbol)
        if symbol is None:
            return [("Chart", "dim")]
        title: Spans = [(plain(symbol), "text bold")]
        if row is None or row.close is None:
            return title
        wide = width >= 90
        unit = self._unit(row, wide=wide)
        title += [(f" {_quote(row)} ", "text"), (f"{unit} " if unit else "", "dim")]
        change = change_of(row)
        if change is not None:
            title += [(f"{direction(change)} {percent(abs(change))} %", trend(change))]
        if wide and row.name:
            title += [(f"  {plain(row.name)}", "dim")]
        return title

    def _unit(self, row: Row, *, wide: bool) -> str:
        """What the price counts; the code where words have no room, and no code behind pence, which say it."""
        chart = self.state.chart
        words = (chart.unit if chart and chart.symbol == row.symbol else "") or unit_words(row.currency)
        return plain(words if wide or len(words) <= _BRIEF else "" if _quote(row).endswith("p") else row.currency)

    def _ranges(self, width: int) -> Spans:
        here = self.state.range
        if width < 48:
            return [(f"‹{here}›", "key")]
        place = RANGES.index(here)
        near = RANGES if width >= _ALL_RANGES else RANGES[max(min(place - 1, len(RANGES) - 3), 0) :][:3]
        return joined(([(f"‹{name}›", "key")] if name == here else [(name, "dim")] for name in near), (" ", "dim"))

    def _body(self, width: int, height: int) -> list[Spans]:
        state, chart = self.state, self.state.chart
        if chart is None:
            return [[], [(" " + (plain(state.no_chart) if state.no_chart else _waiting(state)), "dim")]]
        figures = _figures(chart, width, self._why())
        if state.zoomed:
            figures += _notes(chart.notes, width, height // 5)
        room = height - len(figures) - (1 if height >= 14 else 0)
        plotted = self._plot(chart, width, room)
        if not plotted:
            return [[], [(" too little history to draw" if len(chart.sessions) < 2 else "", "dim")]]
        return [*plotted, *([[]] * (height - len(plotted) - len(figures))), *figures]

    def _why(self) -> str | None:
        chart = self.state.chart
        row = self.state.row_of(chart.symbol if chart else None)
        return row.why if row and not row.scored else None

    def _plot(self, chart: Chart, width: int, height: int) -> list[Spans]:
        row = self.state.row_of(chart.symbol)
        currency = row.currency if row else chart.currency or "USD"
        zone = zone_of(self.state.view, row)
        key = (id(chart), width, height, currency, zone)
        if self._drawn[0] != key:
            self._drawn = (key, draw(chart, width, height, currency, zone))
        return self._drawn[1]


def _quote(row: Row) -> str:
    return price(row.close if row.price is None else row.price, row.currency, row.symbol)


def _foot(state: State) -> Spans:
    """Where the prices come from and how old they are; a quote outside the session; whose clock the axis shows."""
    row, view, chart = state.row_of(state.chart.symbol if state.chart else None), state.view, state.chart
    if row is None or view is None or view.status.replay:
        return []
    zone = zone_of(view, row)
    source = f"{plain(row.source)} {ago(state.now - row.fetched_at)}" if row.source and row.fetched_at else ""
    quote = ""
    if row.price is not None and row.price_at:
        phase = {"pre": "pre-market", "post": "post-market"}.get(row.phase or "", "quote")
        quote = f"{phase} {moment(row.price_at, zone, state.now)}"
    clock = f"{zone.rpartition('/')[2].replace('_', ' ') or 'UTC'} time" if chart and chart.times else ""
    return [(" · ".join(filter(None, (source, quote, clock))), "dim")] if source or quote or clock else []


def _notes(notes: tuple[DataNote, ...], width: int, most: int) -> list[Spans]:
    """What the quality gate found, newest first: a line for each run of sessions, and how many more there are."""
    runs: list[list[DataNote]] = []
    for note in notes:
        alike = runs and (runs[-1][-1].rule, runs[-1][-1].words) == (note.rule, note.words)
        if alike:
            runs[-1].append(note)
        else:
            runs.append([note])
    lines = [cut(_noted(run), width) for run in reversed(runs[-most:])]
    left = len(runs) - len(lines)
    return [[], *lines, *([[(f"  and {left} more before", "dim")]] if left else [])] if lines else []


def _noted(run: list[DataNote]) -> Spans:
    first, last = run[0], run[-1]
    until = f" to {last.session.isoformat()}, {len(run)} sessions" if len(run) > 1 else ""
    return [
        (f"{REPAIRED if first.treatment == 'repaired' else DOUBTFUL} ", "watch"),
        (f"{first.session.isoformat()}{until}  ", "text"),
        (plain(first.words), "text"),
        (f" · {first.treatment}", "dim"),
    ]


def _waiting(state: State) -> str:
    if state.view is None:
        return state.words
    return f"reading {plain(state.selected)}…" if state.selected else "nothing selected"


def _figures(chart: Chart, width: int, why: str | None) -> list[Spans]:
    """The indicators that are known, then the forecast, or why there is none."""
    parts = [_rsi(chart), _macd(chart), _averages(chart), _volatility(chart)]
    while cells(joined(parts, ("   ", "dim"))) > width:
        parts.pop()
    lines = [joined(parts, ("   ", "dim")), _forecast(chart, why, width), _fault(chart, width)]
    return [line for line in lines if line]


def _rsi(chart: Chart) -> Spans:
    if chart.rsi14 is None:
        return []
    role = "down bold" if chart.rsi14 <= 30 else "up bold" if chart.rsi14 >= 70 else "text"
    return [("RSI14 ", "dim"), (number(chart.rsi14, 0), role)]


def _macd(chart: Chart) -> Spans:
    if chart.macd is None:
        return []
    decimals = 0 if abs(chart.macd) >= 100 else 2
    return [("MACD ", "dim"), (number(chart.macd, decimals, sign=True), trend(chart.macd))]


def _averages(chart: Chart) -> Spans:
    if chart.ma20 is None or chart.ma50 is None:
        return []
    above = chart.ma20 > chart.ma50
    return [("MA20 ", "dim"), (">" if above else "<", "up" if above else "down"), (" MA50", "dim")]


def _volatility(chart: Chart) -> Spans:
    ratio = chart.volatility_ratio
    return [("5/60 vol ", "dim"), (f"{number(ratio, 1)}×", "watch" if ratio >= 2 else "text")] if ratio else []


def _forecast(chart: Chart, why: str | None, width: int) -> Spans:
    if why is not None:
        return [("not scored: ", "watch"), (plain(why), "text")]
    forecast = chart.forecast
    if forecast is None:
        # bars within a day are of this session: a forecast is none of theirs
        return [] if chart.times else [("no forecast yet", "dim")]
    low, high = (number(quantile, _decimals(forecast.q95)) for quantile in (forecast.q05, forecast.q95))
    when = f"{forecast.target_date:%a} {day(forecast.target_date)}"
    label = f"forecast for {when}  " if width >= 44 else f"{when}  "
    return [(label, "dim"), (f"{low} … {high}", "text"), (" (90 %)", "dim")]


def _fault(chart: Chart, width: int) -> Spans:
    """Why the newest bars of a range within days are older than they might be."""
    return cut([("nothing newer: ", "watch"), (plain(chart.fault), "text")], width) if chart.fault else []


def _decimals(price: float) -> int:
    return 0 if price >= 10_000 else 1 if price >= 100 else 2
