"""Sessions of exchanges: what exchange_calendars has on record, our corrections of it, and the user's own."""

from engine.adapters.calendars.calendars import ExchangeCalendars, Record
from engine.adapters.calendars.elsewhere import recorded_elsewhere
from engine.adapters.calendars.overrides import EXAMPLE, read

__all__ = ["EXAMPLE", "ExchangeCalendars", "Record", "read", "recorded_elsewhere"]
