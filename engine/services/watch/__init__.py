"""What screens and scripts are told of a list: rows, alarms and charts, translated from core to the protocol."""

from engine.services.watch.alarmed import PRICE_ALERT
from engine.services.watch.watch import Watch

__all__ = ["PRICE_ALERT", "Watch"]
