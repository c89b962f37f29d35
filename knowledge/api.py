"""The API of knowledge entries, under `/knowledge`."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status
from pydantic import StringConstraints

from awooop import permissions
from awooop.errors import Invalid
from awooop.paging import PageRequest
from awooop.rest import GOVERN, PROBLEMS, READ, Page, PerPage, ProjectId
from knowledge import policies, schemas
from knowledge.actions import entries as actions
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from knowledge.selectors import entries, filters

router = Router(tags=["knowledge"])
Words = Annotated[str, StringConstraints(max_length=filters.Q_AT_MOST)]
_ANY_STATUS = Literal[(*EntryStatus.values, filters.ALL)]


@router.get("/knowledge/entries", response={200: schemas.Entries, **PROBLEMS}, auth=READ)
def list_entries(
    request: HttpRequest,
    project_id: ProjectId | None = None,
    q: Words = "",
    status: _ANY_STATUS | None = None,
    entry_type: Literal[tuple(EntryType.values)] | None = None,
    category: Annotated[str, StringConstraints(max_length=128)] = "",
    tag: Annotated[str, StringConstraints(max_length=64)] = "",
    stale: bool | None = None,
    page: Page = 1,
    per_page: PerPage = 50,
    cursor: str | None = None,
):
    """Entries: the best first where `q` is given (English, Chinese, misspelled), else the newest.

    What is archived is left out, unless `status` is `archived` or `all`.
    """
    chosen = filters.parse(
        {
            "q": q,
            "status": status,
            "entry_type": entry_type,
            "category": category,
            "tag": tag,
            "stale": stale,
        }
    )
    projects = permissions.readable_projects(request.caller, project_id)
    asked = PageRequest(page, per_page, cursor or None)
    found = entries.page_of_entries(chosen, projects, asked)
    return {
        "items": [_facts(each.entry) | {"snippet": str(each.snippet)} for each in found.items],
        "total": found.page.total,
        "total_is_exact": found.page.total_is_exact,
        "page": found.page.page,
        "per_page": found.page.per_page,
        "next_cursor": found.page.next_cursor,
        "respelled": found.respelled,
    }


@router.post("/knowledge/entries", response={201: schemas.Entry, **PROBLEMS}, auth=GOVERN)
def create_entry(request: HttpRequest, body: schemas.EntryIn):
    """Write an entry (scope `govern`)."""
    project_id = permissions.writable_project(request.caller, body.project_id)
    values = body.model_dump(exclude={"project_id"})
    return Status(201, _whole(actions.create(by=request.caller, project_id=project_id, **values)))


@router.get(
    "/knowledge/entries/{entry_id}", response={200: schemas.EntryRead, **PROBLEMS}, auth=READ
)
def get_entry(
    request: HttpRequest,
    response: HttpResponse,
    entry_id: UUID,
    project_id: ProjectId | None = None,
):
    """One entry; its version is its `ETag`."""
    projects = permissions.readable_projects(request.caller, project_id)
    entry = entries.get(projects, entry_id)
    response["ETag"] = f'"{entry.version}"'
    return _whole(entry)


@router.patch(
    "/knowledge/entries/{entry_id}", response={200: schemas.Entry, **PROBLEMS}, auth=GOVERN
)
def change_entry(request: HttpRequest, entry_id: UUID, body: schemas.EntryPatch):
    """Change the fields that are sent (scope `govern`); 409 where the version is not the last."""
    projects = permissions.readable_projects(request.caller, body.project_id)
    entry = entries.get(projects, entry_id)
    values = body.model_dump(exclude={"project_id", "version"}, exclude_unset=True)
    changed = actions.update(
        by=request.caller,
        project_id=entry.project_id,
        entry_id=entry_id,
        version=_version(request, body.version),
        **_given(values),
    )
    return _whole(changed)


def _version(request: HttpRequest, version: int | None) -> int:
    match = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not match:
        if version is None:
            raise Invalid({"version": "must be the one that was read (or send If-Match)"})
        return version
    if not (match.isascii() and match.isdigit() and len(match) < 10):
        raise Invalid({"If-Match": "must be the ETag of the entry"})
    if version is not None and version != int(match):
        raise Invalid({"version": "is not that of If-Match"})
    return int(match)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Null takes a tie away; elsewhere it says nothing that could be written."""
    wrong = [
        name for name, value in values.items() if value is None and not name.startswith("related_")
    ]
    if wrong:
        raise Invalid(dict.fromkeys(wrong, "must not be null"))
    return values


def _facts(entry: KnowledgeEntry) -> dict[str, Any]:
    return entries.facts(entry) | {"is_stale": policies.is_stale(entry)}


def _whole(entry: KnowledgeEntry) -> dict[str, Any]:
    return _facts(entry) | {"content": entry.content, "metadata": entry.metadata}
