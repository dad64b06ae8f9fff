"""The engine's own state in words: its sources, its store, who is attached, the end of its log."""

from engine.format import ago, bytes_of, countdown, duration, fit, local, moment, number, plain, width
from engine.protocol import Feed, Inspection, Live, LogLine, Market, Seat, Status
from tui.spans import Span, Spans, cells, clipped, shortened

_STATES: dict[str, Span] = {
    "waiting": ("○ waiting", "dim"),
    "ok": ("● well", "well"),
    "partly": ("◐ in part", "watch"),
    "failing": ("● failing", "alert"),
    "off": ("○ off", "dim"),
    "connecting": ("○ connecting", "dim"),
    "live": ("● streaming", "well"),
    "stale": ("◐ silent", "watch"),
    "polling": ("◐ polling", "watch"),
    "lost": ("○ lost", "alert"),
}
_LEVELS = {"warning": "watch", "error": "alert", "critical": "alert"}
_NAME = _LABEL = 10
_WORDY = 48
"""Cells of a pane from which its figures stand in whole words."""


def sources(status: Status, now: float) -> list[Spans]:
    """A source a block: its state, last success, next request, requests used, what is wrong."""
    lines = [] if status.replay else _feed(plain(status.source.partition(":")[0]), status.feed, now)
    if status.replay:
        lines += [[*_named("replay"), ("● ", "well"), (f"{status.replay.state}, {status.replay.session}", "text")]]
    if status.second:
        lines += _feed("krx", status.second, now)
    if not status.replay:
        lines += _live(status.live, now)
    return [*lines, *(_market(each, now) for each in status.markets)]


def _named(name: str) -> Spans:
    return [(f" {fit(name, _NAME)} ", "text bold")]


def _under(text: str, role: str = "dim") -> Spans:
    return [(" " * (_NAME + 2), "dim"), (text, role)]


def _feed(name: str, feed: Feed, now: float) -> list[Spans]:
    since = f" · last success {ago(now - feed.last_success)}" if feed.last_success else " · no success yet"
    lines: list[Spans] = [[*_named(name), _STATES[feed.state], (since, "dim")]]
    if feed.retry_at and feed.retry_at > now:
        lines.append(_under(f"takes a pause, asks again in {countdown(feed.retry_at - now)}", "text"))
    elif feed.next_poll and feed.next_poll > now:
        lines.append(_under(f"asks again in {countdown(feed.next_poll - now)}"))
    if feed.allowed:
        lines.append(_under(f"{number(feed.used, 0)} of {number(feed.allowed, 0)} requests used"))
    if feed.failed:
        lines.append(_under(f"{feed.failed} {'symbol fails' if feed.failed == 1 else 'symbols fail'}", "watch"))
    return [*lines, *([_under(plain(feed.error), "text")] if feed.error else [])]


def _live(live: Live, now: float) -> list[Spans]:
    if live.state == "off":
        return []
    last = f" · last quote {ago(now - live.last_quote)}" if live.last_quote else ""
    again = f" · tries again in {countdown(live.retry_at - now)}" if live.retry_at and live.retry_at > now else ""
    lines: list[Spans] = [[*_named("quotes"), _STATES[live.state], (last + again, "dim")]]
    return [*lines, *([_under(plain(live.why), "text")] if live.why else [])]


def _market(market: Market, now: float) -> Spans:
    until = "" if market.until is None else f" · {'closes' if market.open else 'opens'} {moment(market.until, '', now)}"
    early = ", earlier than usual" if market.open and market.early else ""
    state = ("● open", "well") if market.open else ("○ closed", "dim")
    return [*_named(plain(market.name)), state, (until + early, "dim")]


def engine(status: Status, seen: Inspection | None, sent: tuple[int, int | None], room: int) -> list[Spans]:
    """The process, its store, and what this screen has sent to its terminal: in all, and in the last whole minute."""
    brief = room < _WORDY
    lines: list[Spans] = [
        [("version   ", "dim"), (plain(status.version), "text"), (f" · pid {status.pid}", "dim")],
        [("home      ", "dim"), (shortened(plain(status.home), room - _LABEL), "text")],
    ]
    if seen:
        store = seen.store
        held = ", ".join(
            f"{count} {word}{'' if count == 1 else 's'}"
            for count, word in ((store.symbols, "symbol"), (store.models, "model"), (store.alarms, "alarm"))
            if word != "model" or not brief
        )
        lines += [
            [("up        ", "dim"), (duration(seen.uptime_s), "text")],
            [("memory    ", "dim"), (bytes_of(seen.memory), "text")],
            [("store     ", "dim"), (bytes_of(store.bytes), "text"), (f" · {bytes_of(store.free)} free", "dim")],
            [("holds     ", "dim"), (held, "text")],
        ]
    whole, forms = bytes_of(sent[0]), _sent(sent[1])
    words = next((form for form in forms if _LABEL + width(whole + form) <= room), forms[-1])
    return [*lines, [("terminal  ", "dim"), (whole, "text"), (words, "dim")]]


def _sent(lately: int | None) -> tuple[str, ...]:
    """What follows the bytes sent in all, the longest first; without a minute's figure while there is none."""
    if lately is None:
        return " sent to it", " sent"
    told = bytes_of(lately)
    return f" sent to it · {told} in the last minute", f" sent · {told} a minute", f" sent · {told}/min"


def seat(each: Seat, now: float, room: int) -> Spans:
    """One attached screen."""
    rate = f"{number(each.rate, 0 if each.rate >= 1 else 1)}/s"
    if room < _WORDY:
        return [
            ("▌" if each.own else " ", "key"),
            (fit(plain(each.watchlist), 12), "text bold" if each.own else "text"),
            (f"{ago(now - each.since):>8}{rate:>6}{bytes_of(each.sent):>9}", "dim"),
        ]
    return [
        ("▌" if each.own else " ", "key"),
        (fit(plain(each.watchlist), 16), "text bold" if each.own else "text"),
        (f" since {ago(now - each.since):<8}", "dim"),
        (f"  {rate:>5}", "dim"),
        (f" {bytes_of(each.sent):>9} received", "dim"),
        ("  this one" if each.own else "", "dim"),
    ]


def log_line(line: LogLine, room: int) -> Spans:
    """One line of the log, on the clock of UTC."""
    role = _LEVELS.get(line.level, "dim")
    head: Spans = [
        (f" {local(line.at, ''):%H:%M:%S} ", "dim"),
        (f"{fit(plain(line.level), 8)}", role),
        (f"{plain(line.origin.removeprefix('engine.'))}  ", "dim"),
    ]
    return [*head, (clipped(plain(line.words), room - cells(head) - 1), "text" if role != "dim" else "dim")]
