"""How a choice moves in the list, the feed and the log, among models, jobs and kinds of alarm. No Textual here."""

from collections.abc import Callable

from msgspec.structs import replace

from engine.protocol import Alarm, Job, ModelCard
from tui.events import Moved
from tui.state import State


def moved(state: State, event: Moved) -> State:
    """The state with the choice so many places further."""
    return _MOVES[event.pane](state, event.by)


def within(index: int, length: int) -> int:
    """The index, held within so many places."""
    return max(0, min(index, length - 1))


def _in_table(state: State, by: int) -> State:
    if not state.rows:
        return state
    return replace(state, selected=state.rows[within(state.index + by, len(state.rows))].symbol)


def _in_feed(state: State, by: int) -> State:
    alarms = state.feed
    return replace(state, chosen=_beside([alarm.id for alarm in alarms], state.alarm, by)) if alarms else state


def _among_models(state: State, by: int) -> State:
    cards = state.models.models if state.models else ()
    return replace(state, model=_beside([card.id for card in cards], state.card, by))


def _among_jobs(state: State, by: int) -> State:
    return replace(state, task=_beside([job.id for job in state.jobs], state.chosen_job, by))


def _among_kinds(state: State, by: int) -> State:
    kinds, chosen = [each.kind for each in state.explained], state.chosen_kind
    return replace(state, kind=kinds[within(kinds.index(chosen.kind) + by, len(kinds))]) if chosen else state


def _in_log(state: State, by: int) -> State:
    lines = len(state.inspection.log) if state.inspection else 0
    return replace(state, log_back=within(state.log_back - by, lines))


_MOVES: dict[str, Callable[[State, int], State]] = {
    "table": _in_table,
    "feed": _in_feed,
    "models": _among_models,
    "jobs": _among_jobs,
    "kinds": _among_kinds,
    "log": _in_log,
}


def _beside(ids: list[int], chosen: Alarm | ModelCard | Job | None, by: int) -> int | None:
    """The number so many places from the chosen one's."""
    return ids[within(ids.index(chosen.id) + by, len(ids))] if chosen else None
