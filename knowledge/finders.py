"""What the palette finds in this room: knowledge entries."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from awooop import finding, paging
from awooop.callers import Caller
from awooop.finding import AT_MOST, Finder, Hit
from awooop.prefixes import uuids_from
from knowledge.models import KnowledgeEntry
from knowledge.selectors import entries as reads
from knowledge.selectors.filters import Filters


def entries(caller: Caller, projects: Sequence[str], text: str) -> list[Hit]:
    """Find entries by the start of their id, else the best for the words."""
    bounds = uuids_from(text)
    found = []
    if bounds:
        rows = KnowledgeEntry.objects.defer("content").filter(pk__range=bounds)
        found = list(paging.restrict(rows, projects).order_by("pk")[:AT_MOST])
    if not found:
        asked = paging.PageRequest(per_page=AT_MOST)
        found = reads.page_of_entries(Filters(q=text), projects, asked).page.items
    return [
        Hit(
            title=entry.title,
            href=reverse("knowledge-entry", args=[entry.pk]),
            about=" · ".join(filter(None, (entry.category, entry.project_id))),
            status=entry.status,
        )
        for entry in found
    ]


finding.add(Finder("entry", _("Knowledge"), "book", 40, entries))
