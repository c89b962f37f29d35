"""What a person is told about their press: short enough for the bubble that Telegram shows."""

from __future__ import annotations

import zoneinfo
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awooop.clock import now
from awooop.errors import Refused
from runs.models import Approval, ApprovalStatus, ApprovalVote, Decision
from runs.selectors import approvals

# Refusals about the approval's state: what became of it is the better answer.
_STATES = ("not_waiting", "approval_overdue", "already_voted", "button_used")


def refused(error: Refused, approval: Approval | None = None) -> str:
    """Answer why a press did nothing; of an approval, who decided what and when."""
    if approval is not None and error.code in _STATES:
        return state_of(approval)
    told = _texts().get(error.code)
    return told or error.detail


def done(approval: Approval, decision: str) -> str:
    """Answer what a decision did."""
    if decision == Decision.REJECT:
        return _("⛔ Rejected. The run is cancelled.")
    if approval.status == ApprovalStatus.PENDING:
        return _still_needed(approval)
    return _("✅ Approved. The run goes on.")


def state_of(approval: Approval) -> str:
    """Answer how an approval stands, or who ended it and when."""
    if approval.status == ApprovalStatus.PENDING:
        is_over = approval.is_overdue(now())
        return _("Too late: nobody decided in time.") if is_over else _still_needed(approval)
    facts = {
        "who": approvals.who_ended(approval),
        "time": moment(approval.resolved_at, approval.project.timezone),
    }
    if approval.status == ApprovalStatus.APPROVED:
        return _("Decided already: approved by %(who)s, %(time)s.") % facts
    if approval.status == ApprovalStatus.REJECTED:
        return _("Decided already: rejected by %(who)s, %(time)s.") % facts
    if approval.status == ApprovalStatus.EXPIRED:
        return _("Too late: nobody decided in time. It expired %(time)s.") % facts
    return _("Withdrawn: its run ended before anybody decided, %(time)s.") % facts


def moment(at: datetime | None, zone: str) -> str:
    """Answer a time as people of a project read it."""
    return at.astimezone(zoneinfo.ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if at else "–"


def _still_needed(approval: Approval) -> str:
    votes = ApprovalVote.objects.filter(approval=approval, decision=Decision.APPROVE).count()
    missing = max(0, approval.required_approvals - votes)
    text = ngettext(
        "Your approval is counted. %(n)d more approval is needed.",
        "Your approval is counted. %(n)d more approvals are needed.",
        missing,
    )
    return text % {"n": missing}


def _texts() -> dict[str, str]:
    return {
        "not_linked": _(
            "This Telegram account is linked to nobody here. Make a code on your profile page and"
            " send it to this bot."
        ),
        "not_a_member": _("You have no role in this project."),
        "not_allowed": _("Your role in this project lets you look, not decide."),
        "requester_may_not_decide": _("You asked for this: somebody else decides on it."),
        "decide_on_page": _("Critical: it is decided on the page only, beside its evidence."),
        "approval_gone": _("This approval does not exist any more."),
        "button_unknown": _("This button is not known here."),
        "other_place": _("This button was not made for this message."),
        "not_yet_sent": _("One moment: this message is still being sent. Press again."),
        "button_used": _("Answered already, below: its answer has buttons of its own."),
        "stopped": _("The kill switch is on: it can be rejected, not approved."),
        "project_inactive": _("This project is switched off: nothing starts or ends in it."),
        "run_busy": _("Something else is happening to it at this moment. Press again."),
        "broken": _("That did not work. Open the page in the console."),
    }
