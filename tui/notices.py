"""What the terminal itself is told: how many alarms are open, and that a new one is. No Textual here."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from engine.format import fit, plain, width
from engine.protocol import Alarm, View

Notices: TypeAlias = Literal["off", "bell", "desktop", "both"]
Protocol: TypeAlias = Literal["9", "777", "99"]
"""The terminal sequence that a desktop notice goes by."""

BELL: Final = "\a"
TITLED, UNTITLED = "\x1b[22;2t", "\x1b[23;2t"
"""The terminal's own title is put aside, and put back."""
MARKET: Final = "MARKET"
"""The symbol of what befalls a whole list."""
_END: Final = "\x1b\\"
_ROOM: Final = 120
"""Cells of a notice."""


class Notice(Struct, frozen=True):
    """One line on what is new; `loud` where an alert is among it."""

    text: str
    loud: bool


def unread(view: View | None) -> int:
    """Alarms that are open and not acknowledged."""
    return sum(alarm.state == "open" for alarm in view.alarms) if view else 0


def title(view: View | None) -> str:
    """The sequence that sets the terminal's title."""
    count = unread(view)
    return f"\x1b]2;whipsaw{f' ({count})' if count else ''}{_END}"


def notice(before: View | None, after: View | None) -> Notice | None:
    """What is to be said of the alarms that opened or escalated between two views of one list; None: nothing."""
    if before is None or after is None or before.watchlist.name != after.watchlist.name:
        return None
    new = [alarm for alarm in after.alarms if _rings(alarm) and _news(alarm, before)]
    return Notice(_words(new), any(alarm.tier == "alert" for alarm in new)) if new else None


def sequence(said: Notice, how: Notices, environ: Mapping[str, str]) -> str:
    """The bytes of a notice; the bell is for alerts alone, and stands in where the terminal names no protocol."""
    protocol = spoken(environ) if how in ("desktop", "both") else None
    rung = BELL if said.loud and (how in ("bell", "both") or (how == "desktop" and protocol is None)) else ""
    return rung + (_wrapped(_desktop(protocol, said.text), environ) if protocol else "")


def spoken(environ: Mapping[str, str]) -> Protocol | None:
    """The protocol of the terminal, by what it says of itself; within tmux by what it said to tmux."""
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if "KITTY_WINDOW_ID" in environ or term == "xterm-kitty":
        return "99"
    if "GHOSTTY_RESOURCES_DIR" in environ or term.startswith(("xterm-ghostty", "foot", "rxvt")) or program == "ghostty":
        return "777"
    named = program in ("iTerm.app", "WezTerm") or environ.get("LC_TERMINAL") == "iTerm2"
    return "9" if named or "WEZTERM_PANE" in environ or term == "wezterm" else None


def _rings(alarm: Alarm) -> bool:
    """Whether it may: what was decided after the fact is on the feed, and calls nobody."""
    return alarm.state == "open" and not alarm.muted and alarm.found is None


def _news(alarm: Alarm, before: View) -> bool:
    """Whether it opened or escalated since."""
    known = [each for each in before.alarms if _same(each, alarm)]
    return all(_deeper(alarm, each) for each in known) if known else _opened_since(alarm, before)


def _opened_since(alarm: Alarm, before: View) -> bool:
    """Whether it had not opened when these rows were shown.

    An engine that has just begun, and a symbol just added, show rows before they are looked at: what opened up to their
    session is on record already.
    """
    rows = [row for row in before.rows if alarm.symbol in (row.symbol, MARKET) and row.session]
    if not rows:
        return any(alarm.symbol == row.symbol for row in before.rows)
    newest = max(row.session for row in rows if row.session)
    looked_at = any(row.momentum_z is not None for row in rows)
    return alarm.opened > newest or (looked_at and alarm.opened == newest)


def _same(one: Alarm, other: Alarm) -> bool:
    """One episode; a provisional one that was withdrawn and raised again in its session is the same to a person."""
    return one.id == other.id or (one.symbol, one.kind, one.opened) == (other.symbol, other.kind, other.opened)


def _deeper(alarm: Alarm, before: Alarm) -> bool:
    """The p of an alarm is that of its opening or last escalation, so a smaller one is an escalation."""
    risen = (before.tier, alarm.tier) == ("watch", "alert")
    return risen or (alarm.p is not None and before.p is not None and alarm.p < before.p)


def _words(alarms: list[Alarm]) -> str:
    told = [f"{alarm.symbol} {alarm.kind.replace('_', ' ')}" for alarm in alarms]
    text = f"{told[0]}: {alarms[0].words}" if len(told) == 1 else f"{len(told)} alarms: {', '.join(told)}"
    clean = plain(text).replace(";", ",")
    return fit(clean, _ROOM) if width(clean) > _ROOM else clean


def _desktop(protocol: Protocol, text: str) -> str:
    match protocol:
        case "9":
            return f"\x1b]9;whipsaw: {text}{_END}"
        case "777":
            return f"\x1b]777;notify;whipsaw;{text}{_END}"
        case "99":
            return f"\x1b]99;;whipsaw: {text}{_END}"


def _wrapped(told: str, environ: Mapping[str, str]) -> str:
    """Past tmux, which lets it through where allow-passthrough is on."""
    if "TMUX" not in environ:
        return told
    doubled = told.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}{_END}"
