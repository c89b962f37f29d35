"""What can be noted on in this room, and where its things are shown."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from awooop import notes, objects
from awooop.models.note import NoteSubject
from runs.selectors import incidents, runs


def _run(projects: Sequence[str], ident: str) -> str:
    return runs.find(UUID(ident), projects).project_id


def _incident(projects: Sequence[str], ident: str) -> str:
    return incidents.get(projects, ident).project_id


def register() -> None:
    """Register them; called once, when the app is ready."""
    kinds = NoteSubject
    notes.add(notes.Subject(kinds.RUN, _run, lambda ident: reverse("run-detail", args=[ident])))
    notes.add(
        notes.Subject(
            kinds.INCIDENT, _incident, lambda ident: reverse("incident-detail", args=[ident])
        )
    )
    objects.add("approval", lambda ident: _with("approvals", approval_id=ident))
    objects.add("message", lambda ident: _with("outbox", message_id=ident))
    objects.add("mcp_call", lambda ident: reverse("gateway-call", args=[ident]))
    objects.add("playbook", lambda ident: reverse("admin:runs_playbook_change", args=[ident]))


def _with(name: str, **query: str) -> str:
    return f"{reverse(name)}?{urlencode(query)}"
