"""The pages of the audit trail's proof: keys, anchors, and what may be taken out."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods, require_safe

from awooop import audit_keys, permissions
from awooop.actions import audit_exports
from awooop.admin_base.forms import add_refusal, project_choices
from awooop.audit_proof import outside, publishing, selectors
from awooop.errors import Conflict, Invalid, NotAllowed


class ExportForm(forms.Form):
    """Which project's records, and of which days."""

    project_id = forms.ChoiceField(label=_l("Project"))
    since = forms.DateField(label=_l("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label=_l("To, the day included"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, projects: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project_id"].choices = projects

    def period(self) -> tuple[datetime, datetime]:
        """Answer the days as moments, in the reader's time zone."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return _midnight(since), _midnight(until + timedelta(days=1))


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@require_safe
def proof(request: HttpRequest) -> HttpResponse:
    """Who signs, where each chain was anchored last, and the form to export a period."""
    return _page(request, _form(request))


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """The records of a period as an archive; whoever comes by its address sees the form."""
    if request.method != "POST":
        return _page(request, _form(request))
    form = _form(request, request.POST)
    if not form.fields["project_id"].choices:
        raise NotAllowed(_("Your role does not allow this (audit.export)."))
    if not form.is_valid():
        return _page(request, form, 422)
    since, until = form.period()
    try:
        exported = audit_exports.export(
            by=request.caller,
            project_id=form.cleaned_data["project_id"],
            since=since,
            until=until,
        )
    except (Conflict, Invalid) as refused:
        add_refusal(form, refused)
        return _page(request, form, refused.status)
    return publishing.as_file(exported)


def _form(request: HttpRequest, data: Any = None) -> ExportForm:
    projects = project_choices(request.caller, audit_exports.OPERATION)
    today = timezone.localdate()
    initial = {
        "project_id": request.GET.get("project_id", ""),
        "since": today - timedelta(days=30),
        "until": today,
    }
    return ExportForm(data, projects=projects, initial=initial)


def _page(request: HttpRequest, form: ExportForm, status: int = 200) -> HttpResponse:
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    behind = selectors.unanchored(projects)
    context = {
        "form": form,
        "may_export": bool(form.fields["project_id"].choices),
        "keys": audit_keys.ring(),
        "rows": [
            {"anchor": anchor, "behind": behind.get(anchor.project_id, 0)}
            for anchor in selectors.latest(projects)
        ],
        "stores": outside.stores(),
    }
    return render(request, "awooop/audit_proof.html", context, status=status)


@login_not_required
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys, for anybody: they check what was signed, and give nothing away."""
    return JsonResponse(publishing.keys_document())
