"""How much a preset's forecasts are worth: walked forward through a list's history, fold by fold."""

from engine.services.evaluate.cost import Rate
from engine.services.evaluate.evaluate import Evaluate, Wish

__all__ = ["Evaluate", "Rate", "Wish"]
