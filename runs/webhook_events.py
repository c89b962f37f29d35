"""What outbound webhooks tell of runs, approvals and incidents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from awooop import languages
from awooop import signals as kernel_signals
from awooop.models import WebhookSubscription
from awooop.webhooks import kinds
from awooop.webhooks.emitting import emit
from runs import signals
from runs.actions import notify
from runs.models import Approval, ApprovalStatus, Incident, IncidentStatus, MessageType, Run

_APPROVAL = (
    "incident_id", "tool_name", "suggested_action", "risk_level", "status", "requested_at",
    "expires_at", "resolved_at",
)  # fmt: skip
_INCIDENT = ("incident_id", "title", "severity", "status", "source", "opened_at", "resolved_at")
_RUN = ("agent_id", "state", "error_code", "is_shadow", "created_at", "completed_at")


def register() -> None:
    """Register the kinds and listen; called once, when the app is ready."""
    kinds.add("approval.requested", _("an approval is asked for"))
    kinds.add("approval.decided", _("an approval is approved or rejected"))
    kinds.add("approval.expired", _("an approval expired undecided"))
    kinds.add("incident.opened", _("an incident is opened"))
    kinds.add("incident.resolved", _("an incident is resolved"))
    kinds.add("run.finished", _("a run came to its end"))
    signals.approvals_requested.connect(_requested, dispatch_uid="runs.webhooks.requested")
    signals.approvals_ended.connect(_ended, dispatch_uid="runs.webhooks.ended")
    signals.incidents_opened.connect(_opened, dispatch_uid="runs.webhooks.opened")
    signals.incidents_resolved.connect(_resolved, dispatch_uid="runs.webhooks.resolved")
    signals.runs_ended.connect(_finished, dispatch_uid="runs.webhooks.finished")
    kernel_signals.webhook_disabled.connect(_disabled, dispatch_uid="runs.webhooks.disabled")


def _requested(*, approvals: Sequence[Approval], **_rest: Any) -> None:
    emit(approvals[0].project_id, "approval.requested", approvals, _approval)


def _ended(*, approvals: Sequence[Approval], by: Any, **_rest: Any) -> None:
    expired = [each for each in approvals if each.status == ApprovalStatus.EXPIRED]
    decided = [each for each in approvals if each.status != ApprovalStatus.EXPIRED]
    project_id = approvals[0].project_id
    emit(project_id, "approval.expired", expired, _approval)
    emit(project_id, "approval.decided", decided, lambda each: _approval(each, by=by.label))


def _opened(*, incidents: Sequence[Incident], **_rest: Any) -> None:
    fresh = [each for each in incidents if each.status != IncidentStatus.RESOLVED]
    emit(incidents[0].project_id, "incident.opened", fresh, _incident)


def _resolved(*, incidents: Sequence[Incident], by: Any, **_rest: Any) -> None:
    def tell(each: Incident) -> dict[str, Any]:
        return _incident(each, resolution_type=each.resolution_type, by=by.label)

    emit(incidents[0].project_id, "incident.resolved", incidents, tell)


def _finished(*, runs: Sequence[Run], **_rest: Any) -> None:
    emit(runs[0].project_id, "run.finished", runs, _run)


def _approval(approval: Approval, **more: Any) -> dict[str, Any]:
    run_id = str(approval.run_id) if approval.run_id else None
    page = f"{reverse('approvals')}?approval_id={approval.pk}"
    facts = {"approval_id": str(approval.pk), "run_id": run_id, "agent_id": approval.agent_id}
    return {**facts, **_values(approval, _APPROVAL), **more, "href": _href(page)}


def _incident(incident: Incident, **more: Any) -> dict[str, Any]:
    page = reverse("incident-detail", args=[incident.pk])
    return {**_values(incident, _INCIDENT), **more, "href": _href(page)}


def _run(run: Run) -> dict[str, Any]:
    page = reverse("run-detail", args=[run.pk])
    return {"run_id": str(run.pk), **_values(run, _RUN), "href": _href(page)}


def _values(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _href(page: str) -> str:
    return f"{settings.PUBLIC_URL}{page}"


def _disabled(*, subscription: WebhookSubscription, **_rest: Any) -> None:
    notify.queue(_note(subscription))


def _note(subscription: WebhookSubscription) -> notify.Note:
    project_id = subscription.project_id
    language = languages.of_projects([project_id])[project_id]
    with translation.override(language):
        first = gettext("The webhook %(name)s was switched off.") % {"name": subscription.name}
    page = _href(reverse("webhook", args=[subscription.pk]))
    text = "\n".join([first, subscription.disabled_reason, page])
    return notify.Note(project_id, MessageType.GOVERNANCE_ALERT, text, language=language)
