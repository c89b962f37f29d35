"""The page of the audit record: who did what to which object, and whether the record holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_safe

from awooop import audit, audit_reads, listing, permissions
from awooop.canonical import canonical_json
from awooop.errors import NotAllowed
from awooop.filter_forms import FilterForm
from awooop.listing import Column, Listing, export, pages
from awooop.models import AuditRecord

AUDIT = listing.register(
    Listing(
        "audit",
        "audit",
        _l("Audit"),
        (
            Column("project", _l("Project"), ("project_id",)),
            Column("who", _l("Who"), ("actor", "actor_kind")),
            Column("object", _l("Object"), ("resource_type", "resource_id", "run_id")),
            Column("details", _l("Details")),
            Column("chain", _l("Chain"), ("prev_hash", "hash", "key_id")),
            Column("request", _l("Request"), ("request_id",), is_shown=False),
        ),
        fixed=("seq", "created_at", "action"),
    )
)
_FIELDS = (*audit.FIELDS, "hash")


class AuditFilterForm(FilterForm):
    """Filters of the audit record."""

    parse = staticmethod(audit_reads.parse_filters)

    actor = forms.CharField(
        label=_l("Who"), required=False, widget=forms.TextInput(attrs={"data-search": ""})
    )
    action = forms.CharField(label=_l("Action"), required=False)
    object = forms.CharField(
        label=_l("Object"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "run:0b8f…"}),
    )
    since = forms.CharField(
        label=_l("From"), required=False, widget=forms.TextInput(attrs={"type": "date"})
    )
    until = forms.CharField(
        label=_l("To, the day included"),
        required=False,
        widget=forms.TextInput(attrs={"type": "date"}),
    )
    seq = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.get("action", "")
        known = sorted({*actions, given} - {""})
        choices = [("", _("Any")), *((one, one) for one in known)]
        self.fields["action"].widget = forms.Select(choices=choices)


@require_safe
@listing.listed(AUDIT)
def records(request: HttpRequest) -> HttpResponseBase:
    """Records of the projects in which the reader may read them, newest first; the filters are the
    address, `format` is csv or json. Raises NotAllowed where there is no such project."""
    projects = _readable(request)
    form = AuditFilterForm(request.GET, actions=audit_reads.actions(projects))
    if request.GET.get("format") == "json" and form.is_valid():
        return _json(form.filters, projects)
    return pages.respond(
        request,
        "awooop/audit.html",
        form,
        read=lambda _seen, asked: audit_reads.newest(form.filters, projects, asked),
        file=lambda _seen: export.respond(request, "audit", _FIELDS, _walk(form.filters, projects)),
        more=lambda page: {"is_one": bool(form.filters.seq) and len(page.items) == 1},
    )


def _readable(request: HttpRequest) -> tuple[str, ...]:
    caller, named = request.caller, request.GET.get("project_id")
    visible = permissions.readable_projects(caller, named)
    if named:
        permissions.check_can(caller, "audit.read", named)
    may = tuple(one for one in visible if permissions.can(caller, "audit.read", one))
    if not may:
        raise NotAllowed(_("Your role does not allow this (audit.read)."))
    return may


def _walk(filters: audit_reads.AuditFilters, projects: Sequence[str]) -> Iterator[export.Row]:
    found = audit_reads.filtered(filters)
    return export.walk(projects, lambda _project: found, audit_reads.NEWEST, _rows)


def _rows(batch: list[AuditRecord]) -> Iterator[dict[str, Any]]:
    for record in batch:
        yield {**audit.plain(record), "details": canonical_json(record.details)}


def _json(filters: audit_reads.AuditFilters, projects: Sequence[str]) -> StreamingHttpResponse:
    """One record on a line, as it is hashed."""
    found = audit_reads.filtered(filters)
    rows = export.walk(projects, lambda _project: found, audit_reads.NEWEST, _plain)
    lines = (canonical_json(row) + "\n" for row in rows)
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="audit.ndjson"'
    return response


def _plain(batch: list[AuditRecord]) -> Iterator[dict[str, Any]]:
    return (audit.plain(record) for record in batch)
