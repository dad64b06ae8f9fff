"""What scans and replays found, in words."""

from collections.abc import Sequence

from engine import format as fmt
from engine.alarm_words import grades, named
from engine.protocol import AlarmEvent, Grades, Replayed, Scanned, ScanRow


def scanned(item: Scanned) -> str:
    """A paragraph a symbol."""
    lines = [f"after {item.as_of}"]
    for row in item.rows:
        lines += _row(row)
    return "\n".join(lines)


def _row(row: ScanRow) -> Sequence[str]:
    change = row.change_pct
    moved = fmt.UNKNOWN if change is None else f"{fmt.direction(change)} {fmt.percent(abs(change))} %"
    head = f"{fmt.fit(row.symbol, 10)}{fmt.fit(fmt.money(row.close), 12, right=True)}  {fmt.fit(moved, 9)}"
    if row.why:
        return [f"{head}  not scored: {fmt.plain(row.why)}"]
    forecast = row.forecast
    doubt = f", {row.word}" if row.word == "no skill" else ""
    band = (
        f"{forecast.target_date}: {fmt.money(forecast.q05)} … {fmt.money(forecast.q95)} (90 %){doubt}"
        if forecast
        else "no forecast"
    )
    fired = [
        f"  {alarm.tier:<6} {named(alarm.kind)}: {alarm.words} · {fmt.rarity(alarm.rarity_days, rarer=alarm.rarer)}"
        for alarm in row.alarms
    ]
    found = [f"  data: {fmt.plain(row.data)}"] if row.data else []
    return [f"{head}  {band}", *fired, *found]


def event(item: AlarmEvent) -> str:
    """One line."""
    return (
        f"{item.at}  {item.event:<9} {item.tier:<6} {fmt.fit(item.symbol, 8)} {named(item.kind)}: {item.words}"
        f" · {fmt.rarity(item.rarity_days, rarer=item.rarer)}{' · confirmed over the whole list' * item.confirmed}"
    )


def replayed(item: Replayed) -> str:
    """How fast it was, and how its alarms turned out where these were graded."""
    pace = f"{item.sessions / item.seconds:,.0f} a second" if item.seconds > 0 else "at once"
    played = (
        f"{item.sessions:,} sessions of {item.symbols} tickers, {item.alarms} alarms; {pace}, "
        f"training left out ({fmt.duration(item.training_seconds)})"
    )
    graded = any(each.alarms for each in item.grades.values())
    return f"{played}\n\n{grades(Grades(10, item.grades))}" if graded else played
