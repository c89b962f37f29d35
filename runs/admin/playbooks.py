from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import ProjectFilter, RefusableForm, ScopedAdmin
from awooop.admin_base.forms import ObjectField, project_choices
from runs.actions import playbook_edits
from runs.models import Playbook

_EDITED = ("name", "status", "is_trust_pinned", "trust_score", "source", "metadata")


class PlaybookForm(RefusableForm):
    """A playbook's own fields; its counts come of executions."""

    project_id = forms.ChoiceField(label=_("Project"))
    metadata = ObjectField(label=_("Metadata"), required=False)

    class Meta:
        model = Playbook
        fields = _EDITED
        help_texts = {
            "trust_score": _("Kept only where trust is pinned; else it is earned by executions."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "project_id" in self.fields:
            self.fields["project_id"].choices = project_choices(self.caller, "playbook.edit")


@admin.register(Playbook)
class PlaybookAdmin(ScopedAdmin):
    """Playbooks, with trust that an administrator may pin."""

    may_add = may_change = "playbook.edit"
    form = PlaybookForm
    fixed_ordering = paging.Ordering("admin.playbook", ("name", "playbook_id"), descending=False)
    exact_search = ("playbook_id", "name")
    search_help_text = _("A part of a playbook's name, or its id.")
    list_display = (
        "name",
        "project_id",
        "status",
        "trust_score",
        "is_trust_pinned",
        "success_count",
        "failure_count",
        "last_used_at",
    )
    list_filter = (ProjectFilter, "status", "is_trust_pinned")

    def search_condition(self, term: str) -> Q:
        """Playbooks are few enough to be searched by a part of the name."""
        return super().search_condition(term) | Q(name__icontains=term)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        counts = ("success_count", "failure_count", "last_used_at", "created_at")
        return ("project", *_EDITED, *counts) if obj else ("project_id", *_EDITED)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(n for n in self.get_fields(request, obj) if obj and n not in _EDITED)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[RefusableForm]:
        """A playbook stays in its project."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            form.base_fields.pop("project_id", None)
        return form

    def save_model(self, request: HttpRequest, obj: Playbook, form: Any, change: bool) -> None:
        """Create or update by the action."""
        if change:
            playbook_edits.update(by=request.caller, playbook=obj)
            return
        made = playbook_edits.create(by=request.caller, **form.cleaned_data)
        obj.pk, obj.project_id = made.pk, made.project_id
        obj._state.adding = False
