"""Review drafts by their event: which one stays, which say the same again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awooop.clock import now
from governance import workflow
from governance.models import Dispatch
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from knowledge.reviews import DEDUPE

SCHEMA = "km_review_draft_dedupe_v1"
HISTORY = 5


def dedupe(projects: Sequence[str]) -> dict[str, Any]:
    """Answer the groups of drafts of one event that are not archived; those with duplicates
    first. A fixed number of statements."""
    drafts = _drafts(projects)
    events = list(drafts)
    preferred = _preferred(events)
    history = _history(events)
    groups = [_group(event, drafts[event], preferred, history) for event in events]
    groups.sort(key=lambda group: -group["duplicate_count"])
    return {
        "schema_version": SCHEMA,
        "total_review_drafts": sum(len(some) for some in drafts.values()),
        "event_group_total": len(groups),
        "duplicate_draft_total": sum(group["duplicate_count"] for group in groups),
        "groups": groups,
        "generated_at": now(),
        "writes_on_read": False,
        "manual_review_required": True,
    }


def _drafts(projects: Sequence[str]) -> dict[Any, list[KnowledgeEntry]]:
    rows = KnowledgeEntry.objects.filter(
        project_id__in=list(projects),
        entry_type=EntryType.REVIEW_DRAFT,
        governance_event_id__isnull=False,
    ).exclude(status=EntryStatus.ARCHIVED)
    found: dict[Any, list[KnowledgeEntry]] = {}
    for row in rows.defer("content").order_by("-updated_at", "pk"):
        found.setdefault(row.governance_event_id, []).append(row)
    return found


def _preferred(events: Sequence[Any]) -> dict[Any, str]:
    """Answer the draft that the event's dispatch names."""
    rows = Dispatch.objects.filter(
        governance_event_id__in=events, executor_type=workflow.HERMES
    ).order_by("created_at")
    return {
        row.governance_event_id: row.decision_context["kb_draft_entry_id"]
        for row in rows
        if row.decision_context.get("kb_draft_entry_id")
    }


def _history(events: Sequence[Any]) -> dict[Any, list[dict[str, Any]]]:
    rows = Dispatch.objects.filter(governance_event_id__in=events, executor_type=DEDUPE)
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows.order_by("-created_at"):
        some = found.setdefault(row.governance_event_id, [])
        if len(some) < HISTORY:
            some.append(
                {
                    "audit_dispatch_id": row.pk,
                    "owner": row.owner,
                    "archived_count": row.decision_context.get("archived_count", 0),
                    "archived_entry_ids": row.decision_context.get("archived_entry_ids", []),
                    "archived_at": row.completed_at,
                }
            )
    return found


def _group(
    event: Any,
    drafts: Sequence[KnowledgeEntry],
    preferred: dict[Any, str],
    history: dict[Any, list[dict[str, Any]]],
) -> dict[str, Any]:
    named = [draft for draft in drafts if str(draft.pk) == preferred.get(event)]
    canonical = (named or list(drafts))[0]
    duplicates = [draft.pk for draft in drafts if draft.pk != canonical.pk]
    return {
        "governance_event_id": event,
        "project_id": canonical.project_id,
        "canonical_entry_id": canonical.pk,
        "canonical_title": canonical.title,
        "canonical_updated_at": canonical.updated_at,
        "preferred_source": "dispatch_context" if named else "latest_review_draft",
        "duplicate_entry_ids": duplicates,
        "duplicate_titles": [draft.title for draft in drafts if draft.pk != canonical.pk],
        "duplicate_count": len(duplicates),
        "total_entries": len(drafts),
        "suggested_action": "archive_duplicates" if duplicates else "none",
        "owner_action": "preview_then_archive" if duplicates else "review_canonical_draft",
        "writes_on_read": False,
        "can_archive_without_owner_approval": False,
        "archive_history": history.get(event, []),
    }
