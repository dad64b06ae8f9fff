"""How fast a source may be asked, and when it is left alone: state in, state out.

A token bucket keeps requests within an hourly budget, a back-off spreads the second tries of one symbol, and a circuit
breaker stops all requests while the source itself is at fault. Instants are seconds since the epoch; `draw` is a random
number in [0, 1), so that many clients do not come back at the same moment.
"""

from dataclasses import dataclass, replace

from engine.core.faults import OF_THE_SOURCE
from engine.errors import Fault

HOUR = 3600.0
BURST = 1 / 3
"""The share of an hour's budget that may be spent at once; the rest trickles in, so that no hour ever exceeds it."""
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 1800.0
IN_A_ROW = 3
"""So many faults of the source, one after the other, open the breaker; being told to slow down opens it at once."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: `tokens` at the instant `at`, below zero where requests are already waiting for theirs."""

    capacity: float
    a_second: float
    tokens: float
    at: float


def bucket(an_hour: int, now: float) -> Bucket:
    """A full bucket that grants at most `an_hour` requests in any hour: its burst, and what trickles in meanwhile."""
    capacity = max(1.0, an_hour * BURST)
    return Bucket(capacity, (an_hour - capacity) / HOUR, capacity, now)


def tokens(of: Bucket, now: float) -> float:
    """Tokens there are at an instant; a clock that was set back gives none and takes none."""
    return min(of.capacity, of.tokens + of.a_second * max(0.0, now - of.at))


def take(of: Bucket, now: float) -> tuple[Bucket, float]:
    """Take one token, and the seconds until it is there: zero while the bucket holds one."""
    left = tokens(of, now) - 1
    wait = max(0.0, -left / of.a_second) if of.a_second else (0.0 if left >= 0 else float("inf"))
    return replace(of, tokens=left, at=now), wait


def give_back(of: Bucket, now: float) -> Bucket:
    """Return a token that was not used."""
    return replace(of, tokens=min(of.capacity, tokens(of, now) + 1), at=now)


def backoff(attempt: int, draw: float, first: float = 0.5, longest: float = 8.0) -> float:
    """Seconds before try `attempt` + 1, counted from zero: doubling, between half of it and all of it."""
    return min(longest, first * 2.0**attempt) * (0.5 + draw / 2)


@dataclass(frozen=True, slots=True)
class Breaker:
    """A circuit breaker: closed while `until` is None, else open until then; after that one probe goes through."""

    failures: int = 0
    """Faults of the source in a row, while closed."""
    openings: int = 0
    """How often in a row it opened: each pause is twice the one before."""
    until: float | None = None
    fault: Fault = "other"
    why: str = ""
    probing: bool = False
    """Whether the one probe is under way."""


def resting(of: Breaker, now: float) -> bool:
    """Whether nothing may be asked now; a clock that was set back does not prolong the pause."""
    if of.until is None:
        return False
    return of.probing or now < of.until <= now + LONGEST_PAUSE


def admitted(of: Breaker, now: float) -> Breaker | None:
    """The breaker once a request is let through, marked as probing where it had been open; None if it is not."""
    if resting(of, now):
        return None
    return of if of.until is None else replace(of, probing=True)


def succeeded(of: Breaker) -> Breaker:
    """After an answer: closed. An answer to what was asked before it opened changes nothing."""
    return of if of.until is not None and not of.probing else Breaker()


def abandoned(of: Breaker) -> Breaker:
    """After a request that never came to anything: the next one may probe."""
    return replace(of, probing=False)


def failed(of: Breaker, fault: Fault, why: str, now: float, draw: float) -> Breaker:
    """After a fault.

    One of the source counts, and opens it: at once if the source asks for a rest, else after three in a row. A probe
    that meets any fault opens it again, for twice as long. What was asked before it opened changes nothing.
    """
    if of.until is not None and not of.probing:
        return of
    failures = of.failures + (fault in OF_THE_SOURCE)
    if not (of.probing or fault == "limited" or failures >= IN_A_ROW):
        return replace(of, failures=failures)
    return Breaker(0, of.openings + 1, now + pause(of.openings, draw), fault, why)


def pause(openings: int, draw: float) -> float:
    """Seconds to leave the source alone after so many openings before: 1, 2, 4 ... 30 minutes, up to a fifth less."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(openings, 16)) * (1 - draw / 5)
