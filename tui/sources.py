"""How prices come, in words: each source and the live quotes; forms from long to short, ages as of the minute clock."""

from engine.format import age, ago, countdown, number, plain
from engine.protocol import Feed, Live
from tui.spans import Spans

_MUCH = 0.8
"""The share of a request budget from which its use is said."""


def feed_forms(source: str, feed: Feed, now: float, symbols: int) -> list[Spans]:
    """One source: how long ago it last delivered, what fails, when it is asked again."""
    name = plain(source.partition(":")[0])
    if feed.state == "failing":
        return _failing(name, feed, now)
    if feed.state == "partly":
        return _partly(name, feed, now, symbols)
    if feed.last_success is None:
        return [[(name, "dim"), (" ○ waiting", "dim")], [(name, "dim"), (" ○", "dim")]]
    well: Spans = [(name, "dim"), (" ● ", "well"), (age(now - feed.last_success), "dim")]
    used = _used(feed)
    return [*([[*well, (f" · {used}", "watch")]] if used else []), well, [(name, "dim"), (" ●", "well")], []]


def _used(feed: Feed) -> str:
    if not feed.allowed or feed.used <= _MUCH * feed.allowed:
        return ""
    return f"{number(feed.used, 0)} of {number(feed.allowed, 0)} requests"


def _partly(name: str, feed: Feed, now: float, symbols: int) -> list[Spans]:
    """Some symbols fail: how many, and how old the rest is."""
    few: Spans = [(name, "dim"), (" ◐ ", "watch"), (f"{feed.failed} of {symbols} failed", "text")]
    since = f" · {age(now - feed.last_success)}" if feed.last_success else ""
    used = _used(feed)
    longest: Spans = [*few, (since, "dim"), (f" · {used}" if used else "", "watch")]
    return [longest, [*few, (since, "dim")], few, [*few[:2], (f"{feed.failed}/{symbols}", "text")]]


def _failing(name: str, feed: Feed, now: float) -> list[Spans]:
    """Nothing comes: why, when it is tried again, and when it last worked."""
    short: Spans = [(name, "dim"), (" ● failing", "alert")]
    why = f": {plain(feed.error or 'no answer')}"
    again = feed.retry_at or feed.next_poll
    retry = f", retry in {countdown(again - now)}" if again else ""
    since = f", last {ago(now - feed.last_success)}" if feed.last_success else ", no success yet"
    told = [(why, "text"), (retry, "text"), (since, "dim")]
    return [[*short, *told], [*short, *told[:2]], [*short, *told[1:]], [*short, told[1] if retry else told[2]], short]


def live_forms(live: Live, now: float) -> list[Spans]:
    """Live quotes: whether they stream, and what is done while they do not."""
    name = ("live", "dim")
    quiet = f" {age(now - live.last_quote)}" if live.last_quote and now - live.last_quote >= 60 else ""
    again = f", retry in {countdown(live.retry_at - now)}" if live.retry_at else ""
    why = f": {plain(live.why)}" if live.why else ""
    forms: dict[str, list[Spans]] = {
        "off": [[]],
        "connecting": [[name, (" ○ connecting", "dim")], [name, (" ○", "dim")], []],
        "live": [[name, (" ●", "well"), (quiet, "dim")], [name, (" ●", "well")], []],
        "stale": [[name, (" ◐ ", "watch"), (f"silent{quiet}", "text")], [name, (" ◐", "watch")]],
        "polling": [
            [name, (" ◐ ", "watch"), ("polling", "text"), (why, "dim")],
            [name, (" ◐ ", "watch"), ("polling", "text")],
            [name, (" ◐", "watch")],
        ],
        "lost": [
            [name, (" ○ ", "watch"), ("lost", "text"), (why, "dim"), (again, "text")],
            [name, (" ○ ", "watch"), ("lost", "text"), (again, "text")],
            [name, (" ○ ", "watch"), ("lost", "text")],
            [name, (" ○", "watch")],
        ],
    }
    return forms[live.state]
