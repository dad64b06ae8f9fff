"""The tables of the proof: made-up years, rougher ones, calm ones, and real days."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from engine.core.budget import Budget
from tests.benchmarks.alarms import real
from tests.benchmarks.alarms.measures import Outcome, together
from tests.benchmarks.alarms.played import Played
from tests.benchmarks.alarms.rivals import RIVALS
from tests.benchmarks.alarms.rougher import rougher
from tests.benchmarks.alarms.synthetic import GRID, TEST, TUNING, Measured, Task, rates_for, run
from tests.benchmarks.alarms.worlds import TYPES, YEARS, Type, world
from tests.benchmarks.table import Figure, rows, show

OURS, EQUAL = "Whipsaw", "Whipsaw, all kinds alike"
BUDGETS = {OURS: Budget(), EQUAL: Budget(weights=dict.fromkeys(Budget().kinds, 1.0))}

OTHERS = {f"{rate} a year": Budget(a_year=rate, alerts_a_year=rate / 4) for rate in (1.5, 1.75, 2.0, 2.25, 2.5)}

LEAST: dict[Type, float] = {"crash": 0.90, "reversal": 0.75, "volatility": 0.80, "jump": 0.95}
SOON: tuple[Type, ...] = ("crash", "volatility", "jump")
MOST_DELAY = 2.0
REALISED = (1.7, 2.3)
CLEAN_RATIO = (0.8, 1.25)


def synthetic() -> None:
    """Version 0, with targets, and the rivals on the same series."""
    tuning = run([Task(seed, BUDGETS, dict.fromkeys(RIVALS, GRID)) for seed in TUNING])
    wished = together(each.outcomes[OURS][0] for each in tuning).rate
    rates = {name: (rate,) for name, rate in rates_for(wished, tuning).items()}
    tested = run([Task(seed, BUDGETS, rates, volumes=True) for seed in TEST])
    found = _by_name(tested)
    show(
        f"alarms on made-up years: {len(TEST)} test seeds of 40 tickers x 6 years with an event each",
        _figures(tested, found),
    )
    rows(
        "beside others on the same series; theirs calibrated to our realised rate on tuning seeds",
        ["detector", "false a ticker-year", *TYPES, "VUS-PR"],
        [[name, *_row(of), f"{_volume(tested, name):.3f}"] for name, of in found.items()],
    )


def curve() -> None:
    """What more or fewer false alarms buy."""
    of = _by_name(run([Task(seed, OTHERS) for seed in TEST]))
    rows(
        "the same test seeds at other budgets",
        ["budget", "false a ticker-year", *TYPES],
        [[name, *_row(each)] for name, each in of.items()],
    )


def calm() -> None:
    """The budget kept where nothing happens."""
    undisturbed = run([Task(seed, BUDGETS, make=partial(world, clean_years=YEARS)) for seed in TEST])
    ratios = {name: of.rate / Budget().a_year for name, of in _by_name(undisturbed).items()}
    low, high = CLEAN_RATIO
    show(
        "the budget on clean years that thresholds were not set on",
        [
            Figure(name, f"{ratio:.2f} x the budget", f"{low} to {high} x", low <= ratio <= high)
            for name, ratio in ratios.items()
        ],
    )


def rough() -> None:
    """Version 1, without targets."""
    of = _by_name(run([Task(seed, BUDGETS, make=rougher) for seed in TEST]))
    rows(
        "rougher years (regimes, gaps, holidays, reports as normal, severities from a sixth to twice): no targets",
        ["detector", "false a ticker-year", *TYPES],
        [[name, *_row(each)] for name, each in of.items()],
    )


def days() -> None:
    """Real events and control years."""
    of = real.played(Budget())
    rows(
        "real days: what fired from the day to three sessions after, beside the share of windows as long with an alarm",
        ["day", "index (Samsung): shock or surprise", "by luck", "beside it", "anything at all, by luck"],
        [_day(of, day) for day in real.DAYS],
    )
    missed = [str(day.session) for day in real.DAYS if day.must and not real.fired(of, day, day.on, real.SHARP)]
    due = sum(day.must for day in real.DAYS)
    control = real.kept(of, real.CONTROL)
    show(
        "real prices",
        [
            Figure("events from 2008 on with a shock or surprise", f"{due - len(missed)} of {due}", "all", not missed),
            Figure(
                f"episodes, false or not, a ticker-year in {', '.join(map(str, real.CONTROL))}: {control.episodes} in "
                f"{control.years:.1f} ticker-years",
                f"{control.rate:.2f} ({control.interval[0]:.2f} to {control.interval[1]:.2f})",
                "2, by half or twice",
                control.keeps(Budget().a_year),
            ),
            *(Figure(f"in {year}", _rate(real.kept(of, [year])), "", None) for year in real.CONTROL),
            Figure("2001 to 2018", _rate(real.kept(of, range(2001, 2019))), "", None),
        ],
    )


def main() -> None:
    """All of it: three minutes on two free cores, ten on busy ones."""
    synthetic()
    curve()
    calm()
    rough()
    days()


def _by_name(measured: Sequence[Measured]) -> dict[str, Outcome]:
    return {name: together(each.outcomes[name][0] for each in measured) for name in measured[0].outcomes}


def _volume(measured: Sequence[Measured], name: str) -> float:
    return float(np.mean([each.volumes[name] for each in measured]))


def _row(of: Outcome) -> list[str]:
    return [f"{of.rate:.2f}", *(f"{of.recall(each):.3f} ({of.delay(each):.0f})" for each in TYPES)]


def _figures(tested: Sequence[Measured], found: dict[str, Outcome]) -> list[Figure]:
    of, (low, high) = found[OURS], REALISED
    volumes = {name: _volume(tested, name) for name in found}
    best = max(RIVALS, key=lambda name: volumes[name])
    return [
        Figure("false episodes a ticker-year, all kinds", f"{of.rate:.2f}", f"{low} to {high}", low <= of.rate <= high),
        *(
            Figure(f"recall, {each}", f"{of.recall(each):.3f}", f"{least:.2f}", of.recall(each) >= least)
            for each, least in LEAST.items()
        ),
        *(
            Figure(
                f"median delay in sessions, {each}",
                f"{of.delay(each):.0f}",
                f"{MOST_DELAY:.0f}",
                of.delay(each) <= MOST_DELAY,
            )
            for each in SOON
        ),
        Figure("median delay, reversal", f"{of.delay('reversal'):.0f}", "", None),
        Figure("VUS-PR", f"{volumes[OURS]:.3f}", f"above {volumes[best]:.3f} ({best})", volumes[OURS] > volumes[best]),
    ]


def _day(of: Played, day: real.Day) -> list[str]:
    sharp, every = real.fired(of, day, day.on, real.SHARP), real.fired(of, day, tuple(of.judged))
    said = dict.fromkeys(f"{alarm.symbol} {alarm.kind.replace('_', ' ')} ({alarm.tier})" for alarm in sharp)
    others = dict.fromkeys(f"{alarm.symbol} {alarm.kind.replace('_', ' ')}" for alarm in every if alarm not in sharp)
    return [
        f"{day.session}, {day.what}",
        ", ".join(said) or "nothing",
        f"{100 * real.luck(of, day.on, real.SHARP):.0f} %",
        ", ".join(others) or "nothing else",
        f"{100 * real.luck(of, tuple(of.judged)):.0f} %",
    ]


def _rate(of: real.Kept) -> str:
    return f"{of.rate:.2f} ({of.interval[0]:.2f} to {of.interval[1]:.2f}; {of.episodes} in {of.years:.1f} ticker-years)"
