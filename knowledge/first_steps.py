"""The step of this room in a project in which nothing has happened yet."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from knowledge.models import KnowledgeEntry
from runs.first_steps import Step


def bring_in(projects: Sequence[str], named: str) -> list[Step]:
    """Bring in the runbooks that there are."""
    return [
        Step(
            title=_("Bring in your runbooks"),
            text=_("Agents find them by search; each incident adds what was learned."),
            is_done=KnowledgeEntry.objects.filter(project_id__in=list(projects)).exists(),
            command=f"manage.py import_runbooks --project {named} FOLDER",
            href=reverse("knowledge-new"),
        )
    ]
