"""The answer to a scan: momentum, indicators and what each kind says, as scripts read them."""

from datetime import timedelta

import msgspec
import numpy as np
import pytest

from engine.core.bars import as_date
from engine.core.episodes import Verdict
from engine.core.features import features
from engine.core.indicators import indicators
from engine.core.judge import TickerScan
from engine.protocol import Scanned
from engine.report import as_json
from engine.services.watch.scanned import scan_row
from tests.worlds import history

WORLD = history(rows=400)
LAST = as_date(WORLD.sessions[-1])


def said(kind, score, p, rarity_days):
    return Verdict("AAA", kind, LAST, score, p, None, 0.002, rarity_days, False, "none", {}, "")


class Judged(tuple):
    """Verdicts none of which fires."""

    firing = ()


def row(of=WORLD, *verdicts, expected=LAST):
    """One row of the answer, as JSON."""
    scan = TickerScan("AAA", expected, features(of), verdicts=Judged(verdicts))
    answer = as_json(Scanned(LAST, (scan_row(scan, "", episodes=False),)))
    return msgspec.json.decode(msgspec.json.encode(answer))["rows"][0]


def test_momentum_is_in_sigmas_and_per_cent_with_its_state():
    momentum, known = row()["momentum"], features(WORLD)
    assert momentum["z10"] == pytest.approx(known.momentum_z[-1])
    assert momentum["slow"] == pytest.approx(100 * np.expm1(known.returns[-252:].sum()))
    assert momentum["fast"] == pytest.approx(100 * np.expm1(known.returns[-21:].sum()))
    assert momentum["state"] in ("bull", "correction", "bear", "rebound")


def test_indicators_are_those_of_the_last_close():
    of = indicators(WORLD.close)
    assert row()["indicators"] == {
        "rsi14": of.rsi14,
        "macd": of.macd,
        "macd_signal": of.macd_signal,
        "ma20": of.ma20,
        "ma50": of.ma50,
    }


def test_what_needs_more_sessions_than_there_are_is_null():
    short = row(WORLD.rows(slice(370, 400)))
    assert (short["momentum"]["state"], short["indicators"]["ma50"]) == (None, None)
    assert short["indicators"]["ma20"] is not None


def test_every_kind_says_its_score_and_how_rare_that_is():
    assert row(WORLD, said("drift", 4.0, 0.01, 90.0))["scores"] == [
        {"kind": "drift", "score": 4.0, "p": 0.01, "rarity_days": 90.0, "threshold_p": 0.002}
    ]


def test_an_ordinary_score_has_no_rarity_and_nothing_to_say_no_score():
    ordinary, silent = row(WORLD, said("drift", 1.0, 0.4, 1.0), said("drift", -np.inf, 1.0, 1.0))["scores"]
    assert (ordinary["score"], ordinary["rarity_days"]) == (1.0, None)
    assert silent["score"] is None


def test_a_stale_row_tells_neither_momentum_nor_indicators():
    stale = row(expected=LAST + timedelta(days=1))
    assert (stale["momentum"], stale["indicators"], stale["scores"]) == (None, None, [])
