"""What entries are tied to, and what is tied to an incident."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from awooop import paging
from knowledge.models import KnowledgeEntry
from runs.models import Incident

AT_MOST = 50


def of_incident(incident: Incident) -> list[dict[str, Any]]:
    """Answer the entries about an incident, as its chain lists them, newest first."""
    rows = KnowledgeEntry.objects.filter(
        project_id=incident.project_id, related_incident_id=incident.incident_id
    )
    found = rows.only("title", "status", "entry_type", "updated_at").order_by("-updated_at", "pk")
    return [
        {
            "entry_id": str(entry.pk),
            "title": entry.title,
            "href": reverse("knowledge-entry", args=[entry.pk]),
            "status": entry.status,
            "entry_type": entry.entry_type,
            "at": entry.updated_at,
        }
        for entry in found[:AT_MOST]
    ]


def incident_of(entry: KnowledgeEntry) -> Incident | None:
    """Answer the incident that an entry is about, if it is known here."""
    if not entry.related_incident_id:
        return None
    rows = Incident.objects.filter(pk=entry.related_incident_id)
    return paging.restrict(rows, [entry.project_id]).first()
