"""Reads about entries: one, the list, and what a search finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models.functions import Left
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from awooop import paging
from awooop.canonical import fingerprint
from awooop.errors import Invalid, NotFound
from knowledge.models import KnowledgeEntry
from knowledge.search import query, ranking, snippets
from knowledge.selectors.filters import Filters

NEWEST = paging.Ordering("knowledge.newest", ("updated_at", "entry_id"))
_SALT = "awooop.cursor.knowledge.search"
_LISTED = (
    "title", "entry_type", "category", "tags", "status", "alertname", "source", "source_path",
    "owner", "view_count", "related_incident_id", "related_playbook_id", "related_approval_id",
    "governance_event_id", "superseded_by_id", "version", "created_at", "updated_at", "project_id",
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One entry of a list: its title and an excerpt, escaped, with what was looked for marked."""

    entry: KnowledgeEntry
    title: SafeString
    snippet: SafeString


@dataclass
class Results:
    """A page of a list, and how words were read that nobody wrote so (`respelled`)."""

    page: paging.Page
    items: list[Found]
    respelled: dict[str, list[str]] = field(default_factory=dict)
    ids: list[UUID] | None = None


def page_of_entries(
    filters: Filters, projects: Sequence[str], request: paging.PageRequest
) -> Results:
    """Answer one page: the best first where words are given, else what was updated last."""
    if filters.q.strip():
        return _search(filters, projects, request)
    rows = filters.apply(projects).only(*_LISTED)
    page = paging.paginate(rows, projects, NEWEST, request)
    return Results(page, _with_excerpts(page.items, projects, frozenset()))


def best(filters: Filters, projects: Sequence[str], at_most: int) -> list[KnowledgeEntry]:
    """Answer the best entries for the words of the filters, at most so many."""
    ranked = _rank(filters, projects, query.parse(projects, filters.q))
    return _in_order(ranked.ids[:at_most], projects)


def get(projects: Sequence[str], entry_id: UUID) -> KnowledgeEntry:
    """Answer one entry with what it is tied to; raises NotFound."""
    rows = KnowledgeEntry.objects.filter(pk=entry_id)
    rows = rows.select_related("related_playbook", "related_approval", "superseded_by")
    entry = paging.restrict(rows, projects).first()
    if entry is None:
        raise NotFound(_("No such entry, or none that you may see."))
    return entry


def _search(filters: Filters, projects: Sequence[str], request: paging.PageRequest) -> Results:
    wanted = query.parse(projects, filters.q)
    ranked = _rank(filters, projects, wanted)
    start = _offset(filters, request)
    ids = ranked.ids[start : start + request.per_page]
    entries = _in_order(ids, projects)
    page = paging.Page(
        items=entries,
        total=len(ranked.ids),
        total_is_exact=ranked.is_all,
        page=start // request.per_page + 1,
        per_page=request.per_page,
        next_cursor=_cursor(filters, start + request.per_page, len(ranked.ids)),
        prev_cursor=_cursor(filters, start - request.per_page, len(ranked.ids)) if start else None,
    )
    items = _with_excerpts(entries, projects, wanted.terms)
    return Results(page, items, wanted.respelled, ranked.ids)


def _rank(filters: Filters, projects: Sequence[str], wanted: query.Query) -> ranking.Ranked:
    if not projects:
        return ranking.Ranked([], True)
    rows = paging.restrict(filters.apply(projects), projects).order_by()
    if filters.narrowed():
        few = list(rows.values_list("pk", flat=True)[: ranking.FEW + 1])
        if len(few) <= ranking.FEW:
            return ranking.rank_few(projects, wanted, few)
    return ranking.rank(projects, wanted, rows.values("entry_id").query.sql_with_params())


def _in_order(ids: Sequence[UUID], projects: Sequence[str]) -> list[KnowledgeEntry]:
    rows = paging.restrict(KnowledgeEntry.objects.filter(pk__in=ids).only(*_LISTED), projects)
    found = {entry.pk: entry for entry in rows}
    return [found[key] for key in ids if key in found]


def _with_excerpts(
    entries: Iterable[KnowledgeEntry], projects: Sequence[str], terms: frozenset[str]
) -> list[Found]:
    entries = list(entries)
    if not entries:
        return []
    rows = paging.restrict(
        KnowledgeEntry.objects.filter(pk__in=[entry.pk for entry in entries]), projects
    )
    size = snippets.READ_AT_MOST if terms else 600
    contents = dict(rows.values_list("pk", Left("content", size)))
    return [
        Found(
            entry=entry,
            title=snippets.mark(entry.title, terms),
            snippet=snippets.excerpt(contents.get(entry.pk, ""), terms),
        )
        for entry in entries
    ]


def _key(filters: Filters) -> str:
    return fingerprint({"q": filters.q.strip(), **filters.narrowed()})[:16]


def _cursor(filters: Filters, start: int, found: int) -> str | None:
    if not 0 <= start < found:
        return None
    return signing.dumps([start, _key(filters)], salt=_SALT)


def _offset(filters: Filters, request: paging.PageRequest) -> int:
    if request.cursor is None:
        return (request.page - 1) * request.per_page
    try:
        start, key = signing.loads(request.cursor, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        start, key = 0, ""
    if key != _key(filters):
        raise Invalid({"cursor": _("is not one that this list gave out")})
    return int(start)


def facts(entry: KnowledgeEntry) -> dict[str, Any]:
    """Answer an entry's fields by the names of the contract, without its content."""
    names = ("entry_id", *_LISTED)
    return {name: getattr(entry, name) for name in names}
