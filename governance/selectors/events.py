"""The list of governance events, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from awooop import paging, together
from awooop.errors import NotFound
from governance.models import Dispatch, GovernanceEvent
from governance.selectors.filters import Checker, Given
from governance.severities import Severity

NEWEST = paging.Ordering("governance_events.newest", ("triggered_at", "id"))
PRESSING = (Severity.CRITICAL, Severity.WARNING)


@dataclass(frozen=True)
class EventFilters:
    """What a list of events is narrowed to; '' and None are no filter. Made by `parse_filters`."""

    event_type: str = ""
    severity: str = ""
    resolved: bool | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed."""
        return self != EventFilters()


def parse_filters(given: Given) -> EventFilters:
    """Check filters as they came from a query string; raises Invalid naming each."""
    checker = Checker(given)
    filters = EventFilters(
        checker.word("event_type"),
        checker.choice("severity", Severity.values),
        checker.boolean("resolved"),
    )
    checker.check()
    return filters


def newest(
    projects: Sequence[str], filters: EventFilters, request: paging.PageRequest
) -> paging.Page:
    """Answer one page of events, newest first, each with its `dispatch_list`."""
    page = paging.paginate(filtered(filters), projects, NEWEST, request)
    add_dispatches(page.items)
    return page


def filtered(filters: EventFilters) -> QuerySet[GovernanceEvent]:
    """Answer the events that the filters leave, not yet restricted to projects, nor ordered."""
    rows = GovernanceEvent.objects.all()
    if filters.event_type:
        rows = rows.filter(event_type=filters.event_type)
    if filters.severity:
        rows = rows.filter(severity=filters.severity)
    if filters.resolved is not None:
        rows = rows.filter(resolved=filters.resolved)
    return rows


def get(projects: Sequence[str], event_id: UUID) -> GovernanceEvent:
    """Answer one event with its `dispatch_list`; raises NotFound."""
    event = paging.restrict(GovernanceEvent.objects.filter(pk=event_id), projects).first()
    if event is None:
        raise NotFound(_("No such governance event, or none that you may see."))
    add_dispatches([event])
    return event


def add_dispatches(events: Sequence[GovernanceEvent]) -> None:
    """Give each event its dispatches as `dispatch_list`, oldest first: one statement."""
    by_event: dict[UUID, list[Dispatch]] = {event.pk: [] for event in events}
    rows = Dispatch.objects.filter(governance_event_id__in=list(by_event))
    projects = sorted({event.project_id for event in events})
    for dispatch in paging.restrict(rows, projects).order_by("created_at", "id"):
        by_event[dispatch.governance_event_id].append(dispatch)
    for event in events:
        event.dispatch_list = by_event[event.pk]


def open_counts(projects: Sequence[str]) -> dict[str, int]:
    """Answer how many events are unresolved, by severity; every severity is named."""
    rows = GovernanceEvent.objects.filter(resolved=False).order_by()
    counted = paging.restrict(rows, projects).values_list("severity").annotate(count=Count("pk"))
    return {**dict.fromkeys(Severity.values, 0), **dict(counted)}


def count_pressing(projects: Sequence[str]) -> int:
    """Answer how many unresolved events are critical or a warning, without those that somebody
    asked for: of them nobody was told."""
    return together.read(number_pressing(projects))[0]


@together.kept
def number_pressing(projects: Sequence[str]) -> together.Read:
    """Ask what `count_pressing` answers."""
    rows = GovernanceEvent.objects.filter(
        resolved=False, severity__in=PRESSING, notified_at__isnull=False
    )
    return together.count(paging.restrict(rows, projects))


def as_row(event: GovernanceEvent) -> dict[str, Any]:
    """Answer an event as the API lists it."""
    names = (
        "id", "project_id", "event_type", "subject", "severity", "triggered_at", "last_seen_at",
        "occurrences", "resolved", "resolved_at", "resolved_by", "resolution_note", "impact",
        "details", "remediation",
    )  # fmt: skip
    values = {name: getattr(event, name) for name in names}
    return {**values, "dispatch_ids": [dispatch.pk for dispatch in event.dispatch_list]}
