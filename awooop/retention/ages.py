"""How old a row of each rule must be to go: the rule's own age, or the installation's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from awooop.retention.registry import Rule, rules


def days_of(rule: Rule) -> int | None:
    """Answer for how many days the rule keeps rows; None: for ever."""
    given = settings.RETENTION_OVERRIDES
    if rule.name in given:
        return given[rule.name]
    return settings.RETENTION_DAYS if rule.days is None else rule.days


def cutoff_of(rule: Rule, at: datetime) -> datetime | None:
    """Answer the moment before which rows of the rule may go; None: never."""
    days = days_of(rule)
    return None if days is None else at - timedelta(days=days)


@register()
def check_overrides(**_: Any) -> list[Error]:
    """RETENTION_OVERRIDES names rules that exist, and keeps what is still looked at."""
    known = {rule.name: rule for rule in rules()}
    return [
        Error(f"RETENTION_OVERRIDES: {problem}", hint="See docs/retention.md.", id="awooop.E003")
        for name, days in settings.RETENTION_OVERRIDES.items()
        if (problem := _problem(known, name, days))
    ]


def _problem(known: dict[str, Rule], name: str, days: int | None) -> str:
    if name not in known:
        return f"there is no rule '{name}'; there are {', '.join(known)}"
    if days is not None and days < known[name].least_days:
        return f"'{name}' must be at least {known[name].least_days} days, or null"
    return ""
