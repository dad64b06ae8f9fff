"""The chart of one ticker: price, forecast, alarms, volume, and two lines of figures."""

from engine.format import day, number, plain
from engine.protocol import Chart
from tui.chart_pane import ChartPane
from tui.exchanges import zone_of
from tui.heading import foot, ranges, title, why_no_chart
from tui.pane import EXPLAINED, FED, LISTED, SAID
from tui.plot import draw
from tui.spans import Spans, cells, cut, framed, joined, trend, wrapped


class PriceChart(ChartPane):
    """Drawn again only for another chart, another size or another theme; its title follows the row."""

    UNSEEN = SAID | LISTED | EXPLAINED | FED | {"look"}

    def __init__(self) -> None:
        super().__init__(id="chart")
        self._drawn: tuple[object, list[Spans]] = (None, [])

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame, the plot, the figures."""
        body = [[(" ", "text"), *line] for line in self._body(width - 4, height - 2)]
        return framed(
            body,
            title(self.state, width),
            ranges(self.state, width),
            (width, height),
            self.frame,
            foot=foot(self.state) if width >= 48 else [],
        )

    def _body(self, width: int, height: int) -> list[Spans]:
        state, chart = self.state, self.chart
        if chart is None:
            return [[], *([(f" {line}", "dim")] for line in wrapped(why_no_chart(state), width - 1))]
        figures = _figures(chart, width, self._why())
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
        key = (chart, width, height, currency, zone)
        if self._drawn[0] != key:
            self._drawn = (key, draw(chart, width, height, currency, zone))
        return self._drawn[1]


def _figures(chart: Chart, width: int, why: str | None) -> list[Spans]:
    """The indicators that are known, then the forecast, or why there is none."""
    parts = [_rsi(chart), _macd(chart), _averages(chart), _volatility(chart)]
    while cells(joined(parts, ("   ", "dim"))) > width:
        parts.pop()
    below = [_forecast(chart, width)] if why is None else _not_scored(why, width)
    lines = [joined(parts, ("   ", "dim")), *below, _fault(chart, width)]
    return [line for line in lines if line]


def _not_scored(why: str, width: int) -> list[Spans]:
    label = "not scored:"
    first, *others = wrapped(f"{label} {plain(why)}", width)
    return [[(first[: len(label)], "watch"), (first[len(label) :], "text")], *([(line, "text")] for line in others)]


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


def _forecast(chart: Chart, width: int) -> Spans:
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
