"""`make bench`: every benchmark, one after the other."""

from tests.benchmarks import (
    bank,
    fetching,
    forming,
    judging,
    keys,
    peers,
    quotes,
    replaying,
    resting,
    scan,
    screen,
    scroll,
    skill,
    stepping,
    to_screen,
    warm,
)
from tests.benchmarks.alarms import report as alarms

if __name__ == "__main__":
    fetching.main()
    screen.main()
    keys.main()
    scroll.main()
    peers.main()
    resting.main()
    quotes.main()
    to_screen.main()
    replaying.main()
    stepping.main()
    forming.main()
    scan.main()
    judging.main()
    bank.main()
    warm.main()
    skill.main()
    alarms.main()
