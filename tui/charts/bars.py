"""The bars of a chart that can be drawn: those that have a close."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, TypeAlias, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.format import local
from engine.protocol import Chart, Forecast, PastForecast

Series: TypeAlias = Literal["ma20", "ma50", "lower", "upper", "rsi14", "macd", "macd_signal"]
Values: TypeAlias = tuple[float | None, ...]


class Bars(Struct, frozen=True):
    """Columns of one length, oldest bar first; `times` only within days, in the exchange's time zone.

    `outside` says of each bar whether it lies before or after the session, `past` what was forecast for it; a column
    that the chart has not is empty.
    """

    sessions: tuple[date, ...]
    closes: tuple[float, ...]
    volumes: Values
    times: tuple[datetime, ...] = ()
    outside: tuple[bool, ...] = ()
    opens: Values = ()
    highs: Values = ()
    lows: Values = ()
    past: tuple[PastForecast | None, ...] = ()
    series: dict[Series, Values] = {}

    @property
    def whole(self) -> bool:
        """Whether some bar has open, high and low, as a candle needs them."""
        return any(value is not None for value in self.opens)

    def upto(self, first: int, end: int) -> "Bars":
        """The bars from `first` to before `end`."""
        part = slice(first, end)
        cut = {name: getattr(self, name)[part] for name in self.__struct_fields__ if name != "series"}
        return replace(self, **cut, series={name: values[part] for name, values in self.series.items()})

    def span(self, index: int) -> tuple[float, float]:
        """Lowest and highest price of a bar, its close where it has no more."""
        close = self.closes[index]
        prices = [values[index] for values in (self.lows, self.highs) if values]
        known = [close, *(price for price in prices if price is not None)]
        return min(known), max(known)


def bars(chart: Chart, zone: str = "") -> Bars:
    """The part of a chart that can be drawn, its times on that zone's clock."""
    known = [index for index, close in enumerate(chart.close) if close is not None]
    past = {each.session: each for each in chart.past}
    series: dict[Series, Values] = {name: getattr(chart.overlays, name) for name in get_args(Series)}
    return Bars(
        tuple(chart.sessions[index] for index in known),
        tuple(close for close in chart.close if close is not None),
        _kept(chart.volume, known),
        tuple(local(chart.times[index], zone) for index in known) if chart.times else (),
        tuple(chart.phases[index] != "regular" for index in known) if chart.phases else (),
        opens=_kept(chart.open, known),
        highs=_kept(chart.high, known),
        lows=_kept(chart.low, known),
        past=tuple(past.get(chart.sessions[index]) for index in known) if past else (),
        series={name: _kept(values, known) for name, values in series.items() if values},
    )


def count(chart: Chart | None) -> int:
    """How many bars of a chart can be drawn."""
    return sum(close is not None for close in chart.close) if chart else 0


def fan_of(chart: Chart) -> tuple[Forecast, ...]:
    """The forecasts of its last session, the nearest first."""
    return chart.forecasts or ((chart.forecast,) if chart.forecast else ())


def _kept(values: Values, known: Sequence[int]) -> Values:
    return tuple(values[index] for index in known)
