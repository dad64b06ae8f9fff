"""What screens show of a list: rows, alarms and charts, translated from core to the protocol."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, timedelta

import msgspec
import numpy as np

from engine.charting import overlays, past_forecasts
from engine.core.attention import is_muted
from engine.core.bars import FloatArray, History, as_date, split_factor
from engine.core.episodes import MARKET
from engine.core.features import Features, features
from engine.core.indicators import indicators
from engine.core.judge import TickerScan
from engine.core.momentum import momentum_of
from engine.core.quality import Gated, lately
from engine.core.symbols import quoted_in
from engine.errors import BadRequest, UnknownSymbol
from engine.format import unit_words
from engine.gate import Gate
from engine.ports import AlarmRecord, Calendar, Profile, Store, Ticker
from engine.protocol import (
    Alarm,
    AlarmHistory,
    AlarmStep,
    Chart,
    DataNote,
    Forecast,
    Marker,
    PastForecast,
    Range,
    Row,
    ScanRow,
)
from engine.services.watch import values
from engine.services.watch.alarmed import alarm, price_alarm
from engine.services.watch.scanned import scan_row

SPARK = 60
SPANS: dict[Range, timedelta | None] = {
    "1M": timedelta(days=31),
    "3M": timedelta(days=92),
    "6M": timedelta(days=183),
    "1Y": timedelta(days=366),
    "5Y": timedelta(days=5 * 365 + 2),
    "max": None,
}
_CURRENCY = {"XNYS": "USD", "XKRX": "KRW", "XTKS": "JPY", "XLON": "GBp", "XHKG": "HKD", "XTSE": "CAD", "XASX": "AUD"}
_EURO = frozenset({"XETR", "XPAR", "XAMS", "XMIL", "XMAD", "XBRU", "XHEL", "XLIS", "XDUB", "XWBO", "XFRA"})


def _alarm(record: AlarmRecord, mutes: Collection[tuple[str, str | None]]) -> Alarm:
    return alarm(record, muted=is_muted(record.episode.symbol, record.episode.kind, mutes))


class Watch:
    """Translations; it blocks where it reads the store."""

    def __init__(self, store: Store, gate: Gate, calendar: Calendar) -> None:
        self._store = store
        self._gate = gate
        self._calendar = calendar

    def rows(
        self, tickers: Sequence[Ticker], scans: Sequence[TickerScan], source: str, as_of: date | None = None
    ) -> tuple[Row, ...]:
        """The table's rows, in the order of the list; as of a session, if one is named, with forecasts kept then."""
        by_symbol, profiles = {scan.symbol: scan for scan in scans}, self._store.profiles()
        rows = (
            self._row(ticker, by_symbol.get(ticker.symbol), profiles.get(ticker.symbol), source) for ticker in tickers
        )
        return tuple(rows) if as_of is None else tuple(map(self._then, rows))

    def _then(self, row: Row) -> Row:
        """Without what is known of its source only now, and with its forecast where the model of then is gone."""
        row = msgspec.structs.replace(row, fetched_at=None)
        if row.forecast is not None or row.session is None or row.close is None:
            return row
        vintages = self._store.forecasts(row.symbol, row.session)
        return msgspec.structs.replace(row, forecast=values.forecast(vintages[0], row.close) if vintages else None)

    def first_rows(self, tickers: Sequence[Ticker], source: str) -> tuple[Row, ...]:
        """Rows from the last stored bars alone, at once: what needs more history is not known yet."""
        profiles = self._store.profiles()
        rows = (
            self._row(ticker, self._unscored(ticker.symbol), profiles.get(ticker.symbol), source) for ticker in tickers
        )
        return tuple(msgspec.structs.replace(row, momentum_z=None) for row in rows)

    def _unscored(self, symbol: str) -> TickerScan:
        gated = self._gate.read(symbol, last=SPARK + 1)
        tail = gated.history
        return TickerScan(
            symbol,
            tail.last,
            features(tail) if len(tail) else None,
            why="not scored yet",
            data=lately(gated, max((tail.last or date.min, *(note.session for note in gated.behind)))),
            repaired=bool(len(gated.repaired) and gated.repaired[-1]),
        )

    def scan_rows(
        self, tickers: Sequence[Ticker], scans: Sequence[TickerScan], *, episodes: bool
    ) -> tuple[ScanRow, ...]:
        """The answer to a scan: with the open episodes, or with what fires on that very session."""
        names = {ticker.symbol: ticker.name for ticker in tickers}
        return tuple(scan_row(scan, names.get(scan.symbol, ""), episodes=episodes) for scan in scans)

    def alarms(
        self, symbols: Sequence[str] | None, since: date | None, upto: date | None = None, *, watchlist: str = ""
    ) -> tuple[Alarm, ...]:
        """Stored episodes and price alarms, newest first: of these symbols and the list's market, or all (None).

        Up to a session, if one is named, as they stood after it.
        """
        if upto is None:
            mutes = self._store.mutes()
            episodes = [_alarm(record, mutes) for record in self._store.alarms(since)]
        else:
            first = since or date.min
            past = (record for record in self._store.alarms_as_of(upto) if record.episode.opened >= first)
            episodes = [alarm(record, muted=record.attention.muted) for record in past]
        called = (price_alarm(record) for record in self._store.price_alarms(since, upto))
        wanted = None if symbols is None else {(symbol, "") for symbol in symbols} | {(MARKET, watchlist)}
        found = [each for each in (*called, *episodes) if wanted is None or (each.symbol, each.watchlist) in wanted]
        return tuple(sorted(found, key=lambda alarm: (alarm.opened, alarm.id), reverse=True))

    def alarm_history(self, number: int) -> AlarmHistory:
        """An alarm and all that happened to it; of a price alarm only that it was said. Raises BadRequest."""
        record = self._store.alarm(number)
        if record is not None:
            events = self._store.alarm_history(number)
            steps = (AlarmStep(**asdict(event) | {"p": values.known(event.p)}) for event in events)
            return AlarmHistory(_alarm(record, self._store.mutes()), tuple(steps))
        called = next((each for each in self._store.price_alarms() if each.id == number), None)
        if called is None:
            raise BadRequest("there is no alarm of that number", received=str(number), do="`whipsaw alarms` lists them")
        said = called.alarm
        step = AlarmStep("opened", said.session, said.at, "watch", None, said.words)
        return AlarmHistory(price_alarm(called), (step,))

    def chart(self, ticker: Ticker, span: Range, as_of: date | None = None, *, told: date | None = None) -> Chart:
        """Daily bars of a stretch up to the last one, or that of a session, split-adjusted as of it.

        What came after `told`, the session on the list beside it, is left out. Raises UnknownSymbol if none are stored.
        """
        gated = self._gate.read(ticker.symbol, as_of)
        history = _upto(gated.history, told)
        if history.last is None:
            raise self._without_bars(ticker.symbol, as_of)
        first = _first(history, SPANS[span])
        profile = self._store.profiles().get(ticker.symbol)
        currency = _quoted(ticker.symbol, self._calendar.exchange(ticker.symbol), profile)
        factor = split_factor(history, history.last)
        close = history.close * factor
        known, levels = features(history), indicators(close)
        forecast, forecasts = self._ahead(history, float(close[-1]))
        return Chart(
            symbol=ticker.symbol,
            name=ticker.name or (profile.name if profile else ""),
            range=span,
            sessions=tuple(as_date(session) for session in history.sessions[first:]),
            open=_column(history.open * factor, first),
            high=_column(history.high * factor, first),
            low=_column(history.low * factor, first),
            close=_column(close, first),
            volume=_column(history.volume / factor, first),
            forecast=forecast,
            forecasts=forecasts,
            markers=self._markers(ticker.symbol, as_date(history.sessions[first]), as_of),
            rsi14=levels.rsi14,
            macd=levels.macd,
            ma20=levels.ma20,
            ma50=levels.ma50,
            volatility_ratio=values.known(known.volatility_ratio[-1]),
            currency=currency,
            unit=unit_words(currency),
            notes=_noted(gated, as_date(history.sessions[first])),
            overlays=overlays(close, first),
            past=self._past(history, close, first),
        )

    def _without_bars(self, symbol: str, as_of: date | None) -> UnknownSymbol:
        if as_of is not None:
            return UnknownSymbol(f"no bars of {symbol} up to {as_of} are stored", do="go to a later session")
        why = self._store.coverage(symbol).error
        words = why or f"no bars of {symbol} are stored yet"
        return UnknownSymbol(words, do="a refresh asks again" if why else "a refresh fetches them")

    def _markers(self, symbol: str, since: date, upto: date | None) -> tuple[Marker, ...]:
        return tuple(
            Marker(alarm.opened, alarm.kind, alarm.tier, alarm.direction)
            for alarm in self.alarms((symbol,), since, upto)
            if alarm.symbol == symbol and alarm.state != "withdrawn"
        )

    def _ahead(self, history: History, close: float) -> tuple[Forecast | None, tuple[Forecast, ...]]:
        """What the newest model says after the last session: the nearest, and all."""
        vintages = self._store.forecasts(history.symbol, as_date(history.sessions[-1]))
        if not vintages:
            return None, ()
        of_one = [each for each in vintages if each.model == vintages[0].model]
        return values.forecast(vintages[0], close), values.forecasts(of_one, close)

    def _past(self, history: History, close: FloatArray, first: int) -> tuple[PastForecast, ...]:
        # the first session of the range was forecast before it
        vintages = self._store.vintages(history.symbol, as_date(history.sessions[max(first - 1, 0)]))
        return past_forecasts(vintages, history.sessions, close, first)

    def _row(self, ticker: Ticker, scan: TickerScan | None, profile: Profile | None, source: str) -> Row:
        exchange = self._calendar.exchange(ticker.symbol)
        coverage = self._store.coverage(ticker.symbol)
        plain = Row(
            symbol=ticker.symbol,
            name=ticker.name or (profile.name if profile else ""),
            currency=_quoted(ticker.symbol, exchange, profile),
            exchange=exchange,
            source=coverage.source or source,
            fetched_at=coverage.fetched_at,
            group=ticker.group,
            why=coverage.error or "no bars yet",
        )
        if scan is None:
            return plain
        if scan.features is None:
            return msgspec.structs.replace(plain, why=scan.data or plain.why, data=scan.data)
        row = _filled(plain, scan, scan.features)
        # last known data stays, and its row says that newer did not come
        return msgspec.structs.replace(row, data=row.data or coverage.error) if coverage.error else row


def _first(history: History, reach: timedelta | None) -> int:
    """The row at which a stretch up to the last session begins."""
    if reach is None or history.last is None:
        return 0
    return int(np.searchsorted(history.sessions, np.datetime64(history.last - reach)))


def _filled(plain: Row, scan: TickerScan, known: Features) -> Row:
    rarity_days, rarer = scan.verdicts.rarity or (None, False)
    tiers = {episode.tier for episode in scan.open_episodes}
    return msgspec.structs.replace(
        plain,
        session=as_date(known.sessions[-1]),
        close=float(known.close[-1]),
        change_pct=values.change(known),
        spark=tuple(float(close) for close in known.close[-SPARK:]),
        momentum_10d=values.percent(known.momentum[-1]),
        momentum_z=values.known(known.momentum_z[-1]),
        momentum_state=momentum_of(known.returns, known.sigma).state,
        volatility_ratio=values.known(known.volatility_ratio[-1]),
        rarity_days=rarity_days,
        rarer=rarer,
        tier="alert" if "alert" in tiers else "watch" if tiers else None,
        scored=scan.why is None,
        why=scan.why,
        data=scan.data,
        repaired=scan.repaired,
        forecast=values.forecast(scan.forecast, float(known.close[-1])) if scan.forecast else None,
    )


def _noted(gated: Gated, since: date) -> tuple[DataNote, ...]:
    return tuple(
        DataNote(note.session, note.rule, note.treatment, note.words) for note in gated.notes if note.session >= since
    )


def _upto(history: History, told: date | None) -> History:
    """The rows up to a session; all of them where none are that old."""
    if told is None or history.last is None or history.last <= told:
        return history
    known = history.rows(history.sessions <= np.datetime64(told))
    return known if len(known) else history


def _column(of: FloatArray, first: int) -> tuple[float | None, ...]:
    return tuple(values.known(value) for value in of[first:].tolist())


def _quoted(symbol: str, exchange: str, profile: Profile | None) -> str:
    """What its prices are quoted in: by its source's own word, else as is usual where it trades."""
    return (profile.currency if profile else "") or quoted_in(symbol) or _currency(exchange)


def _currency(exchange: str) -> str:
    """The currency an exchange mostly quotes in; empty where that is not known."""
    return "EUR" if exchange in _EURO else _CURRENCY.get(exchange, "")
