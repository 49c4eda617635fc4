"""What the spans are called, in English whatever the host speaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cogs.perf.schedule import Kind

if TYPE_CHECKING:
    from datetime import date, tzinfo

# Own names: strftime would write them in the language of the host.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_HALF = timedelta(hours=12)


def span_name(kind: Kind, start: datetime, end: datetime, zone: tzinfo) -> str:
    """Name what a summary is about by the local dates that most of its first and its last 24 hours belong to."""
    # In UTC, where twelve hours are twelve hours.
    first, last = (moment.astimezone(zone).date() for moment in (start.astimezone(UTC) + _HALF, end - _HALF))
    match kind:
        case Kind.WEEKLY:
            return f"Week of {dates(first, last)}"
        case Kind.MONTHLY if first.day == 1 and (last + timedelta(days=1)).day == 1 and first.month == last.month:
            return f"{_MONTHS[last.month - 1]} {last.year}"
        case Kind.MONTHLY:
            return f"Month of {dates(first, last)}"
        case _:
            return date_name(last)


def date_name(day: date) -> str:
    """Write a date: "Sunday 22 November"."""
    return f"{WEEKDAYS[day.weekday()]} {short(day)}"


def short(day: date) -> str:
    """Write a date without its weekday: "22 November"."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def dates(first: date, last: date) -> str:
    """Write a span of dates: "16 to 22 November", "30 November to 6 December"."""
    same = (first.year, first.month) == (last.year, last.month)
    return f"{first.day if same else short(first)} to {short(last)}"


def abbreviated(moment: float, zone: tzinfo) -> str:
    """Write the local date of a moment in Unix seconds for a narrow table: "16 Nov"."""
    day = datetime.fromtimestamp(moment, zone).date()
    return f"{day.day} {_MONTHS[day.month - 1][:3]}"
