"""What the command line says of models: one that was trained, and the registry."""

from typing import Any

import msgspec

from engine import format as fmt
from engine.protocol import Metrics, ModelCard, Models, ModelStatus, Trained

_STANDS: dict[ModelStatus, str] = {
    "champion": "in charge",
    "rejected": "not taken",
    "earlier": "kept, but a model of later rows is in charge",
}


def trained_as_json(item: Trained) -> Any:
    """The line that ends `train --json`."""
    value = msgspec.to_builtins(item)
    value.pop("type")
    return {"event": "trained", **value}


def models_as_json(item: Models) -> Any:
    """The cards, newest first."""
    return [msgspec.to_builtins(card) for card in item.models]


def trained(item: Trained) -> str:
    """What the model is, what it is worth, and the verdict of the gate."""
    lines = [
        f"model #{item.model}, {item.preset}, {len(item.symbols)} tickers, in {fmt.duration(item.seconds)}",
        *_errors(item.metrics),
    ]
    if item.skill is not None:
        lines.append(f"against EWMA quantiles: {fmt.skill(item.skill, item.word, whole=True)}")
    if item.reason:
        lines.append(f"{_STANDS.get(item.status, item.status)}: {fmt.plain(item.reason)}")
    lines += [f"left out {fmt.plain(symbol)}: {fmt.plain(why)}" for symbol, why in item.skipped.items()]
    return "\n".join(lines)


def _errors(of: Metrics) -> list[str]:
    if of.mae is None or of.mae_persistence is None:
        return ["its errors are not known: no session was left that it had not seen"]
    lines = [
        f"the next session's return, on sessions it had not seen: MAE {fmt.number(of.mae, 3)} % "
        f"(persistence {fmt.number(of.mae_persistence, 3)} %), "
        f"MSE {fmt.number(of.mse, 3)} %² (persistence {fmt.number(of.mse_persistence, 3)} %²)"
    ]
    if of.mae >= of.mae_persistence:
        lines.append("It does no better than saying that tomorrow's close is today's.")
    return lines


def models(item: Models) -> str:
    """Two lines a model, newest first."""
    return "\n".join(line for card in item.models for line in _card(card)) or "no model has been trained yet"


def _card(card: ModelCard) -> list[str]:
    skill = card.metrics.pinball_skill if card.metrics else None
    tickers = fmt.plain(" ".join(card.symbols)) if len(card.symbols) <= 3 else f"{len(card.symbols)} tickers"
    left = f", expires in {card.expires_in}" if card.status in ("champion", "earlier") else ""
    head = (
        f"{fmt.fit(f'#{card.id}', 5)} {fmt.fit(card.status, 9)} {fmt.fit(card.preset, 8)} to {card.trained_to}, "
        f"{card.age_sessions} sessions old{left} · {tickers} · {fmt.skill(skill, card.word, whole=True)}"
    )
    return [head, *([f"      {fmt.plain(card.reason)}"] if card.reason else [])]
