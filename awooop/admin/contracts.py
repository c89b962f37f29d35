from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.actions import contracts
from awooop.admin_base import Act, ProjectFilter, RefusableForm, ScopedAdmin, as_json
from awooop.admin_base.forms import ObjectField, project_choices
from awooop.callers import Caller
from awooop.models import ContractRevision
from awooop.models.contract import LifecycleStatus


class ContractForm(RefusableForm):
    """A draft: everything of a new one, the body of one that is there."""

    project_id = forms.ChoiceField(label=_("Project"))
    body = ObjectField(label=_("Body"), required=False)

    class Meta:
        model = ContractRevision
        fields = ("contract_id", "contract_family", "version_major", "version_minor", "body")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "project_id" in self.fields:
            self.fields["project_id"].choices = project_choices(self.caller, "contract.edit")


def _move(status: str) -> Any:
    def perform(by: Caller, revision: ContractRevision, data: dict[str, Any]) -> None:
        contracts.set_status(by=by, revision=revision, status=status)

    return perform


def _act(name: str, label: Any, status: str, *before: str, is_danger: bool = False) -> Act:
    return Act(
        name,
        label,
        "contract.edit",
        _move(status),
        applies=lambda revision: revision.lifecycle_status in before,
        describe=lambda revision: [
            (_("project"), revision.project_id),
            (_("status"), revision.get_lifecycle_status_display()),
            (_("body"), as_json(revision.body)),
        ],
        is_danger=is_danger,
    )


_DRAFT, _ACTIVE, _DEPRECATED, _RETIRED = LifecycleStatus.values


@admin.register(ContractRevision)
class ContractRevisionAdmin(ScopedAdmin):
    """Contract revisions: drafted and edited as drafts; their life by acts; the rest is fixed."""

    may_add = may_change = "contract.edit"
    form = ContractForm
    fixed_ordering = paging.Ordering("admin.contract", ("created_at", "revision_id"))
    exact_search = ("revision_id", "contract_id")
    search_help_text = _("A contract's id or a revision's id, whole.")
    list_display = (
        "__str__",
        "project_id",
        "contract_family",
        "lifecycle_status",
        "body_hash",
        "created_at",
    )
    list_filter = (ProjectFilter, "lifecycle_status", "contract_family")
    acts = (
        _act("activate", _("Activate"), _ACTIVE, _DRAFT, _DEPRECATED),
        _act("deprecate", _("Deprecate"), _DEPRECATED, _ACTIVE, is_danger=True),
        _act("retire", _("Retire"), _RETIRED, _DRAFT, _ACTIVE, _DEPRECATED, is_danger=True),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_fixed = obj is not None and obj.lifecycle_status != _DRAFT
        return not is_fixed and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        named = ("contract_id", "contract_family", "version_major", "version_minor")
        if obj is None:
            return ("project_id", *named, "body")
        body = "body" if self.has_change_permission(request, obj) else "body_as_json"
        return ("project", *named, "lifecycle_status", "created_at", "body_hash", body)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(n for n in self.get_fields(request, obj) if obj and n != "body")

    @admin.display(description=_("body"))
    def body_as_json(self, revision: ContractRevision) -> str:
        """The body, legible."""
        return as_json(revision.body)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[RefusableForm]:
        """Only a draft's body can be changed."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            form.base_fields.pop("project_id", None)
        return form

    def save_model(
        self, request: HttpRequest, obj: ContractRevision, form: Any, change: bool
    ) -> None:
        """Draft, or edit the draft, by the action."""
        data = form.cleaned_data
        if change:
            contracts.edit_draft(by=request.caller, revision=obj, body=data["body"])
            return
        made = contracts.draft(
            by=request.caller,
            project_id=data["project_id"],
            contract_id=data["contract_id"],
            family=data["contract_family"],
            body=data["body"],
            version=(data["version_major"], data["version_minor"]),
        )
        obj.pk, obj.project_id = made.pk, made.project_id
        obj._state.adding = False
