"""The kernel's finders: pages by their names, contracts by id or name."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from awooop import navigation, paging
from awooop.callers import Caller
from awooop.finding.registry import AT_MOST, Finder, Hit, add
from awooop.models import ContractRevision
from awooop.prefixes import uuids_from

MOST_PAGES = 8
_NEWEST = paging.Ordering("finding.contracts", ("created_at", "revision_id"))


def pages(caller: Caller, projects: Sequence[str], text: str) -> list[Hit]:
    """Find pages whose name has the words, in the reader's language or in English."""
    wanted = text.casefold().split()
    found = []
    for place in navigation.places(caller):
        names = [name.casefold() for name in place.names]
        if all(any(word in name for name in names) for word in wanted):
            found.append(Hit(place.label, place.href, place.within))
    return found if not wanted else found[:MOST_PAGES]


def contracts(caller: Caller, projects: Sequence[str], text: str) -> list[Hit]:
    """Find contract revisions by the start of their id, or by a part of the contract's name."""
    by_name = Q(contract_id__icontains=text)
    bounds = uuids_from(text)
    by_id = Q(revision_id__range=bounds) if bounds else Q(pk__in=[])
    rows = ContractRevision.objects.filter(by_name | by_id)
    return [
        Hit(
            title=str(row),
            href=reverse("contract", args=[row.pk]),
            about=row.project_id,
            status=row.lifecycle_status,
        )
        for row in paging.first(rows, projects, _NEWEST, AT_MOST)
    ]


add(Finder("page", _("Pages"), "right", 0, pages, least=0))
add(Finder("contract", _("Contracts"), "contract", 70, contracts))
