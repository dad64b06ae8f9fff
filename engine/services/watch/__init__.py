"""What screens and scripts are told of a list: rows, alarms and charts, translated from core to the protocol."""

from engine.services.watch.watch import PRICE_ALERT, SPANS, Watch

__all__ = ["PRICE_ALERT", "SPANS", "Watch"]
