from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging, tenancy
from awooop.admin_base import ProjectFilter, ReadOnlyAdmin, RefusableForm, RegistryAdmin
from awooop.admin_base.forms import project_choices
from governance.actions import settings
from governance.models import SloDefinition, SloSample

_EVERY_PROJECT = "*"
_EDITED = ("name", "query", "direction", "target", "hard_red_line", "enabled")


class SloDefinitionForm(RefusableForm):
    """An SLO of one project; a superuser's may be for all."""

    project_id = forms.ChoiceField(label=_("Project"))

    class Meta:
        model = SloDefinition
        fields = _EDITED
        widgets = {"query": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})}
        help_texts = {
            "name": _("That of a built-in SLO replaces it, switched off it takes it away."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "project_id" in self.fields:
            choices = project_choices(self.caller, settings.OPERATION)
            if self.caller and self.caller.is_superuser:
                choices = [*choices, (_EVERY_PROJECT, _("every project"))]
            self.fields["project_id"].choices = choices


@admin.register(SloDefinition)
class SloDefinitionAdmin(RegistryAdmin):
    """SLOs that differ from the built-in ones; deleting one goes back to those."""

    may_add = may_change = may_delete = settings.OPERATION
    form = SloDefinitionForm
    fixed_ordering = paging.Ordering("admin.slo_definition", ("name", "id"), descending=False)
    exact_search = ("name",)
    list_display = ("name", "holds_for", "direction", "target", "hard_red_line", "enabled")
    list_filter = (ProjectFilter,)

    @admin.display(description=_("project"))
    def holds_for(self, slo: SloDefinition) -> str:
        """The project that it is for, or every one."""
        return slo.project_id or _("every project")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("holds_for", *_EDITED) if obj else ("project_id", *_EDITED)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("holds_for", "name") if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[RefusableForm]:
        """An SLO keeps its name and project."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            for name in ("project_id", "name"):
                form.base_fields.pop(name, None)
        return form

    def save_model(self, request: HttpRequest, obj: SloDefinition, form: Any, change: bool) -> None:
        """Keep it by the action."""
        if not change:
            chosen = form.cleaned_data["project_id"]
            obj.project_id = None if chosen == _EVERY_PROJECT else chosen
        with tenancy.scope(request.caller.projects):
            settings.save_slo(by=request.caller, slo=obj)

    def delete_model(self, request: HttpRequest, obj: SloDefinition) -> None:
        """Remove it by the action."""
        with tenancy.scope(request.caller.projects):
            settings.remove_slo(by=request.caller, slo=obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SloDefinition]) -> None:
        """Remove several: all or none."""
        for row in queryset:
            self.delete_model(request, row)


@admin.register(SloSample)
class SloSampleAdmin(ReadOnlyAdmin):
    """Samples: what each evaluation answered; searched by SLO."""

    fixed_ordering = paging.Ordering("admin.slo_sample", ("evaluated_at", "id"))
    exact_search = ("slo",)
    search_only = True
    search_help_text = _("Searched, not listed: an SLO's name.")
    list_display = ("slo", "project_id", "status", "value", "reason", "evaluated_at")
