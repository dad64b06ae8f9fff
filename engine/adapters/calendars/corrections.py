"""Where the Korea Exchange's sessions differ from what exchange_calendars has on record (4.13)."""

from datetime import date, time

from engine.core.sessions import Override

# On the day of the college entrance exam the exchange opens and closes an hour later, so that the roads are free for
# those who sit it (the exchange's announcements of November 2021, 2022, 2023 and 2025; that of 2026 is the same rule).
# The record has these days up to 2020.
_EXAM_HOURS = time(10), time(16, 30)
_EXAM_DAYS = (
    date(2021, 11, 18),
    date(2022, 11, 17),
    date(2023, 11, 16),
    date(2024, 11, 14),
    date(2025, 11, 13),
    date(2026, 11, 19),
)
_CLOSED = (
    date(2026, 6, 3),  # local elections
    date(2026, 7, 17),  # Constitution Day, a public holiday again since the act of 2026
    date(2027, 5, 3),  # in place of Labour Day, a Saturday; a public holiday since 2026
    date(2027, 7, 19),  # in place of Constitution Day, a Saturday
)

CORRECTIONS: tuple[Override, ...] = (
    *(Override("XKRX", day, _EXAM_HOURS) for day in _EXAM_DAYS),
    *(Override("XKRX", day) for day in _CLOSED),
)
"""A user's own override of the same day holds instead."""
