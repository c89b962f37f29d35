"""Have an undelivered message sent again; tell on its card how an approval ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from awooop import permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, NotFound
from awooop.redaction import redact
from runs import signals
from runs.actions import notify
from runs.models import (
    Approval,
    ApprovalStatus,
    MessageType,
    OutboundMessage,
    Run,
    RunState,
    SendStatus,
)
from runs.outbox import bell
from runs.selectors import approvals

_CARD_ENDS = 3500


@transaction.atomic
def retry(*, by: Caller, message_id: UUID) -> OutboundMessage:
    """Queue a message again, with fresh attempts, to where its project's operators are now.

    Raises NotFound, NotAllowed, or Conflict where it was sent or is being sent, or where
    the project is switched off.
    """
    found = OutboundMessage.objects.select_for_update().filter(
        pk=message_id, project_id__in=by.projects
    )
    message = found.first()
    if message is None:
        raise NotFound(_("No such message, or none that you may see."))
    permissions.check_can_write(by, "message.retry", message.project_id)
    _check_undelivered(message)
    before = {"send_status": message.send_status, "send_error": message.send_error}
    message.send_status = SendStatus.QUEUED
    message.next_attempt_at = now()
    message.attempt_count = message.fallback_attempts = 0
    message.claim = None
    message.recipient = notify.operators_chat(message.project_id) or message.recipient
    message.save()
    details = {**before, "message_type": message.message_type, "recipient": message.recipient}
    entry = audit.Entry("message.retry", "message", str(message.pk), details, run_id=message.run_id)
    audit.append(project_id=message.project_id, by=by, entry=entry)
    bell.ring()
    return message


def _check_undelivered(message: OutboundMessage) -> None:
    if message.send_status == SendStatus.SENT:
        raise Conflict(_("It was sent already."), code="already_sent")
    if message.claim is not None and message.next_attempt_at and message.next_attempt_at > now():
        raise Conflict(_("It is being sent at this moment."), code="being_sent")


def connect() -> None:
    """Listen to the ends of approvals; called once, when the app is ready."""
    signals.approval_decided.connect(approval_ended, dispatch_uid="runs.outbox_cards")
    signals.run_transitioned.connect(run_left, dispatch_uid="runs.outbox_withdrawn_cards")


def approval_ended(*, approval: Approval, by: Caller, **_signal: Any) -> None:
    """Queue the edit of an approval's card: it says who decided what, or that it expired.

    A receiver of `approval_decided`, in its transaction.
    """
    _tell_end(approval, by.label)


def run_left(*, run: Run, from_state: str, **_signal: Any) -> None:
    """Queue the edit of the card of an approval that ended because its run did.

    A receiver of `run_transitioned`; a decision or an expiry tells its own end.
    """
    is_over = from_state == RunState.WAITING_APPROVAL and run.state != RunState.RUNNING
    if is_over and run.error_code not in ("E-APPR-REJECTED", "E-APPR-EXPIRED"):
        ended = Approval.objects.filter(run=run, status=ApprovalStatus.CANCELLED)
        approval = ended.order_by("-resolved_at").first()
        if approval is not None:
            _tell_end(approval, "")


def tell_end_if_untold(approval: Approval) -> None:
    """Queue that edit for an approval that ended without one: the bot was set up later, or the edit
    could not be sent."""
    edits = OutboundMessage.objects.filter(edits_id=approval.notification_id)
    is_told = edits.exclude(send_status=SendStatus.DEAD).exists()
    if approval.status != ApprovalStatus.PENDING and not is_told:
        _tell_end(approval, approvals.who_ended(approval))


def _tell_end(approval: Approval, who: str) -> None:
    if not settings.OUTBOX_CHANNELS or approval.notification_id is None:
        return
    cards = OutboundMessage.objects.select_related("project")
    card = cards.filter(
        pk=approval.notification_id, channel_type__in=settings.OUTBOX_CHANNELS
    ).first()
    if card is None or card.send_status == SendStatus.DEAD:
        return
    at = now()
    language = card.spoken()
    with translation.override(language):
        text = f"{redact(_ending(approval, who)).text}\n\n{card.content[:_CARD_ENDS]}"
    OutboundMessage.objects.create(
        project_id=card.project_id,
        run_id=card.run_id,
        channel_type=card.channel_type,
        message_type=MessageType.INTERIM,
        recipient=card.recipient,
        content=text,
        content_preview=text[: notify.PREVIEW],
        language=language,
        buttons=[{"action": "detail"}, {"action": "history"}],
        next_attempt_at=at,
        queued_at=at,
        incident_id=card.incident_id,
        edits=card,
    )
    bell.ring()


def _ending(approval: Approval, who: str) -> str:
    if approval.status == ApprovalStatus.APPROVED:
        return _("✅ Approved by %(who)s") % {"who": who}
    if approval.status == ApprovalStatus.REJECTED:
        return _("⛔ Rejected by %(who)s") % {"who": who}
    if approval.status == ApprovalStatus.EXPIRED:
        return _("⌛ Expired: nobody decided in time")
    return _("Withdrawn: there is nothing left to decide")
