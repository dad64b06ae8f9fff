"""What can be picked from: the lists, and the orders of the one that is shown. No Textual here."""

from msgspec import Struct

from engine.format import plain
from tui.columns import CHOICE, columns_of
from tui.facts import BY_NAME
from tui.order import AS_LISTED
from tui.spans import Spans
from tui.state import State


class Choice(Struct, frozen=True):
    """One line: what is picked by it, what stands beside it in words, and at its end."""

    name: str
    words: str = ""
    end: Spans = []


def lists_of(state: State) -> tuple[Choice, ...]:
    """All lists by name, with how many tickers and open alarms each has as soon as that is told."""
    names = state.view.watchlist.names if state.view else ()
    told = {each.name: each for each in state.lists}
    choices = []
    for name in names:
        of = told.get(name)
        if of is None:
            choices.append(Choice(name))
        elif of.tickers is None:
            choices.append(Choice(name, "", [("its file is faulty", "watch")]))
        else:
            opened = (f"{of.open:>4} open", "watch") if of.open else (" " * 9, "dim")
            choices.append(Choice(name, plain(of.title), [(f"{of.tickers:>5}", "dim"), opened]))
    return tuple(choices)


def orders_of(state: State) -> tuple[Choice, ...]:
    """The columns that the list has something to show in, and the order of its file."""
    columns = columns_of(state.view.rows if state.view else (), CHOICE)
    names = ("symbol", *(column.name for column in columns))
    return (*(Choice(name, BY_NAME[name].words) for name in names), Choice(AS_LISTED, "as its file has it"))
