"""Entries and their history in the Django admin; writes call the same actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import Act, ProjectFilter, ReadOnlyAdmin, RefusableForm, ScopedAdmin, as_json
from awooop.admin_base.forms import project_choices
from awooop.callers import Caller
from knowledge.actions import entries
from knowledge.actions.entries import REASON_AT_MOST
from knowledge.models import EntryStatus, KnowledgeEntry, KnowledgeRevision
from knowledge.search import query, ranking

_EDITED = (
    "title", "content", "entry_type", "category", "tags", "status", "alertname", "owner",
    "related_incident_id",
)  # fmt: skip
_SHOWN = (
    "entry_id", "project", "source", "source_path", "metadata_as_json", "related_playbook_id",
    "related_approval_id", "governance_event_id", "superseded_by_id", "view_count", "version",
    "created_at", "updated_at",
)  # fmt: skip


class EntryForm(RefusableForm):
    """An entry's own fields, why they change, and the version that was read."""

    project_id = forms.ChoiceField(label=_("Project"))
    reason = forms.CharField(label=_("Reason"), max_length=REASON_AT_MOST, required=False)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = KnowledgeEntry
        fields = _EDITED
        widgets = {"content": forms.Textarea(attrs={"rows": 24, "cols": 100})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "project_id" in self.fields:
            self.fields["project_id"].choices = project_choices(self.caller, "knowledge.edit")
        if "seen_version" in self.fields:
            self.fields["seen_version"].initial = self.instance.version


class ReasonForm(forms.Form):
    """Why an entry is archived or brought back."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_AT_MOST, required=False)


def _perform(action: Any) -> Any:
    def perform(by: Caller, entry: KnowledgeEntry, data: dict[str, Any]) -> None:
        version = int(data["seen"]) if data["seen"].isdigit() else entry.version
        where = {"project_id": entry.project_id, "entry_id": entry.pk, "version": version}
        action(by=by, reason=data["reason"], **where)

    return perform


def _act(name: str, label: Any, action: Any, applies: Any) -> Act:
    return Act(
        name=name,
        label=label,
        operation="knowledge.edit",
        perform=_perform(action),
        form=ReasonForm,
        applies=applies,
        describe=lambda entry: [(_("Title"), entry.title), (_("Status"), entry.status)],
        stamp=lambda entry: str(entry.version),
    )


@admin.register(KnowledgeEntry)
class KnowledgeEntryAdmin(ScopedAdmin):
    """Entries; a touch of a tag refreshes nothing, a change of the text is a revision."""

    may_add = may_change = "knowledge.edit"
    form = EntryForm
    fixed_ordering = paging.Ordering("admin.knowledge", ("updated_at", "entry_id"))
    exact_search = ("entry_id", "related_incident_id")
    search_help_text = _("Words, an entry's id, or an incident's.")
    list_display = (
        "title", "project_id", "entry_type", "status", "category", "owner", "version",
        "updated_at",
    )  # fmt: skip
    list_filter = (ProjectFilter, "status", "entry_type")
    acts = (
        _act(
            "archive",
            _("Archive"),
            entries.archive,
            lambda entry: entry.status != EntryStatus.ARCHIVED,
        ),
        _act(
            "restore",
            _("Bring back"),
            entries.restore,
            lambda entry: entry.status == EntryStatus.ARCHIVED,
        ),
    )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Find by the same index as the page, besides by whole ids."""
        if not search_term.strip():
            return queryset, False
        projects = self.projects_to_view(request)
        found = ranking.rank(projects, query.parse(projects, search_term[:200]), None)
        return queryset.filter(
            self.search_condition(search_term.strip()) | Q(pk__in=found.ids)
        ), False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj:
            return (*_EDITED, "reason", "seen_version", *_SHOWN)
        return ("project_id", *_EDITED, "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return _SHOWN if obj else ()

    @admin.display(description=_("Metadata"))
    def metadata_as_json(self, entry: KnowledgeEntry) -> str:
        """Show what the source says beside."""
        return as_json(entry.metadata)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[RefusableForm]:
        """An entry stays in its project."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            form.base_fields.pop("project_id", None)
        return form

    def save_model(
        self, request: HttpRequest, obj: KnowledgeEntry, form: Any, change: bool
    ) -> None:
        """Create or update by the action."""
        values = {name: form.cleaned_data[name] for name in (*_EDITED, "reason")}
        if change:
            entries.update(
                by=request.caller,
                project_id=obj.project_id,
                entry_id=obj.pk,
                version=form.cleaned_data.get("seen_version") or 0,
                **values,
            )
            return
        project_id = form.cleaned_data["project_id"]
        made = entries.create(by=request.caller, project_id=project_id, **values)
        obj.pk, obj.project_id = made.pk, made.project_id
        obj._state.adding = False


@admin.register(KnowledgeRevision)
class KnowledgeRevisionAdmin(ReadOnlyAdmin):
    """What entries said before, by the entry's id."""

    search_only = True
    fixed_ordering = paging.Ordering("admin.knowledge_revision", ("version", "id"))
    exact_search = ("entry_id",)
    search_help_text = _("An entry's id.")
    list_display = ("title", "entry_id", "project_id", "version", "editor", "reason", "created_at")
    list_filter = ()
