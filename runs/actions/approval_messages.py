"""The messages about an approval: the question, and the two reminders."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from awooop import languages
from awooop.canonical import rfc3339
from runs.actions import notify
from runs.models import Approval, MessageType, OutboundMessage, RiskLevel, Run, RunState

_BUTTONS = ("approve", "reject", "detail", "history")


def ask(approval: Approval, run: Run) -> OutboundMessage:
    """Queue the question with its buttons; a critical one is decided on the page only."""
    language = languages.of_messages(run.project)
    with translation.override(language):
        content = _question(approval, run)
    buttons = [{"action": action} for action in _BUTTONS]
    if approval.risk_level == RiskLevel.CRITICAL:
        buttons = [{"action": "open", "url": page_of(approval)}, *buttons[2:]]
    note = notify.Note(
        project_id=approval.project_id,
        message_type=MessageType.APPROVAL_REQUEST,
        content=content,
        run_id=approval.run_id,
        incident_id=approval.incident_id,
        buttons=buttons,
        triggered_by_state=RunState.WAITING_APPROVAL,
        language=language,
    )
    return notify.queue(note)


def _question(approval: Approval, run: Run) -> str:
    lines = [
        _("ACTION REQUIRED: %(risk)s risk") % {"risk": approval.get_risk_level_display()},
        f"{run.agent_id}: {approval.tool_name}",
        approval.suggested_action,
        approval.incident_id or "",
        _("Expires %(time)s") % {"time": rfc3339(approval.expires_at)}
        if approval.expires_at
        else "",
        page_of(approval),
    ]
    return "\n".join(line for line in lines if line)


def remind(approval: Approval, minutes_left: int, language: str) -> OutboundMessage:
    """Queue a reminder that an approval still waits."""
    with translation.override(language):
        text = _("ACTION REQUIRED: still waiting, %(minutes)d minutes left")
    text %= {"minutes": minutes_left}
    note = notify.Note(
        project_id=approval.project_id,
        message_type=MessageType.INTERIM,
        content="\n".join([text, approval.tool_name, approval.suggested_action, page_of(approval)]),
        run_id=approval.run_id,
        incident_id=approval.incident_id,
        triggered_by_state=RunState.WAITING_APPROVAL,
        language=language,
    )
    return notify.queue(note)


def page_of(approval: Approval) -> str:
    """Answer the address of the page where the approval is decided."""
    return f"{settings.PUBLIC_URL}/awooop/approvals?approval_id={approval.pk}"
