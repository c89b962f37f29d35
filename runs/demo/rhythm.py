"""When things happen: more by day than by night, more on weekdays than at the weekend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from runs.demo.catalogue.shapes import NIGHT, OFFICE
from runs.demo.world import World

# Share of the day's alerts in each local hour: nightly jobs, deploys, the evening's peak.
_ALERTS = (2, 3, 5, 4, 2, 1, 1, 2, 3, 6, 8, 8, 6, 5, 7, 8, 7, 6, 4, 4, 5, 5, 4, 3)
_OFFICE = (0, 0, 0, 0, 0, 0, 0, 0, 1, 5, 8, 7, 3, 5, 8, 8, 7, 5, 2, 0, 0, 0, 0, 0)
_OF_WEEKDAY = (1.15, 1.2, 1.1, 1.1, 1.0, 0.65, 0.55)


def alerts(world: World, per_day: float) -> list[datetime]:
    """Answer when incidents open, in order."""
    return _moments(world, per_day, _ALERTS)


def office(world: World, per_day: float) -> list[datetime]:
    """Answer when people at work do something, in order."""
    return _moments(world, per_day, _OFFICE, weekend=0.18)


def daily(world: World, hour: int, minute: int) -> list[datetime]:
    """Answer a time of each day, with the seconds that a scheduler takes."""
    return [
        at
        for day in _days(world)
        if _is_within(world, at := day.replace(hour=hour, minute=minute) + world.span(1, 28))
    ]


def suits(world: World, when: str, at: datetime) -> bool:
    """Whether something that happens at certain hours can happen at a moment."""
    local = at.astimezone(world.zone)
    if when == NIGHT:
        return local.hour < 6
    return when != OFFICE or 9 <= local.hour < 20


def _moments(
    world: World, per_day: float, hours: Sequence[int], weekend: float | None = None
) -> list[datetime]:
    found = []
    for day in _days(world):
        weight = _OF_WEEKDAY[day.weekday()]
        if weekend is not None and day.weekday() >= 5:
            weight = weekend
        count = max(0, round(per_day * weight + world.rng.uniform(-1.6, 1.6)))
        for hour in world.rng.choices(range(24), weights=hours, k=count):
            at = day.replace(hour=hour) + world.span(0, 3599)
            if _is_within(world, at) and not _is_quiet(world, at):
                found.append(at)
    return sorted(found)


def _days(world: World) -> Iterator[datetime]:
    first = world.start.astimezone(world.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    last = world.now.astimezone(world.zone)
    day = first
    while day <= last:
        yield day
        day = (day + timedelta(hours=30)).replace(hour=0)  # a day later, whatever the clocks do


def _is_within(world: World, at: datetime) -> bool:
    return world.start <= at < world.now


def _is_quiet(world: World, at: datetime) -> bool:
    """Nothing begins shortly before the maintenance or in it."""
    begin, end = world.maintenance
    return begin - timedelta(hours=3) <= at < end + timedelta(minutes=2)
