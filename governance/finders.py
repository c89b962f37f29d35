"""What the palette finds in this room: governance events."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from awooop import finding, paging
from awooop.callers import Caller
from awooop.finding import AT_MOST, Finder, Hit
from awooop.prefixes import uuids_from
from governance import notes, severities
from governance.models import GovernanceEvent
from governance.selectors import events as reads
from governance.self_checks import registered
from governance.wording import word


def events(caller: Caller, projects: Sequence[str], text: str) -> list[Hit]:
    """Find events by the start of their id, or the newest of a type with that word in its name."""
    bounds = uuids_from(text)
    found = []
    if bounds:
        rows = GovernanceEvent.objects.filter(pk__range=bounds)
        found = list(paging.restrict(rows, projects).order_by("pk")[:AT_MOST])
    types = [] if found else _types_named(text)
    if types:
        rows = GovernanceEvent.objects.filter(event_type__in=types)
        found = paging.first(rows, projects, reads.NEWEST, AT_MOST)
    return [
        Hit(
            title=f"{word(event.event_type)} {event.subject}".strip(),
            href=notes.address(str(event.pk)),
            about=f"{str(event.pk)[:8]} · {event.project_id}",
            status="resolved" if event.resolved else "open",
        )
        for event in found
    ]


def _types_named(text: str) -> list[str]:
    """Answer the types of events that are so named, in the reader's language or in English."""
    known = {kind for check in registered() for kind in check.owns} | severities.known()
    named = {kind: f"{kind} {word(kind)}" for kind in known}
    with translation.override("en"):
        named = {kind: f"{name} {word(kind)}".casefold() for kind, name in named.items()}
    wanted = text.casefold().split()
    return sorted(kind for kind, name in named.items() if all(each in name for each in wanted))


finding.add(Finder("governance_event", _("Governance events"), "shield", 50, events))
