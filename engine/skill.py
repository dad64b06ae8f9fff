"""An evaluation in words: a table of the preset and what it was held against, the gate's word, and two plots."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine import format as fmt
from engine.protocol import Drawn, Evaluated, Figures, FoldBlocks, Judged

_NAME = 15
_MEANING = """\
Skill is the share of a baseline's loss that is saved, in per cent: of squared error against persistence, of pinball
loss against EWMA volatility x the past's quantiles and against GARCH-t. p: that the difference is luck
(Diebold-Mariano over sessions). in 90 %: how often the 90 % band held; shocked: in the 20 sessions after a move beyond
4 sigmas. sign: how often the forecast had the sign of the move. MASE: the absolute error over the mean absolute
move of the training rows (Hyndman and Koehler 2006). A model's card has rMAE instead: MAE over that of persistence on
the same rows."""


def as_words(of: Evaluated) -> str:
    """All of it for a person, the plots as wide as the terminal."""
    width = min(max(shutil.get_terminal_size((100, 24)).columns, 60), 120)
    parts = [_title(of), _table(of), _rows("by ticker", of.per_symbol, _BY_TICKER), _MEANING, _word(of)]
    parts += [_actual_and_predicted(of.drawn[0], width)] if of.drawn else []
    parts += [_fold_skill(of.blocks, width)] if len(of.blocks) > 1 else []
    return "\n\n".join(parts + [f"left out {fmt.plain(name)}: {fmt.plain(why)}" for name, why in of.skipped.items()])


def _title(of: Evaluated) -> str:
    folds, tickers = len(of.blocks), len(of.symbols)
    walked = f"{folds} {'fold' if folds == 1 else 'folds'}, {tickers} {'ticker' if tickers == 1 else 'tickers'}"
    return f"{of.preset}: {walked}, tested {of.start} to {of.end}, in {fmt.duration(of.seconds)}"


# --- tables -----------------------------------------------------------------------------------------------------------


def _share(value: float | None, decimals: int = 2, *, sign: bool = False) -> str:
    return fmt.percent(None if value is None else 100 * value, decimals, sign=sign)


def _p(value: float | None) -> str:
    return "<.001" if value is not None and value < 0.001 else fmt.number(value, 3)


_Column = tuple[str, int, Callable[[Any], str]]

_MEAN: tuple[_Column, ...] = (
    ("rows", 9, lambda of: f"{of.rows:,}"),
    ("MAE %", 8, lambda of: fmt.number(of.mae, 3)),
    ("MASE", 7, lambda of: fmt.number(of.mase, 3)),
    ("MSE skill", 11, lambda of: _share(of.skill_mse, sign=True)),
    ("p", 7, lambda of: _p(of.dm_p)),
)
_DISTRIBUTION: tuple[_Column, ...] = (
    ("vs EWMA", 9, lambda of: _share(of.pinball_skill_ewma, sign=True)),
    ("p", 7, lambda of: _p(of.pinball_p_ewma)),
    ("vs GARCH", 10, lambda of: _share(of.pinball_skill_garch, sign=True)),
    ("in 90 %", 9, lambda of: _share(of.coverage90, 1)),
    ("shocked", 9, lambda of: _share(of.coverage90_after_shock, 1)),
    ("sign", 7, lambda of: _share(of.direction, 1)),
)
_PINBALL: _Column = ("pinball", 9, lambda of: fmt.number(of.pinball, 4))
_PRICE: _Column = ("MAE price", 11, lambda of: fmt.number(of.mae_price, 3))
_POOLED, _BY_TICKER = (*_MEAN, _PINBALL, *_DISTRIBUTION), (_PRICE, *_MEAN, *_DISTRIBUTION)


def _table(of: Evaluated) -> str:
    named = {of.preset: Judged(of.pooled, of.horizons)} | of.baselines
    parts = [_rows("1 session ahead", {name: each.pooled for name, each in named.items()}, _POOLED)]
    for horizon in of.horizons:
        figures = {name: each.horizons[horizon] for name, each in named.items() if horizon in each.horizons}
        parts.append(_rows(f"{horizon} sessions", {name: each for name, each in figures.items() if each.rows}, _POOLED))
    return "\n\n".join(parts)


def _rows(title: str, figures: Mapping[str, Figures], columns: Sequence[_Column]) -> str:
    head = fmt.fit(title, _NAME) + "".join(fmt.fit(name, width, right=True) for name, width, _ in columns)
    lines = [
        fmt.fit(fmt.plain(name), _NAME) + "".join(fmt.fit(cell(of), width, right=True) for _, width, cell in columns)
        for name, of in figures.items()
    ]
    return "\n".join([head, *lines])


def _word(of: Evaluated) -> str:
    if of.gate == "passed":
        return "Gate: passed. Its pinball loss or its squared error is below the baseline's, and not by luck."
    return "Gate: no skill. Neither its pinball loss nor its squared error is below the baseline's but by luck."


# --- plots ------------------------------------------------------------------------------------------------------------


def _actual_and_predicted(of: Drawn, width: int) -> str:
    """Price and forecast, session by session; a forecast a session ahead is bound to follow the price."""
    import plotext as plt  # noqa: PLC0415 - a person's answer alone is drawn

    _blank(plt, width, 18)
    count = range(len(of.sessions))
    plt.plot(count, of.high, marker="·", label="90 % band")
    plt.plot(count, of.low, marker="·")
    plt.plot(count, of.actual, marker="braille", label="actual")
    plt.scatter(count, of.predicted, marker="x", label="predicted the session before")
    marks = list(range(0, len(of.sessions), max(len(of.sessions) // 5, 1)))
    plt.xticks(marks, [str(of.sessions[mark]) for mark in marks])
    return f"{fmt.plain(of.symbol)}: actual and predicted close\n{_built(plt)}"


def _fold_skill(blocks: Sequence[FoldBlocks], width: int) -> str:
    import plotext as plt  # noqa: PLC0415

    _blank(plt, width, 12)
    skill = [100 * (each.pinball_skill_ewma or 0.0) for each in blocks]
    plt.bar([str(each.test[0]) for each in blocks], skill, width=0.4)
    return f"pinball skill against EWMA in per cent, by test block\n{_built(plt)}"


def _blank(plt: Any, width: int, height: int) -> None:
    plt.clear_figure()
    plt.theme("clear")
    plt.plotsize(width, height)


def _built(plt: Any) -> str:
    return "\n".join(line.rstrip() for line in plt.uncolorize(plt.build()).splitlines())
