"""What people type on the pages of governance; what a filter may be, the selectors say."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from awooop.filter_forms import FilterForm
from governance import severities, wording, workflow
from governance.insights import period
from governance.models import DispatchStatus, DriftState
from governance.selectors import drift, events, queue
from governance.self_checks import registered

_RESOLVED = [("false", _("Open")), ("true", _("Resolved"))]


def _select(label: Any, choices: Any) -> forms.CharField:
    # Not a ChoiceField: which values there are is checked once, by the selector.
    return forms.CharField(label=label, required=False, widget=forms.Select(choices=choices))


def _any_of(choices: Any) -> list[tuple[str, Any]]:
    return [("", _("Any")), *choices]


def _words(names: Any) -> list[tuple[str, str]]:
    return sorted(((name, wording.word(name)) for name in names), key=lambda pair: pair[1])


def _event_types() -> list[tuple[str, Any]]:
    owned = {kind for check in registered() for kind in check.owns}
    return _any_of(_words(owned | severities.known()))


class EventFilterForm(FilterForm):
    """Filters of the list of events."""

    parse = staticmethod(events.parse_filters)

    resolved = _select(_("State"), _any_of(_RESOLVED))
    severity = _select(_("Severity"), _any_of(severities.Severity.choices))
    event_type = _select(_("Type"), _event_types)


class QueueFilterForm(FilterForm):
    """Filters of the queue."""

    parse = staticmethod(queue.parse_filters)

    dispatch_status = _select(_("Status"), _any_of(DispatchStatus.choices))
    event_type = _select(_("Type of event"), _event_types)
    executor_type = _select(_("Executor"), lambda: _any_of(_words(workflow.executor_types())))


class PeriodForm(FilterForm):
    """The days that charts are about."""

    since = forms.CharField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.CharField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    days = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parse = lambda given: period.parse(given, zone)


class DriftFilterForm(FilterForm):
    """Filters of the list of drifts."""

    parse = staticmethod(drift.parse_filters)

    state = _select(_("State"), _any_of(DriftState.choices))
    namespace = forms.CharField(label=_("Namespace"), required=False)
