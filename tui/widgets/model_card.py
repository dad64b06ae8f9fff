"""What one model is, and what it is worth on sessions it had not seen, beside doing nothing."""

from engine.format import duration, number, percent, plain
from engine.protocol import ModelCard, ModelMetrics
from tui.cards import of_today
from tui.pane import Pane
from tui.spans import Span, Spans, cells, clipped, framed

_WIDE = (12, 9, 11, 10, 8)
_NARROW = (10, 7, 9, 9)
"""Cells of the columns of figures: name, model, baseline, skill, p."""


class Card(Pane):
    """Figures first, then where they come from, then the gate's words."""

    def __init__(self) -> None:
        super().__init__(id="card")

    def paint(self, width: int, height: int) -> list[Spans]:
        """The frame and as many lines as fit, the most needed first."""
        card = self.state.card
        if card is None:
            return framed([], [("Model", "text bold")], [], (width, height), self.frame)
        card = of_today(card, self.state.view)
        title: Spans = [(f"Model #{card.id}", "text bold"), (f" · {plain(card.preset)}", "dim")]
        body = [*_worth(card, width - 4), *_origin(card, width - 4, height - 2)]
        return framed([[(" ", "text"), *line] for line in body], title, _word(card), (width, height), self.frame)


def _word(card: ModelCard) -> Spans:
    """What is known of its skill, in a word."""
    if card.word is None:
        return [("skill not known", "dim")] if card.metrics else []
    return [("has skill", "well")] if card.word == "passed" else [("no skill", "watch")]


def _worth(card: ModelCard, room: int) -> list[Spans]:
    """The measures, each beside its baseline's, in as many columns as there is room for."""
    metrics = card.metrics
    if metrics is None:
        return [[("its worth was not recorded", "dim")]]
    columns = _WIDE if room >= sum(_WIDE) else _NARROW
    saved = 1 - metrics.mae / metrics.mae_persistence if metrics.mae and metrics.mae_persistence else None
    measures = (
        ("pinball σ", metrics.pinball, metrics.pinball_ewma, metrics.pinball_skill, metrics.pinball_p),
        ("MAE %", metrics.mae, metrics.mae_persistence, saved, None),
        ("MSE %²", metrics.mse, metrics.mse_persistence, metrics.skill_mse, metrics.dm_p),
    )
    head: Spans = [("", "dim"), ("model", "dim"), ("baseline", "dim"), ("skill", "dim"), ("p", "dim")]
    lines = [_set(line, columns) for line in (head, *(_compared(*measure) for measure in measures))]
    if metrics.mae is None:
        lines[2] = [(f"{'MAE %':<{columns[0]}}not measured this way", "dim")]
    return [*lines, _covered(metrics, room)]


def _compared(name: str, own: float | None, other: float | None, skill: float | None, p: float | None) -> Spans:
    """One measure of the model beside that of its baseline; skill and p where they were judged."""
    ink = "dim" if skill is None or p is None or p > 0.05 else "up" if skill > 0 else "down"
    return [
        (name, "dim"),
        (_figure(own), "text"),
        (_figure(other), "dim"),
        (_share(skill), ink),
        ("·" if p is None else number(p, 3), "dim"),
    ]


def _set(line: Spans, columns: tuple[int, ...]) -> Spans:
    """A line's pieces in columns of so many cells, the first at the left; those without a column are left out."""
    (name, dim), *figures = line
    return [
        (f"{name:<{columns[0]}}", dim),
        *((f"{text:>{w}}", ink) for (text, ink), w in zip(figures, columns[1:], strict=False)),
    ]


def _covered(metrics: ModelMetrics, room: int) -> Spans:
    mase = f"   rMAE {number(metrics.mase, 2)}" if metrics.mase is not None else ""
    told = [
        (f"{'90 % band':<{_NARROW[0]}}", "dim"),
        (f"{_percent(metrics.coverage90):>{_NARROW[1]}}", "text"),
        (f" of {number(metrics.rows, 0)} forecasts", "dim"),
    ]
    return _as_far(told, (mase, "dim"), room)


def _as_far(told: Spans, more: Span, room: int) -> Spans:
    """A line, with what is worth adding where that has room."""
    longer = [*told, more]
    return longer if cells(longer) <= room else told


def _origin(card: ModelCard, room: int, height: int) -> list[Spans]:
    lines: list[Spans] = [[]] if height >= 10 else []
    took = f" in {duration(card.seconds)}" if card.seconds is not None else ""
    rows = f", {number(card.rows, 0)} rows" if card.rows is not None else ""
    trained: Spans = [("trained on ", "dim"), (f"{card.trained_from} … {card.trained_to}", "text")]
    lines.append(_as_far(trained, (f"{rows}{took}", "dim"), room))
    fresh = f"expires in {card.expires_in}" if card.expires_in else "has expired: it gives no forecast"
    age = f"{card.age_sessions} session{'' if card.age_sessions == 1 else 's'} old"
    lines.append([(f"{age}, {fresh}", "dim" if card.expires_in else "watch")])
    start = f"from the weights of #{card.warm_from}" if card.warm_from else "from scratch"
    tried = f", best of {card.trials} trials" if card.trials else ""
    lines.append([(f"{start}, seed {card.seed}{tried} · data {plain(card.data_hash[:8])}", "dim")])
    if card.reason:
        lines += [[(line, "text")] for line in _wrapped(plain(card.reason), room)]
    return lines


def _wrapped(words: str, room: int) -> list[str]:
    """Words in lines of so many cells, two at most."""
    import textwrap  # noqa: PLC0415 - nothing here may hold up the first paint

    lines = textwrap.wrap(words, max(room, 8))
    return [*lines[:1], clipped(" ".join(lines[1:]), room)] if len(lines) > 1 else lines


def _figure(value: float | None) -> str:
    if value is None:
        return "·"
    return number(value, 4 if abs(value) < 1 else 3 if abs(value) < 10 else 2)


def _share(value: float | None) -> str:
    return "·" if value is None else f"{percent(100 * value, 2, sign=True)} %"


def _percent(value: float | None) -> str:
    return "·" if value is None else f"{number(100 * value, 1)} %"
