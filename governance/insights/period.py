"""The days that the charts are about: calendar days of one time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from awooop.clock import now
from awooop.errors import Invalid
from governance.selectors import days as calendar

DAYS, MOST_DAYS = 30, 92
# Nothing was before; and a day less than the first that there is cannot be reckoned with.
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Period:
    """Calendar days, oldest first, with the moments between which they lie."""

    days: tuple[date, ...]
    zone: ZoneInfo

    @cached_property
    def begins(self) -> list[datetime]:
        """When each day begins."""
        return [calendar.begins(day, self.zone) for day in self.days]

    @cached_property
    def until(self) -> datetime:
        """When the last day is over."""
        return calendar.begins(self.days[-1] + timedelta(days=1), self.zone)

    @property
    def until_day(self) -> date:
        """The last day, counted in."""
        return self.days[-1]

    @property
    def labels(self) -> list[str]:
        """Each day, for people: ISO 8601 without the year, or with it where there are two."""
        pattern = "%m-%d" if self.days[0].year == self.days[-1].year else "%Y-%m-%d"
        return [day.strftime(pattern) for day in self.days]

    @property
    def params(self) -> dict[str, Any]:
        """What a statement needs to count by day: `begins`, the `ends` beside them, `since` and
        `until`."""
        ends = [*self.begins[1:], self.until]
        begins = self.begins
        return {"begins": begins, "ends": ends, "since": begins[0], "until": self.until}


def last(days: int, zone: ZoneInfo) -> Period:
    """Answer the last days of a zone, today included."""
    return Period(tuple(calendar.last_days(now(), days, zone)), zone)


def parse(given: Mapping[str, Any], zone: ZoneInfo) -> Period:
    """Read `days`, or `since` and `until` (dates, both counted in); raises Invalid naming them.

    A day that is yet to come counts as today. Nothing given: the last 30 days.
    """
    errors: dict[str, str] = {}
    days = _days(given.get("days"), errors)
    today = now().astimezone(zone).date()
    since, until = (_date(given, name, errors) for name in ("since", "until"))
    if errors:
        raise Invalid(errors)
    until = min(until or today, today)
    since = since or until - timedelta(days=days - 1)
    if since > until:
        raise Invalid({"since": _("must not be after the last day")})
    if (until - since).days >= MOST_DAYS:
        raise Invalid({"since": _("at most %(most)d days are shown at once") % {"most": MOST_DAYS}})
    count = (until - since).days + 1
    return Period(tuple(since + timedelta(days=number) for number in range(count)), zone)


def _days(given: Any, errors: dict[str, str]) -> int:
    if given in (None, ""):
        return DAYS
    text = str(given)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= number <= MOST_DAYS:
        errors["days"] = _("must be a whole number from 1 to %(most)s") % {"most": MOST_DAYS}
    return number or DAYS


def _date(given: Mapping[str, Any], name: str, errors: dict[str, str]) -> date | None:
    value = given.get(name)
    if value in (None, "") or isinstance(value, date):
        found = value or None
    else:
        try:
            found = parse_date(str(value))
        except ValueError:  # well formed, and no day: the 30th of February
            found = None
        if found is None:
            errors[name] = _("must be a date, such as 2026-01-31")
    if found is not None and found < EARLIEST:
        errors[name] = _("must not be before %(first)s") % {"first": EARLIEST.isoformat()}
    return found
