"""The step of this room in a project in which nothing has happened yet."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from awooop import paging
from knowledge.models import KnowledgeEntry
from runs.first_steps import Step


def bring_in(projects: Sequence[str], named: str) -> list[Step]:
    """Bring in the runbooks that there are."""
    return [
        Step(
            title=_("Bring in your runbooks"),
            text=_("Agents find them by search; each incident adds what was learned."),
            is_done=_has_entries(projects),
            command=f"manage.py import_runbooks --project {named} FOLDER",
            href=reverse("knowledge-new"),
        )
    ]


def _has_entries(projects: Sequence[str]) -> bool:
    # In the order of an index: else the planner may read the entries of all others to find none.
    rows = paging.restrict(KnowledgeEntry.objects.order_by("-updated_at"), projects)
    return bool(rows.values_list("pk", flat=True)[:1])
