"""What can be noted on in this room, and where its things are shown."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from awooop import notes, objects
from awooop.models.note import NoteSubject
from governance.selectors import events


def _event(projects: Sequence[str], ident: str) -> str:
    return events.get(projects, UUID(ident)).project_id


def address(ident: str) -> str:
    """Answer the page of one event."""
    return _tab("events", event_id=ident)


def register() -> None:
    """Register them; called once, when the app is ready."""
    notes.add(notes.Subject(NoteSubject.GOVERNANCE_EVENT, _event, address))
    objects.add("dispatch", lambda ident: _tab("queue", dispatch_id=ident))
    objects.add("drift_fingerprint", lambda ident: _tab("drift", drift_id=ident))


def _tab(tab: str, **query: str) -> str:
    return f"{reverse('governance')}?{urlencode({'tab': tab, **query})}"
