"""What a pressed button does: a decision, or an answer from the database.

The data of a press is believed for one thing only: which of our messages it stands for. That
message must be the one pressed, in the chat that it was sent in; who presses must be linked to a
person, whose role is asked as on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from awooop import bulk, callers, permissions, tenancy
from awooop.actions import audit
from awooop.callers import Caller
from awooop.errors import Conflict, NotAllowed, NotFound, Refused
from awooop.models.audit import ActorKind
from runs.actions import approvals, outbox, telegram_answers
from runs.models import (
    Approval,
    CallbackAction,
    MovedChat,
    OutboundMessage,
    RiskLevel,
    TelegramUse,
)
from runs.telegram import wording
from runs.telegram.updates import Press, Sender

_LOOKS = (CallbackAction.DETAIL, CallbackAction.HISTORY)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Subject:
    """What a press is about: the message that its data names (None where it names none), the
    button, and the person (None for a stranger)."""

    message: OutboundMessage | None
    action: str
    caller: Caller | None


@dataclass(frozen=True)
class Told:
    """What the presser is told; what is refused has to be closed by hand."""

    text: str
    is_refusal: bool = False


def carry_out(press: Press, subject: Subject, project_id: str | None) -> Told:
    """Do what the button says, and answer what to tell; a refusal is audited in the project.

    Nothing of it is left where it is refused, or breaks. Raises DatabaseError only.
    """
    try:
        with transaction.atomic(), tenancy.scope(subject.caller.projects if subject.caller else ()):
            return Told(_carry_out(press, subject))
    except Refused as refused:
        return _refused(press, subject, project_id, refused)
    except DatabaseError:
        raise
    except Exception:
        log.exception("telegram_press_broke", action=subject.action)
        refused = Refused("That did not work. Open the page in the console.", code="broken")
        return _refused(press, subject, project_id, refused)


def _carry_out(press: Press, subject: Subject) -> str:
    message, caller = _checked(press, subject)
    if subject.action in _LOOKS:
        permissions.check_can(caller, "read", message.project_id)
        _use(message, subject.action, press.sender)
        return telegram_answers.queue(message, subject.action)
    return _decide(message, subject.action, caller, press.sender)


def _checked(press: Press, subject: Subject) -> tuple[OutboundMessage, Caller]:
    """Raise Refused unless this person may press this button here."""
    if subject.caller is None:
        raise NotAllowed("This Telegram account is linked to nobody.", code="not_linked")
    message = subject.message
    if message is None or subject.action not in _actions_of(message):
        raise NotFound("This button is not known here.", code="button_unknown")
    if message.project_id not in subject.caller.projects:
        raise NotFound("You have no role in this project.", code="not_a_member")
    _check_place(press, message)
    return message, subject.caller


def _actions_of(message: OutboundMessage) -> set[str]:
    return {str(one.get("action")) for one in message.buttons if isinstance(one, dict)}


def _check_place(press: Press, message: OutboundMessage) -> None:
    """Raise Conflict where the pressed message is not this one, in the chat it was sent in."""
    is_here = press.chat_id is not None and (
        message.recipient == str(press.chat_id)
        or message.recipient.lower() == f"@{press.chat_username}".lower()
        or MovedChat.objects.filter(
            channel_type=message.channel_type,
            chat_id=message.recipient[:128],
            moved_to=str(press.chat_id),
        ).exists()
    )
    if not is_here:
        raise Conflict("This button was sent in another chat.", code="other_place")
    if message.provider_message_id is None:
        raise Conflict("This message is still being sent.", code="not_yet_sent")
    if message.provider_message_id != str(press.message_id):
        raise Conflict("This button is of another message.", code="other_place")


def _use(message: OutboundMessage, action: str, sender: Sender) -> None:
    """Use the button up; raises Conflict `button_used` for a second time (see TelegramUse)."""
    use = TelegramUse(
        project_id=message.project_id,
        message=message,
        action=action,
        telegram_user_id=sender.user_id,
    )
    if not bulk.insert_new([use]):
        raise Conflict("This button was used already.", code="button_used")


def _decide(message: OutboundMessage, decision: str, caller: Caller, sender: Sender) -> str:
    approval = approval_of(message)
    if approval is None:
        raise NotFound("This approval does not exist any more.", code="approval_gone")
    if approval.risk_level == RiskLevel.CRITICAL:
        raise NotAllowed("A critical approval is decided on the page.", code="decide_on_page")
    _use(message, decision, sender)
    outcome = approvals.decide(by=caller, approval_id=approval.pk, decision=decision)
    return wording.done(outcome.approval, decision)


def approval_of(message: OutboundMessage) -> Approval | None:
    """Answer the approval that a message, or the card that it took the place of, asks about."""
    cards = [ident for ident in (message.message_id, message.edits_id) if ident]
    rows = Approval.objects.select_related("project")
    return rows.filter(project_id=message.project_id, notification_id__in=cards).first()


def _refused(press: Press, subject: Subject, project_id: str | None, refused: Refused) -> Told:
    """Put a refusal on record; where the approval has ended, see that its card says so."""
    if project_id is None:
        log.warning("telegram_press_refused", code=refused.code, sender=press.sender.user_id)
        return Told(wording.refused(refused), is_refusal=True)
    with tenancy.scope([project_id]):
        approval = approval_of(subject.message) if subject.message else None
        _record(press, subject, project_id, refused, approval)
        if not _is_member(subject, project_id):  # is told nothing about the project
            return Told(wording.refused(refused), is_refusal=True)
        if approval is not None:
            outbox.tell_end_if_untold(approval)
        is_decision = subject.action not in _LOOKS
        text = wording.refused(refused, approval if is_decision else None)
        return Told(text, is_refusal=True)


def _is_member(subject: Subject, project_id: str) -> bool:
    return subject.caller is not None and project_id in subject.caller.projects


def _record(
    press: Press,
    subject: Subject,
    project_id: str,
    refused: Refused,
    approval: Approval | None,
) -> None:
    message = subject.message
    details = {
        "reason": refused.code,
        "button": subject.action,
        "chat_id": press.chat_id,
        "pressed_message_id": press.message_id,
        "message_id": message.message_id if message else None,
        "telegram_user_id": press.sender.user_id,
    }
    run_id: UUID | None = message.run_id if message else None
    kind, ident = ("approval", approval.pk) if approval else ("message", "unknown")
    if approval is None and message is not None:
        ident = message.message_id
    entry = audit.Entry("telegram.press.refused", kind, str(ident), details, run_id=run_id)
    audit.append(project_id=project_id, by=subject.caller or stranger(press.sender), entry=entry)


def stranger(sender: Sender) -> Caller:
    """Answer a Telegram account that is linked to nobody, as the record names it."""
    ident = f"telegram:{sender.user_id}"
    label = f"Telegram {sender.user_id} {sender.name}".strip()
    return callers.Caller(kind=ActorKind.TELEGRAM, ident=ident, label=label)
