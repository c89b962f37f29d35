"""What people type on the pages of runs: forms check the shape, policies check the state."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from awooop.errors import Invalid
from runs.actions.approvals import EXTENSION_S, REASON_AT_MOST
from runs.actions.batch_decisions import Chosen
from runs.models import (
    Decision,
    IncidentStatus,
    RemediationStatus,
    RiskLevel,
    Severity,
)

_ANY = [("", _("Any"))]
_MINUTE = 60
_HEX = "[0-9a-f]"
_CHOSEN = re.compile(
    f"({_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}):({_HEX}{{64}})"
)


class FilterForm(forms.Form):
    """Filters of a list, from its address: all optional."""

    def checked(self) -> dict[str, Any]:
        """Answer the filters that are set; raises Invalid naming each that makes no sense."""
        if not self.is_valid():
            raise Invalid(
                {name: " ".join(map(str, errors)) for name, errors in self.errors.items()}
            )
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class InboxFilter(FilterForm):
    """Filters of the approvals inbox."""

    risk_level = forms.ChoiceField(
        label=_("Risk"), choices=[*_ANY, *RiskLevel.choices], required=False
    )
    remediation_status = forms.ChoiceField(
        label=_("Remediation"), choices=[*_ANY, *RemediationStatus.choices], required=False
    )
    since = forms.DateTimeField(required=False, widget=forms.HiddenInput)


class DecisionForm(forms.Form):
    """A decision, with the digest of the action as it was shown."""

    decision = forms.ChoiceField(choices=Decision.choices)
    digest = forms.CharField(max_length=64)
    reason = forms.CharField(max_length=REASON_AT_MOST, required=False)


class BatchForm(forms.Form):
    """What was chosen in the inbox, each with the digest of its action as it was shown."""

    decision = forms.ChoiceField(choices=Decision.choices)
    reason = forms.CharField(label=_("Reason"), max_length=REASON_AT_MOST, required=False)
    dry_run_plan_fingerprint = forms.RegexField("^[0-9a-f]{64}$", required=False)

    def chosen(self) -> list[Chosen]:
        """Answer what was chosen; raises Invalid for what is no id with a digest."""
        given = [_CHOSEN.fullmatch(text) for text in self.data.getlist("items")]
        if not all(given):
            raise Invalid({"items": _("must be ids with the digests that were shown")})
        return [Chosen(UUID(one[1]), one[2]) for one in given if one]


class ExtendForm(forms.Form):
    """More time for a waiting approval, and why."""

    minutes = forms.IntegerField(
        label=_("Minutes more"),
        min_value=EXTENSION_S[0] // _MINUTE,
        max_value=EXTENSION_S[1] // _MINUTE,
        initial=30,
        help_text=_("Counted from its present end."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_AT_MOST,
        help_text=_("Stands in the audit record. The reminders start again."),
    )

    def seconds(self) -> int:
        """Answer the extension in seconds."""
        return self.cleaned_data["minutes"] * _MINUTE


class IncidentFilter(FilterForm):
    """Filters of the incident list."""

    q = forms.CharField(
        label=_("Search"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "data-search": "",
                "placeholder": _("Id or words of the title"),
            }
        ),
    )
    status = forms.ChoiceField(
        label=_("Status"), choices=[*_ANY, *IncidentStatus.choices], required=False
    )
    severity = forms.ChoiceField(
        label=_("Severity"), choices=[*_ANY, *Severity.choices], required=False
    )
