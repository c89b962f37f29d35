"""The forms of the contract editor; what a body may hold, the action says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from awooop import json_body
from awooop.contract_changes import as_text
from awooop.errors import Invalid, Refused
from awooop.models.contract import ContractFamily

EMPTY_BODY = {"agent": "", "tools": {}}


class BodyField(forms.CharField):
    """A body as JSON text, strict; what is wrong is named by its line or its path."""

    widget = forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "mono"})

    def clean(self, value: Any) -> Any:
        """Answer the parsed body; raises ValidationError with the line."""
        text = super().clean(value)
        try:
            return json_body.loads(text.encode("utf-8", "surrogatepass"))
        except Invalid as refused:
            raise ValidationError([_said(row) for row in refused.errors]) from None


class BodyForm(forms.Form):
    """A draft's body."""

    use_required_attribute = False
    body = BodyField(
        label=_("Body"),
        help_text=_(
            "JSON. An agent's contract: agent, tools (each with its scope: read, write or admin),"
            " limits; what else you write is kept."
        ),
    )

    def refuse(self, refused: Refused) -> None:
        """Show what the action refused: at the fields that it names, the rest above."""
        for row in refused.errors or [{"field": "", "message": refused.detail}]:
            name = row["field"].partition(".")[0].partition("[")[0]
            if name in self.fields:
                self.add_error(name, _said(row) if name == "body" else row["message"])
            else:
                self.add_error(None, _said(row))


class DraftForm(BodyForm):
    """A new revision: of which contract, in which version, saying what."""

    field_order = ("project_id", "contract_id", "family", "version_major", "version_minor", "body")
    project_id = forms.ChoiceField(label=_("Project"))
    contract_id = forms.CharField(
        label=_("Contract"), max_length=128, help_text=_("For an agent: the agent's id.")
    )
    family = forms.ChoiceField(label=_("Family"), choices=ContractFamily.choices)
    version_major = forms.IntegerField(label=_("Major version"), min_value=0, max_value=100_000)
    version_minor = forms.IntegerField(label=_("Minor version"), min_value=0, max_value=100_000)

    def __init__(self, *args: Any, projects: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project_id"].choices = [(project, project) for project in projects]


def empty() -> dict[str, Any]:
    """Answer what the form of a contract's first revision starts with."""
    return {"version_major": 1, "version_minor": 0, "body": as_text(EMPTY_BODY)}


def _said(row: dict[str, str]) -> str:
    path = row["field"].removeprefix("body").lstrip(".")
    return f"{path}: {row['message']}" if path else row["message"]
