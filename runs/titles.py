"""What an outbound message is called in a timeline."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# These types say by themselves what the message is.
_BY_TYPE: dict[str, Promise] = {
    "approval_request": _("Approval requested"),
    "governance_alert": _("Governance alert"),
    "callback_reply": _("Reply to a button"),
    "report": _("Daily report"),
}

# Older systems sent everything as one of the types below and said in the text what it is. The first
# marker of this table that stands in the text wins: the particular before the general.
_BY_MARKER: tuple[tuple[str, Promise], ...] = (
    ("RUNBOOK REVIEW", _("Runbook review")),
    ("[AWOOOI CI/CD]", _("CI/CD notice")),
    ("AI 治理警報", _("Governance alert")),
    ("AI 自動修復失敗", _("Automatic repair failed")),
    ("HANDOFF REQUIRED", _("Handed over to a person")),
    ("AI 自動修復完成", _("Resolved automatically")),
    ("AUTO RESOLVED", _("Resolved automatically")),
    ("事故升級", _("Incident escalated")),
    ("ESCALATION", _("Incident escalated")),
    ("ACTION REQUIRED", _("Action required")),
    ("需要處理：", _("Action required")),
)

_BY_GENERAL_TYPE: dict[str, Promise] = {
    "interim": _("Progress message"),
    "final": _("Final message"),
    "error": _("Error message"),
}

_OTHER = _("Message sent")


def outbound_title(message_type: str, text: str | None) -> Promise:
    """Answer what an outbound message is, translated when shown.

    A telling type wins, then the first marker in the text, then the general type.
    """
    if message_type in _BY_TYPE:
        return _BY_TYPE[message_type]
    said = text or ""
    for marker, title in _BY_MARKER:
        if marker in said:
            return title
    return _BY_GENERAL_TYPE.get(message_type, _OTHER)
