"""Forms whose errors may come from an action: what it refused stands at the field it names."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from awooop import json_body
from awooop.callers import Caller
from awooop.errors import Invalid, Refused
from awooop.permissions import can


class RefusableForm(forms.ModelForm):
    """A model form that also shows what an action refused; see `ScopedAdmin.changeform_view`."""

    refused: Refused | None = None
    caller: Caller | None = None

    def clean(self) -> dict[str, Any]:
        """Add the refusal's errors to the form."""
        cleaned = super().clean() or {}
        if self.refused is not None:
            add_refusal(self, self.refused)
        return cleaned


class ObjectField(forms.JSONField):
    """A JSON object, strict and free of what PostgreSQL cannot keep (NUL, lone surrogates)."""

    widget = forms.Textarea(attrs={"rows": 18, "cols": 90, "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        """Parse as the API does; raises ValidationError with its reason."""
        if isinstance(value, str) and value.strip():
            try:
                value = json_body.loads(value.encode("utf-8", "surrogatepass"))
            except Invalid as refused:
                raise ValidationError(refused.detail) from None
        elif not isinstance(value, dict):
            value = {}
        if not isinstance(value, dict):
            raise ValidationError(_("Must be a JSON object."))
        return value

    def prepare_value(self, value: Any) -> str:
        """Answer the object indented; what was typed stays as it was typed."""
        if isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


class DateAndTime(AdminSplitDateTime):
    """The admin's two fields of one moment, each with a name of its own for those who hear it."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Answer the widget's context with a label at each part."""
        context = super().get_context(name, value, attrs)
        for part, label in zip(
            context["widget"]["subwidgets"], (_("Date"), _("Time")), strict=True
        ):
            part["attrs"]["aria-label"] = label
        return context


def add_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """Put what an action refused on the form: at the named fields, else above them."""
    rows = refused.errors or [{"field": "", "message": refused.detail}]
    for row in rows:
        is_here = row["field"] in form.fields
        message = row["message"] if is_here else f"{row['field']}: {row['message']}".lstrip(": ")
        form.add_error(row["field"] if is_here else None, message)


def project_choices(caller: Caller | None, operation: str) -> list[tuple[str, str]]:
    """Answer the projects in which the caller may do `operation`, as a select's choices."""
    projects = caller.projects if caller else ()
    return [(project, project) for project in projects if can(caller, operation, project)]
