"""The line over a chart: the values under the cursor, or what is drawn."""

from collections.abc import Sequence

from msgspec import Struct

from engine.format import compact, direction, money, number, percent, plain
from engine.protocol import Marker
from tui.charts.bars import Bars, Series
from tui.charts.look import Look
from tui.spans import Spans, cells, joined, mark, trend

_GAP = ("  ", "dim")
_NEEDED = 4
"""The rank up to which every part is wanted under the cursor: alarms, the forecast of then, open, high and low."""


class Part(Struct, frozen=True):
    """A piece of the line; the one of the highest rank is the first to give way, one of rank 0 never does."""

    spans: Spans
    rank: int
    tight: bool = False
    """Whether one space before it is enough."""


def reading(bars: Bars, at: int, markers: Sequence[Marker], currency: str, room: int) -> Spans:
    """The values of a bar, of what was forecast for it, and its alarms."""
    # words are shortened, and a band is told in one, before a figure goes
    forms = [
        _fitting(_reading(bars, at, markers, currency, terse=terse, brief=brief), room)
        for terse, brief in ((False, False), (False, True), (True, False), (True, True))
    ]
    return _line(max(forms, key=lambda parts: sum(part.rank <= _NEEDED for part in parts)))


def _reading(bars: Bars, at: int, markers: Sequence[Marker], currency: str, *, terse: bool, brief: bool) -> list[Part]:
    others = [Part(_price(name, values, at, currency), rank, terse) for name, values, rank in _others(bars)]
    return [
        Part([(f" {_when(bars, at, terse=terse)}", "key bold")], 0),
        *others,
        Part([("C ", "dim"), (money(bars.closes[at], currency), "text bold"), *_change(bars, at)], 0, terse),
        Part(_alarms(bars, at, markers), 1),
        Part(_forecast(bars, at, currency, brief=brief), 2),
        Part(_volume(bars, at), 5),
        Part(_series(bars, at, currency), 6),
    ]


def _when(bars: Bars, at: int, *, terse: bool) -> str:
    weekday = "" if terse else "%a "
    return f"{bars.times[at]:{weekday}%d %b %H:%M}" if bars.times else f"{bars.sessions[at]:{weekday}%d %b %Y}"


def legend(bars: Bars, look: Look, in_all: int, currency: str, room: int) -> Spans:
    """The overlays with their last values, how past forecasts held, which part of the bars is in sight."""
    last = len(bars.closes) - 1
    first, end = look.window(in_all)
    parts = [
        Part([(f" {end - first} of {in_all} bars", "key")] if end - first < in_all else [], 0),
        Part([(f"{in_all - end} newer ›", "key")] if end < in_all else [], 1),
        Part([("no candles: closes only", "watch")] if look.style == "candles" and not bars.whole else [], 2),
        Part(_overlays(bars, look, last, currency), 3),
        Part(_held(bars), 4),
    ]
    return _line(_fitting(parts, room))


def _others(bars: Bars) -> tuple[tuple[str, tuple[float | None, ...], int], ...]:
    return ("O", bars.opens, 4), ("H", bars.highs, 3), ("L", bars.lows, 3)


def _price(name: str, values: Sequence[float | None], at: int, currency: str) -> Spans:
    value = values[at] if values else None
    return [] if value is None else [(f"{name} ", "dim"), (money(value, currency), "text")]


def _change(bars: Bars, at: int) -> Spans:
    if not at:
        return []
    change = 100 * (bars.closes[at] / bars.closes[at - 1] - 1)
    return [(f" {direction(change)}{percent(abs(change))} %", trend(change))]


def _alarms(bars: Bars, at: int, markers: Sequence[Marker]) -> Spans:
    on = [each for each in markers if each.session == bars.sessions[at]]
    return joined(([(_alarm_words(each), f"{each.tier} bold")] for each in on), _GAP)


def _alarm_words(marker: Marker) -> str:
    return f"{mark(marker.tier, marker.direction)} {plain(marker.kind.replace('_', ' '))}"


def _forecast(bars: Bars, at: int, currency: str, *, brief: bool) -> Spans:
    each = bars.past[at] if bars.past else None
    if each is None:
        return []
    close = bars.closes[at]
    came = "below" if close < each.q05 else "above" if close > each.q95 else "held"
    role = "dim" if came == "held" else "watch"
    if brief:
        return [("90 % ", "dim"), (came, role)]
    band = f"{money(each.q05, currency)} … {money(each.q95, currency)}"
    return [("forecast ", "dim"), (band, "text"), (f" {came}", role)]


def _volume(bars: Bars, at: int) -> Spans:
    volume = bars.volumes[at]
    return [] if volume is None else [("V ", "dim"), (compact(volume), "text")]


def _series(bars: Bars, at: int, currency: str) -> Spans:
    told: tuple[tuple[Series, str], ...] = (("ma20", "MA20"), ("ma50", "MA50"))
    known = [(name, _at(bars, series, at)) for series, name in told]
    spans = ([(f"{name} ", "dim"), (money(value, currency), "text")] for name, value in known if value is not None)
    return joined(spans, _GAP)


def _at(bars: Bars, series: Series, at: int) -> float | None:
    values = bars.series.get(series, ())
    return values[at] if values else None


def _overlays(bars: Bars, look: Look, at: int, currency: str) -> Spans:
    if look.beside == "averages":
        solid = look.style == "candles" and bars.whole  # as they are drawn
        signs = {"MA20 ": f"{'━' if solid else '╌'} MA20 ", "MA50 ": f"{'╌' if solid else '┈'} MA50 "}
        return [(signs.get(text, text), role) for text, role in _series(bars, at, currency)]
    if look.beside == "bands":
        low, high = _at(bars, "lower", at), _at(bars, "upper", at)
        if low is None or high is None:
            return []
        return [("━ Bollinger 20, 2 σ ", "dim"), (f"{money(low, currency)} … {money(high, currency)}", "text")]
    return []


def _held(bars: Bars) -> Spans:
    told = [(each, close) for each, close in zip(bars.past, bars.closes, strict=False) if each]
    if not told:
        return []
    held = sum(each.q05 <= close <= each.q95 for each, close in told)
    share = number(100 * held / len(told), 0)
    return [("▀", "band90"), (f" past 90 % bands held {held} of {len(told)}, {share} %", "dim")]


def _fitting(parts: Sequence[Part], room: int) -> list[Part]:
    left = [part for part in parts if part.spans]
    while (worst := max((part.rank for part in left), default=0)) and cells(_line(left)) > room:
        left = [part for part in left if part.rank != worst]
    return left


def _line(parts: Sequence[Part]) -> Spans:
    spans: Spans = []
    for part in parts:
        if part.spans:
            spans += [(" ", "dim") if part.tight else _GAP, *part.spans] if spans else part.spans
    return spans
