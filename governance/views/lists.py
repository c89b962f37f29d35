"""What the tabs that list something share: the page asked for, and filters that make no sense."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from awooop import paging
from awooop.errors import Invalid
from awooop.listing import export

PER_PAGE = 25


def page_request(request: HttpRequest, per_page: int = PER_PAGE) -> paging.PageRequest:
    """Answer which page the address asks for; raises Invalid naming each parameter."""
    return paging.parse_request(
        request.GET.get("page"), request.GET.get("size", per_page), request.GET.get("cursor")
    )


def uuid_of(request: HttpRequest, name: str) -> UUID | None:
    """Answer an id of the address, None where there is none; raises Invalid."""
    text = request.GET.get(name)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Invalid({name: _("must be a UUID")}) from None


def attempted(refused: Any, note: str) -> dict[str, Any]:
    """Answer what a form shows of a refusal: the sentence, and what was typed."""
    return {"error": refused.detail, "note": note, "status": refused.status}


def file(
    request: HttpRequest,
    name: str,
    fields: Sequence[str],
    projects: Sequence[str],
    found: QuerySet,
    ordering: paging.Ordering,
) -> HttpResponseBase:
    """Answer a list of rows as a file of these of their fields."""
    rows = export.walk(projects, lambda _project: found, ordering, export.of(fields))
    return export.respond(request, name, fields, rows)
