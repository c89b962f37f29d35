"""Remind the operators of approvals that still wait: at half time, and five minutes before the
end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q

from awooop import languages, tenancy
from awooop.clock import now
from runs.actions import approval_locks, approval_messages
from runs.models import Approval, ApprovalStatus

LAST_CALL = timedelta(minutes=5)
BATCH = 200


def remind() -> dict[str, int]:
    """Send each reminder that is due once; answers how many of each."""
    sent = {"half_time": 0, "last_call": 0}
    with tenancy.all_projects() as projects:
        pass
    for project_id in projects:
        with transaction.atomic(), tenancy.scope([project_id]):
            at = now()
            due = _due(project_id, at)
            language = languages.of_projects([project_id])[project_id] if due else ""
            for approval in due:
                sent[_remind(approval, at, language)] += 1
    return sent


def _due(project_id: str, at: datetime) -> list[Approval]:
    middle = F("requested_at") + (F("expires_at") - F("requested_at")) / 2
    half = ExpressionWrapper(middle, output_field=DateTimeField())
    half_time = Q(half_time_reminded_at=None, half__lte=at)
    last_call = Q(last_call_reminded_at=None, expires_at__lte=at + LAST_CALL)
    waiting = (
        Approval.objects.alias(half=half)
        .filter(half_time | last_call, project_id=project_id, status=ApprovalStatus.PENDING)
        .filter(expires_at__gt=at)
    )
    soonest = waiting.order_by("expires_at", "pk").values_list("pk", flat=True)[:BATCH]
    # With the runs: a message refers to its run, which a decision holds before the approval.
    return approval_locks.take(waiting.filter(pk__in=list(soonest)))


def _remind(approval: Approval, at: datetime, language: str) -> str:
    """The last call makes up for a half-time reminder that was missed: one message, not two."""
    is_last_call = approval.expires_at - at <= LAST_CALL
    approval.half_time_reminded_at = approval.half_time_reminded_at or at
    if is_last_call:
        approval.last_call_reminded_at = at
    approval.save(update_fields=["half_time_reminded_at", "last_call_reminded_at"])
    minutes = int((approval.expires_at - at).total_seconds() // 60)
    approval_messages.remind(approval, minutes, language)
    return "last_call" if is_last_call else "half_time"
