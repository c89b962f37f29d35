"""The draft that a resolved incident leaves, once per incident and resolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awooop.callers import Caller
from awooop.canonical import rfc3339
from awooop.clock import now
from knowledge import incident_text
from knowledge.actions import writing
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from knowledge.models.entries import TITLE_AT_MOST
from knowledge.selectors import incident_facts
from runs.models import Incident


def on_incidents_resolved(
    sender: Any, *, incidents: Sequence[Incident], by: Caller, **kwargs: Any
) -> None:
    """Make the drafts in the transaction that resolves the incidents."""
    make(incidents=incidents, by=by)


def make(*, incidents: Sequence[Incident], by: Caller) -> list[KnowledgeEntry]:
    """Write a draft of each resolved incident of one project; what has its draft already is left.

    A fixed number of statements. The resolution is what is audited; the draft's first revision says
    who made it.
    """
    return writing.insert(unsaved(incidents), editor=by.label, reason="incident resolved")


def unsaved(incidents: Sequence[Incident]) -> list[KnowledgeEntry]:
    """Answer the drafts of incidents of one project, not written yet, in their order."""
    facts = incident_facts.of_incidents(incidents)
    return [_draft(incident, facts[incident.pk]) for incident in incidents]


def source_path(incident: Incident) -> str:
    """Answer what tells one resolution of an incident from another."""
    return f"{incident.pk}@{rfc3339(incident.resolved_at or incident.opened_at)}"


def _draft(incident: Incident, facts: incident_facts.Facts) -> KnowledgeEntry:
    at = now()
    executed = [each for each in facts.executions if each.playbook_id]
    return KnowledgeEntry(
        project_id=incident.project_id,
        title=f"Learned: {incident_text.line(incident.title)}"[:TITLE_AT_MOST],
        content=incident_text.write(incident, facts),
        entry_type=EntryType.INCIDENT_LEARNING,
        status=EntryStatus.DRAFT,
        category="incidents",
        tags=[incident.disposition] if incident.disposition else [],
        alertname=" ".join(str(incident.labels.get("alertname") or "").split())[:255],
        source=incident_text.SOURCE,
        source_path=source_path(incident),
        related_incident_id=incident.pk,
        related_playbook_id=executed[-1].playbook_id if executed else None,
        related_approval_id=facts.approvals[-1].id if facts.approvals else None,
        created_at=at,
        updated_at=at,
    )
