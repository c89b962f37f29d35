from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import ProjectFilter, ReadOnlyAdmin, RefusableForm, ScopedAdmin
from awooop.admin_base.forms import project_choices
from governance.actions import settings
from governance.models import CheckThreshold, SelfCheckCycle
from governance.thresholds import DEFAULTS


def _choices() -> list[tuple[str, str]]:
    return [
        (name, f"{one.label} ({name}, {one.default.normalize():f})")
        for name, one in DEFAULTS.items()
    ]


class CheckThresholdForm(RefusableForm):
    """One of the thresholds that there are, and the project's own value."""

    project_id = forms.ChoiceField(label=_("Project"))
    name = forms.ChoiceField(
        label=_("Threshold"), choices=_choices, help_text=_("Its default stands in brackets.")
    )

    class Meta:
        model = CheckThreshold
        fields = ("name", "value")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "project_id" in self.fields:
            choices = project_choices(self.caller, settings.OPERATION)
            self.fields["project_id"].choices = choices


@admin.register(CheckThreshold)
class CheckThresholdAdmin(ScopedAdmin):
    """Thresholds that differ from the defaults; deleting one goes back to its default."""

    may_add = may_change = may_delete = settings.OPERATION
    form = CheckThresholdForm
    fixed_ordering = paging.Ordering("admin.check_threshold", ("name", "id"), descending=False)
    exact_search = ("name",)
    list_display = ("name", "project_id", "value", "updated_at")
    list_filter = (ProjectFilter,)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (
            ("name", "project", "value", "updated_at") if obj else ("project_id", "name", "value")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name", "project", "updated_at") if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[RefusableForm]:
        """A threshold stays what it is, where it is: only its value changes."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            for name in ("project_id", "name"):
                form.base_fields.pop(name, None)
        return form

    def save_model(
        self, request: HttpRequest, obj: CheckThreshold, form: Any, change: bool
    ) -> None:
        """Keep it by the action."""
        if not change:
            obj.project_id = form.cleaned_data["project_id"]
        settings.save_threshold(by=request.caller, threshold=obj)

    def delete_model(self, request: HttpRequest, obj: CheckThreshold) -> None:
        """Remove it by the action."""
        settings.remove_threshold(by=request.caller, threshold=obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CheckThreshold]) -> None:
        """Remove several: all or none."""
        for row in queryset:
            settings.remove_threshold(by=request.caller, threshold=row)


@admin.register(SelfCheckCycle)
class SelfCheckCycleAdmin(ReadOnlyAdmin):
    """Self-check cycles: to be looked at."""

    fixed_ordering = paging.Ordering("admin.self_check_cycle", ("started_at", "id"))
    exact_search = ("id",)
    search_help_text = _("A cycle's id.")
    list_display = ("started_at", "project_id", "trigger", "failed_checks", "finished_at")
    list_filter = (ProjectFilter, ("started_at", admin.DateFieldListFilter))
