"""How long the tables of governance are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from awooop.models.note import NoteSubject
from awooop.notes import reads as notes
from awooop.retention import Rule, add
from governance.models import (
    ACTIVE,
    Dispatch,
    DriftFingerprint,
    DriftState,
    GovernanceEvent,
    SelfCheckCycle,
    SloSample,
)

# The summary looks back a year, by day in the reader's zone, and the burn-down of stale knowledge
# counts the completed reviews, which are dispatches of these events.
EVENT_DAYS = 400
SETTLED = (DriftState.ZERO_DIFF, DriftState.ADOPTED, DriftState.RESOLVED)


def events(cutoff: datetime) -> QuerySet:
    """Answer events resolved before, each of whose dispatches ended before."""
    kept = Q(dispatch_status__in=ACTIVE) | Q(created_at__gte=cutoff) | Q(completed_at__gte=cutoff)
    dispatches = Dispatch.objects.filter(kept, governance_event=OuterRef("pk"))
    return GovernanceEvent.objects.filter(
        ~Exists(dispatches), resolved=True, resolved_at__lt=cutoff
    )


def dispatches_of(project_id: str, keys: Sequence[UUID]) -> Iterable[QuerySet]:
    """Answer the notes and dispatches of these events: they go before them."""
    return [
        notes.on_many(project_id, NoteSubject.GOVERNANCE_EVENT, keys),
        Dispatch.objects.filter(governance_event_id__in=keys),
    ]


def cycles(cutoff: datetime) -> QuerySet:
    """Answer cycles that are not the project's last."""
    newer = SelfCheckCycle.objects.filter(
        project_id=OuterRef("project_id"), started_at__gt=OuterRef("started_at")
    )
    return SelfCheckCycle.objects.filter(Exists(newer))


def samples(cutoff: datetime) -> QuerySet:
    """Answer samples that are not the last of their SLO."""
    newer = SloSample.objects.filter(
        project_id=OuterRef("project_id"),
        slo=OuterRef("slo"),
        evaluated_at__gt=OuterRef("evaluated_at"),
    )
    return SloSample.objects.filter(Exists(newer))


add(
    Rule(
        "governance_events",
        GovernanceEvent,
        "triggered_at",
        events,
        what="resolved governance events, with their dispatches and notes",
        keeps="unresolved events and all their dispatches; an event with a dispatch that is active "
        "or ended since",
        days=EVENT_DAYS,
        least_days=31,
        first=dispatches_of,
    )
)
add(
    Rule(
        "self_check_cycles",
        SelfCheckCycle,
        "started_at",
        cycles,
        what="self-check cycles",
        keeps="the last cycle of each project, however old",
        days=90,
        least_days=7,
    )
)
add(
    Rule(
        "slo_samples",
        SloSample,
        "evaluated_at",
        samples,
        what="SLO samples",
        keeps="the last sample of each SLO, however old; the history shows 30 days",
        days=90,
        least_days=31,
    )
)
add(
    Rule(
        "settled_drift",
        DriftFingerprint,
        "last_seen_at",
        lambda cutoff: DriftFingerprint.objects.filter(state__in=SETTLED),
        what="drift that was adopted, resolved or left no difference",
        keeps="drift that is detected, handed off or has a pull request open",
        least_days=31,
    )
)
