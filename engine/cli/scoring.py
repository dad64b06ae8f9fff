"""A session scored, an alarm explained, a stretch of history played."""

from argparse import Namespace
from datetime import date

from engine.cli.connection import carried_out, symbols
from engine.cli.output import tell, to_stderr
from engine.errors import BadRequest
from engine.protocol import AlarmEvent, Explain, Progress, Replay, Scan, Scanned

ALARM_OPEN = 3
_DEMO_FIRST, _DEMO_LAST = date(2008, 6, 2), date(2013, 3, 1)


async def scan(given: Namespace) -> int:
    """Score the list after a session; ALARM_OPEN if one is and the status is to say so."""
    if given.explain:
        return await _explained(given)
    scanned = await carried_out(given, Scan(symbols(given), given.watchlist, given.as_of), to_stderr)
    assert isinstance(scanned, Scanned)  # noqa: S101 - the protocol's own answer
    tell(given, scanned)
    return ALARM_OPEN if given.exit_code and any(row.alarms for row in scanned.rows) else 0


async def _explained(given: Namespace) -> int:
    if not given.symbols:
        raise BadRequest("one symbol at least is to be explained", do="for example `whipsaw scan AAPL --explain`")
    for symbol in symbols(given):
        tell(given, await carried_out(given, Explain(symbol, given.watchlist, given.as_of), to_stderr))
    return 0


async def replay(given: Namespace) -> int:
    """Play a stretch of the list's history."""
    return await _played(given, Replay(given.start, given.end, symbols(given), given.watchlist, given.retrain))


async def demo(given: Namespace) -> int:
    """Play the sample, without a screen."""
    start, end = given.start or _DEMO_FIRST, given.end or _DEMO_LAST
    return await _played(given, Replay(start, end, (), given.watchlist or "sample"))


async def _played(given: Namespace, command: Replay) -> int:
    def hear(item: Progress) -> None:
        tell(given, item) if isinstance(item, AlarmEvent) else to_stderr(item)

    tell(given, await carried_out(given, command, hear))
    return 0
