"""Open, repeat, notify and resolve governance events.

While an event is open the same finding raises its occurrences and makes no second one. A person is
told when it opens, when it becomes graver, and every 24 hours while it is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from awooop import counters, permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotFound
from governance import signals
from governance.models import GovernanceEvent
from governance.models.events import IMPACT_MOST
from governance.self_checks import Finding
from governance.severities import is_graver, severity_of

RENOTIFY = timedelta(hours=24)
NOTE_MOST = 500
_CHANGED = (
    "last_seen_at",
    "occurrences",
    "notified_at",
    "severity",
    "details",
    "impact",
    "remediation",
)
Key = tuple[str, str, str]


@dataclass
class Reported:
    """What a report did: events opened, events seen again, and those that a person is told of."""

    opened: list[GovernanceEvent]
    repeated: list[GovernanceEvent]
    notified: list[GovernanceEvent]


@transaction.atomic
def report(*, by: Caller, found: Mapping[str, Iterable[Finding]]) -> Reported:
    """Report findings by project, in a number of statements that does not grow with them.

    Concurrent reports of one finding make one event: the second waits for the first, and repeats.
    """
    wanted = _by_key(found)
    at = now()
    opened = _open(wanted, at)
    known = _locked(wanted, except_for=opened)
    notified = [event for event in opened if not wanted[_key(event)].quiet]
    for event in known:
        if _repeat(event, wanted[_key(event)], at):
            notified.append(event)
    GovernanceEvent.objects.bulk_update(known, _CHANGED, batch_size=500)
    _record(by, "governance.event.open", opened)
    _count("awooop_governance_events_opened", opened)
    _tell(signals.events_opened, opened, by)
    _tell(signals.events_notify, notified, by)
    return Reported(opened, known, notified)


def _by_key(found: Mapping[str, Iterable[Finding]]) -> dict[Key, Finding]:
    return {
        (project, finding.event_type, finding.subject): finding
        for project, findings in found.items()
        for finding in findings
    }


def _key(event: GovernanceEvent) -> Key:
    return (event.project_id, event.event_type, event.subject)


def _open(wanted: dict[Key, Finding], at: datetime) -> list[GovernanceEvent]:
    """Insert what is not open yet; the partial unique index decides, also between processes."""
    candidates = [
        _new(project, finding, at)
        for (project, _, _), finding in sorted(wanted.items(), key=lambda row: row[0])
        if not finding.suppressed
    ]
    GovernanceEvent.objects.bulk_create(candidates, ignore_conflicts=True)
    ids = [event.pk for event in candidates]
    inserted = set(GovernanceEvent.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [event for event in candidates if event.pk in inserted]


def _new(project: str, finding: Finding, at: datetime) -> GovernanceEvent:
    event = GovernanceEvent(
        project_id=project,
        event_type=finding.event_type,
        subject=finding.subject,
        severity=_severity(finding),
        triggered_at=at,
        last_seen_at=at,
        notified_at=None if finding.quiet else at,
    )
    _describe(event, finding)
    return event


def _severity(finding: Finding) -> str:
    return finding.details.get("severity") or severity_of(finding.event_type)


def _describe(event: GovernanceEvent, finding: Finding) -> None:
    event.details = finding.details
    event.impact = _one_line(finding.details.get("impact"), IMPACT_MOST)
    remedy = finding.details.get("remediation") or {}
    event.remediation = _one_line(remedy.get("hint") or remedy.get("next_action"), 240)


def _one_line(text: Any, most: int) -> str:
    line = " ".join(str(text or "").split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _locked(wanted: dict[Key, Finding], *, except_for: list[GovernanceEvent]) -> list:
    """Lock the open events of these keys, in one order."""
    if not wanted:
        return []
    rows = (
        GovernanceEvent.objects.select_for_update()
        .filter(
            resolved=False,
            project_id__in={project for project, _, _ in wanted},
            event_type__in={kind for _, kind, _ in wanted},
        )
        .exclude(pk__in=[event.pk for event in except_for])
        .order_by("project_id", "event_type", "subject")
    )
    return [event for event in rows if _key(event) in wanted]


def _repeat(event: GovernanceEvent, finding: Finding, at: datetime) -> bool:
    """Count the finding on an open event; answers whether a person is to be told."""
    severity = _severity(finding)
    rises = is_graver(severity, event.severity)
    event.occurrences += 1
    event.last_seen_at = at
    event.severity = severity
    _describe(event, finding)
    is_due = event.notified_at is None or at - event.notified_at >= RENOTIFY
    if finding.suppressed or finding.quiet or not (rises or is_due):
        return False
    event.notified_at = at
    return True


@transaction.atomic
def resolve_gone(
    *, by: Caller, found: Mapping[str, Iterable[Finding]], owned: Mapping[str, Iterable[str]]
) -> list[GovernanceEvent]:
    """Resolve the open events of the types that were looked for (by project) and not found."""
    still = set(_by_key(found))
    looked_for = {(project, kind) for project, kinds in owned.items() for kind in kinds}
    rows = (
        GovernanceEvent.objects.select_for_update()
        .filter(
            resolved=False,
            project_id__in={project for project, _ in looked_for},
            event_type__in={kind for _, kind in looked_for},
        )
        .order_by("project_id", "event_type", "subject")
    )
    gone = [
        event
        for event in rows
        if (event.project_id, event.event_type) in looked_for and _key(event) not in still
    ]
    _resolve(gone, by=by, resolved_by="system", note="")
    return gone


@transaction.atomic
def resolve(*, by: Caller, event_id: UUID, note: str) -> GovernanceEvent:
    """Resolve one event by hand; raises NotFound, NotAllowed, Invalid for the note, or Conflict
    where it is resolved."""
    event = (
        GovernanceEvent.objects.select_for_update()
        .filter(pk=event_id, project_id__in=by.projects)
        .first()
    )
    if event is None:
        raise NotFound(_("No such governance event, or none that you may see."))
    permissions.check_can_write(by, "governance.act", event.project_id)
    note = note.strip()
    if not note or len(note) > NOTE_MOST:
        raise Invalid(
            {"note": _("say why it is resolved, in 1 to %(most)s characters") % {"most": NOTE_MOST}}
        )
    if event.resolved:
        who = event.resolved_by or "system"
        raise Conflict(
            _("The event was resolved already, by %(who)s.") % {"who": who}, code="already_resolved"
        )
    _resolve([event], by=by, resolved_by=by.label, note=note)
    return event


def resolve_of_type(
    *, by: Caller, project_id: str, event_type: str, subject: str = ""
) -> list[GovernanceEvent]:
    """Resolve what is open of one type and subject, as the system: its cause is gone."""
    rows = GovernanceEvent.objects.select_for_update().filter(
        project_id=project_id, event_type=event_type, subject=subject, resolved=False
    )
    with transaction.atomic():
        gone = list(rows)
        _resolve(gone, by=by, resolved_by="system", note="")
    return gone


def _resolve(events: Sequence[GovernanceEvent], *, by: Caller, resolved_by: str, note: str) -> None:
    if not events:
        return
    at = now()
    for event in events:
        event.resolved, event.resolved_at = True, at
        event.resolved_by, event.resolution_note = resolved_by[:254], note
    GovernanceEvent.objects.filter(pk__in=[event.pk for event in events]).update(
        resolved=True, resolved_at=at, resolved_by=resolved_by[:254], resolution_note=note
    )
    _record(by, "governance.event.resolve", events)
    _count("awooop_governance_events_resolved", events)
    _tell(signals.events_resolved, events, by)


def _record(by: Caller, action: str, events: Iterable[GovernanceEvent]) -> None:
    entries: dict[str, list[audit.Entry]] = {}
    for event in events:
        details = {
            "event_type": event.event_type,
            "subject": event.subject,
            "severity": event.severity,
            "note": event.resolution_note,
        }
        entry = audit.Entry(action, "governance_event", str(event.pk), details)
        entries.setdefault(event.project_id, []).append(entry)
    audit.append_projects(by=by, entries=entries)


def _count(name: str, events: Sequence[GovernanceEvent]) -> None:
    if events:
        counters.add_many(
            [
                (name, 1, {"project_id": event.project_id, "event_type": event.event_type})
                for event in events
            ]
        )


def _tell(signal: Signal, events: Sequence[GovernanceEvent], by: Caller) -> None:
    if events:
        signal.send(sender=GovernanceEvent, events=list(events), by=by)
