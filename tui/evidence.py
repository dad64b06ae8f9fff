"""What an alarm rests on, what the quality gate found and what is forecast, in words."""

import math

from engine.format import day, number, plain, rarity, rarity_short, width
from engine.protocol import Alarm, AlarmTally, DataNote, Forecast
from tui.spans import DOUBTFUL, REPAIRED, Spans, apart, cut, mark, wrapped

PRICE = "price alert"
"""The kind that a person's own level raises; it is outside the budget and has no rarity."""
CONFIRMED = "✓"
"""An alarm that also passes a test over the whole list."""
_UNITS = (("_pct", " %"), ("_sigma", " σ"), ("_z", " σ"))


def kind_words(kind: str) -> str:
    """A kind of alarm as people say it."""
    return plain(kind.replace("_", " "))


def facts_of(alarm: Alarm, unmutes: str) -> list[str]:
    """How rare it was and against what, then what was seen; the score repeats what the words say.

    `unmutes` is the key that lets it ring again.
    """
    if alarm.p is None:
        return [*_standing(alarm, unmutes), _odds(alarm)]  # its words hold all there is, to the last digit
    told = {"p", "score", "threshold_p", "bank_scores", "model"}
    known = (_fact(name, value) for name, value in alarm.evidence.items() if name not in told)
    return [*_standing(alarm, unmutes), _odds(alarm), *known]


def packed(facts: list[str], room: int) -> list[str]:
    """Facts in lines of so many cells, broken between them where each of them fits."""
    lines: list[str] = []
    for fact in facts:
        if lines and width(f"{lines[-1]} · {fact}") <= room:
            lines[-1] += f" · {fact}"
        else:
            lines += wrapped(fact, room)
    return lines


def track(alarm: Alarm, tally: AlarmTally | None) -> list[str]:
    """How such alarms turned out, where there are any whose sessions are over."""
    of = tally.kinds.get(alarm.kind) if tally else None
    if of is None or of.base_rate is None:
        return []
    return [f"such alarms: {of.hits} of {of.alarms} right, base {number(100 * of.base_rate, 0)} %"]


def evidence(alarm: Alarm, tally: AlarmTally | None, room: int, unmutes: str, *, whole: bool = False) -> list[Spans]:
    """An alarm with all it rests on, a fact after the other; only its words where it is not open, unless `whole`.

    `unmutes` is the key that lets it ring again.
    """
    live = alarm.state == "open"
    tier = alarm.tier if live else "dim"
    rare = "" if alarm.p is None else rarity_short(alarm.rarity_days, rarer=alarm.rarer)
    head: Spans = [
        (f"{mark(alarm.tier, alarm.direction)} ", tier),
        (kind_words(alarm.kind), "text bold" if live else "dim"),
        (f"  {day(alarm.opened)}", "dim"),
    ]
    words = [[("  ", "text"), (line, "text" if live else "dim")] for line in wrapped(plain(alarm.words), room - 2)]
    said = [apart(head, [(rare if live else alarm.state, tier)], room), *words]
    if not (live or whole):
        return said
    facts = [] if alarm.p is None else [rarity(alarm.rarity_days, rarer=alarm.rarer)]
    seen = packed([*facts, *track(alarm, tally), *facts_of(alarm, unmutes)], room - 2)
    return [*said, *([("  ", "text"), (line, "dim")] for line in seen)]


def ahead(forecasts: tuple[Forecast, ...], decimals: int, room: int) -> list[Spans]:
    """A line a horizon: sessions ahead, and where the price is expected with 50 and with 90 %."""
    half, most = (
        [f"{number(low, decimals)} … {number(high, decimals)}" for low, high in ends]
        for ends in (
            [(each.q25, each.q75) for each in forecasts],
            [(each.q05, each.q95) for each in forecasts],
        )
    )
    cells = max(map(len, [*half, *most]), default=0)
    halves = room >= 13 + 2 * cells + 2
    lines: list[Spans] = [_ahead("", "", "50 %" if halves else None, "90 %", cells)]
    for each, narrow, wide in zip(forecasts, half, most, strict=True):
        when = day(each.target_date)
        lines.append(_ahead(f"{each.horizon} d", when, narrow if halves else None, wide, cells))
    return [cut(line, room) for line in lines] if forecasts else []


def _ahead(horizon: str, when: str, half: str | None, most: str, cells: int) -> Spans:
    role = "text" if horizon else "dim"
    line: Spans = [(f"{horizon:>4} ", role), (f"{when:<8}", "dim")]
    return [*line, *([(f"{half:>{cells}}  ", role)] if half else []), (f"{most:>{cells}}", role)]


def found(notes: tuple[DataNote, ...], room: int, most: int) -> list[Spans]:
    """What the quality gate found, newest first: an entry for each run of sessions, and how many more there are."""
    runs: list[list[DataNote]] = []
    for note in notes:
        if runs and (runs[-1][-1].rule, runs[-1][-1].words) == (note.rule, note.words):
            runs[-1].append(note)
        else:
            runs.append([note])
    lines = [line for run in reversed(runs[-most:]) for line in _noted(run, room)]
    left = len(runs) - most
    return [*lines, *([[(f"  and {left} more before", "dim")]] if left > 0 else [])]


def _noted(run: list[DataNote], room: int) -> list[Spans]:
    first, last = run[0], run[-1]
    until = f" to {last.session.isoformat()}, {len(run)} sessions" if len(run) > 1 else ""
    sign = REPAIRED if first.treatment == "repaired" else DOUBTFUL
    head: Spans = [(f"{sign} ", "watch"), (f"{first.session.isoformat()}{until}", "text")]
    said = wrapped(f"{plain(first.words)} · {first.treatment}", room - 2)
    return [cut(head, room), *([("  ", "text"), (line, "dim")] for line in said)]


def _standing(alarm: Alarm, unmutes: str) -> list[str]:
    """What is to be known of how it stands, beside its state."""
    told = {
        "snoozed": f"snoozed until {day(alarm.snoozed_until)}",
        "muted": f"muted: kept on record, does not ring; {unmutes} ends it",
        "withdrawn": "the close did not bear it out",
    }
    said = [told[alarm.state]] if alarm.state in told else []
    said += [f"decided after {day(alarm.found)}: no engine was there at its close"] if alarm.found else []
    said += [f"closed: {plain(alarm.dropped)}"] if alarm.dropped else []
    return [*said, *([f"{CONFIRMED} confirmed over the whole list"] if alarm.confirmed else [])]


def _odds(alarm: Alarm) -> str:
    if alarm.kind == PRICE:
        return "your own level, outside the budget"
    if alarm.p is None:
        return "not scored until its data are good again, outside the budget"
    bank, threshold = alarm.evidence.get("bank_scores"), alarm.evidence.get("threshold_p")
    of = f" of {value_words(bank)} scores" if bank is not None else ""
    limit = f", threshold {value_words(threshold)}" if threshold is not None else ""
    return f"p {value_words(alarm.p)}{of}{limit}"


def _fact(name: str, value: float | str) -> str:
    """A piece of evidence as people write it: its unit behind it."""
    bare, unit = next(((name.removesuffix(end), sign) for end, sign in _UNITS if name.endswith(end)), (name, ""))
    if bare.endswith("sessions") and not isinstance(value, str):
        of = kind_words(bare.removesuffix("sessions").removesuffix("_"))
        count = f"{value_words(value)} session{'' if value == 1 else 's'}"
        return f"{of} over {count}" if of else f"over {count}"
    told = value_words(round(value, 2)) if unit == " %" and not isinstance(value, str) else value_words(value)
    return f"{kind_words(bare)} {told}{unit}"


def value_words(value: float | str) -> str:
    """Three digits that count: evidence is read, not copied."""
    if isinstance(value, str):
        return plain(value)
    if value == 0 or abs(value) >= 1000 or float(value).is_integer():
        return number(value, 0)
    decimals = min(max(2 - math.floor(math.log10(abs(value))), 0), 6)
    digits = number(value, decimals)
    return digits.rstrip("0").rstrip(".") if decimals else digits
