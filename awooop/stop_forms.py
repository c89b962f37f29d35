"""The forms of the kill switch; what may be stopped, the action says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from awooop import contract_selectors
from awooop.actions import stops
from awooop.actions.stops import Target
from awooop.errors import Refused
from awooop.models.stop import StopScope

EVERYWHERE = "*"
_WHAT = [
    (StopScope.PROJECT.value, _("Everything")),
    (StopScope.AGENT.value, _("One agent")),
    (StopScope.TOOL.value, _("One tool")),
]


class ReasonForm(forms.Form):
    """Why something is stopped, or goes on."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Reason"),
        max_length=stops.REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Told to the operators; stands in the history and in the audit record."),
    )

    def refuse(self, refused: Refused) -> None:
        """Show what the action refused: at the fields that it names, the rest above."""
        for row in refused.errors or [{"field": "", "message": refused.detail}]:
            self.add_error(self._field_of(row["field"]), row["message"])

    def _field_of(self, name: str) -> str | None:
        return name if name in self.fields else None


class StopForm(ReasonForm):
    """What is to be stopped, where, and why.

    `agents` and `tools` are suggested; any name may be given, with or without a contract.
    """

    field_order = ("project_id", "what", "name", "reason")
    project_id = forms.ChoiceField(label=_("Where"))
    what = forms.ChoiceField(label=_("What"), choices=_WHAT)
    name = forms.CharField(
        label=_("Name of the agent or tool"),
        max_length=stops.NAME_AT_MOST,
        required=False,
        widget=forms.TextInput(attrs={"list": "known-names", "autocomplete": "off"}),
        help_text=_("Whole, as the gateway lists it; nothing where everything is stopped."),
    )

    def __init__(self, *args: Any, projects: list[str], everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(project, project) for project in projects]
        if everywhere:
            choices.append((EVERYWHERE, _("Every project")))
        self.fields["project_id"].choices = choices
        self.agents, self.tools = contract_selectors.agents_and_tools(projects)

    def clean(self) -> dict[str, Any]:
        """Ask for a name where one is needed, and for none where it would be passed over."""
        cleaned = super().clean() or {}
        what, name = cleaned.get("what"), cleaned.get("name")
        if what == StopScope.PROJECT and name:
            self.add_error("name", _("Must be empty where everything is stopped."))
        if what in (StopScope.AGENT, StopScope.TOOL) and not name and "name" not in self.errors:
            self.add_error("name", _("Say which one."))
        return cleaned

    def target(self) -> Target:
        """Answer what the (valid) form wants stopped."""
        data = self.cleaned_data
        project_id = None if data["project_id"] == EVERYWHERE else data["project_id"]
        return Target(
            project_id,
            agent_id=data["name"] if data["what"] == StopScope.AGENT else "",
            tool_name=data["name"] if data["what"] == StopScope.TOOL else "",
        )

    def _field_of(self, name: str) -> str | None:
        return super()._field_of("name" if name in ("agent_id", "tool_name") else name)
