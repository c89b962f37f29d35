"""The forms of the pages of runs and channel events; what a filter may be, the selectors say."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from awooop.filter_forms import FilterForm
from runs.incident_ids import is_incident_id
from runs.models import (
    ApprovalStatus,
    McpStatus,
    MessageType,
    RemediationStatus,
    RiskLevel,
    RunState,
    SendStatus,
)
from runs.selectors import callbacks, channels, gateway, outbox, runs
from runs.selectors.approval_history import Filters


def _choice(label: Any, choices: Any) -> forms.CharField:
    # Not a ChoiceField: which values there are is checked once, by the selector.
    return forms.CharField(
        label=label, required=False, widget=forms.Select(choices=[("", _("Any")), *choices])
    )


def _search(placeholder: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "data-search": "", "placeholder": placeholder})


class RunFilterForm(FilterForm):
    """Filters of the list of runs."""

    parse = staticmethod(runs.parse_filters)

    q = forms.CharField(
        label=_("Search"),
        required=False,
        widget=_search(_("Run id, incident, agent, start of the trigger")),
    )
    state = _choice(_("State"), RunState.choices)
    remediation_status = _choice(_("Remediation"), RemediationStatus.choices)
    agent_id = forms.CharField(label=_("Agent"), required=False)
    incident_id = forms.CharField(
        label=_("Incident"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "INC-20261121-7QX2"}),
    )


class EventFilterForm(FilterForm):
    """Filters of the list of channel events."""

    parse = staticmethod(channels.parse_filters)

    provider_prefix = forms.CharField(
        label=_("Provider id starts with"), required=False, strip=False, widget=_search("")
    )
    channel_type = forms.CharField(label=_("Channel"), required=False)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    """Answer the beginning of a day of the reader's, or of the one `days` after it."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))


def _wanted(given: dict[str, Any]) -> Filters:
    days = {
        "since": _midnight(given.get("since")),
        "until": _midnight(given.get("until"), days=1),
    }
    return Filters(**{name: value or None for name, value in {**given, **days}.items()})


class HistoryFilterForm(FilterForm):
    """Filters of the approvals that are over; the days are the reader's."""

    parse = staticmethod(_wanted)

    outcome = forms.ChoiceField(
        choices=[("", _("Any")), *ApprovalStatus.choices[1:]],
        required=False,
        widget=forms.HiddenInput,
    )
    risk_level = forms.ChoiceField(
        label=_("Risk"), choices=[("", _("Any")), *RiskLevel.choices], required=False
    )
    approver = forms.CharField(label=_("Decided by"), max_length=254, required=False)
    agent_id = forms.CharField(label=_("Agent"), max_length=128, required=False)
    tool_name = forms.CharField(label=_("Tool"), max_length=128, required=False)
    incident_id = forms.CharField(label=_("Incident"), max_length=64, required=False)
    since = forms.DateField(label=_("From day"), required=False, widget=_day())
    until = forms.DateField(label=_("To day"), required=False, widget=_day())

    def clean_incident_id(self) -> str:
        """Answer the incident's id, of the form that incidents have."""
        ident = self.cleaned_data["incident_id"]
        if ident and not is_incident_id(ident):
            raise forms.ValidationError(_("must be an incident's id, such as INC-20261121-7QX2"))
        return ident


class CancelForm(forms.Form):
    """Why a run is cancelled."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands in the run and in the audit record."),
    )


class OutboxFilterForm(FilterForm):
    """Filters of the list of undelivered messages."""

    parse = staticmethod(outbox.parse_filters)

    status = _choice(
        _("Delivery"), [each for each in SendStatus.choices if each[0] in outbox.STATUSES]
    )
    message_type = _choice(_("Message"), MessageType.choices)
    channel = forms.CharField(label=_("Channel"), required=False)
    message_id = forms.CharField(required=False, widget=forms.HiddenInput)


class CallFilterForm(FilterForm):
    """Filters of the list of calls that asked the gateway."""

    parse = staticmethod(gateway.parse_filters)

    tool_name = forms.CharField(label=_("Tool"), required=False, widget=_search(_("Whole name")))
    agent_id = forms.CharField(label=_("Agent"), required=False)
    result_status = _choice(_("Verdict"), McpStatus.choices)
    block_gate = _choice(_("Refused by"), [(name, name) for name in gateway.BLOCK_GATES])


class CallbackFilterForm(FilterForm):
    """Filters of the list of callback replies."""

    parse = staticmethod(callbacks.parse_filters)

    incident_id = forms.CharField(
        label=_("Incident"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "INC-20261121-7QX2"}),
    )
    callback_reply_status = _choice(
        _("Delivery"), [("sent", _("sent")), ("queued", _("queued")), ("failed", _("failed"))]
    )
