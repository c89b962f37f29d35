"""Take an update from Telegram: store it once, do what it asks for, have the bot answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from awooop import bulk, callers, counters, identity, json_body, leases, tenancy
from awooop.actions import audit, telegram_accounts
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Invalid, Refused
from awooop.redaction import redact
from runs.actions import alert_refusals, notify, telegram_presses
from runs.actions.telegram_presses import Subject, stranger
from runs.models import ChannelEvent, MovedChat, OutboundMessage
from runs.outbox import moves
from runs.telegram import buttons, replies, updates
from runs.telegram.updates import Message, Sender, Update

CHANNEL = "telegram"
_BOT = callers.system("telegram webhook")
_FORGED_ONCE_IN_S = 60
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Place:
    """Where an update belongs: its project (None where none is known), what it is about."""

    project_id: str | None
    subject: Subject


@transaction.atomic
def receive(body: bytes) -> str:
    """Store an update and do what it asks for; answers `taken`, `repeated` or `unplaced`.

    A repeat of an update does nothing again. Raises Invalid for what is no update at all.
    """
    update = _parsed(body)
    place = _place(update)
    code = update.message.start_code if update.message else None
    if place.project_id is None and code is not None:
        # Only once it is linked is it known where the update of a new account belongs.
        _start(update, place.subject.caller)
        place, code = _place(update), None
    result = _store(update, place)
    if result != "repeated":
        with _in_language_of(update.sender, place.subject.caller):
            _act(update, place)
        if code is not None:
            _start(update, place.subject.caller)
    counters.add("awooop_telegram_updates", result=result)
    return result


@transaction.atomic
def refuse_forged() -> None:
    """Log and count a post without the secret, and put it on record once a minute in each project
    that has a chat: it names no project, and may come in floods."""
    counters.add("awooop_telegram_updates", result="forged")
    log.warning("telegram_update_forged")
    if not leases.take("telegram-forged", holder=_BOT.ident, seconds=_FORGED_ONCE_IN_S):
        return
    entry = audit.Entry("telegram.webhook.refused", "webhook", CHANNEL, {"reason": "wrong secret"})
    with tenancy.all_projects() as projects:
        chats = notify.operators_chats(projects)
        audit.append_projects(
            by=_BOT, entries={project: [entry] for project, chat in chats.items() if chat}
        )


def _parsed(body: bytes) -> Update:
    try:
        value = json_body.loads(body)
        if not isinstance(value, dict):
            raise Invalid({"body": "must be an object: an Update of the Bot API"})
    except Invalid as refused:
        alert_refusals.keep(
            by=_BOT,
            project_ids=(),
            channel_type=CHANNEL,
            body=body,
            reason=refused.detail,
            errors=refused.errors,
        )
        raise
    return updates.parse(value, body)


def _place(update: Update) -> _Place:
    """Find the project: of the message pressed, of the chat, of the person who wrote.

    All projects are looked through: the sender is Telegram itself, which knows none.
    """
    read = buttons.read(update.press.data) if update.press else None
    caller = _caller(update.sender)
    with tenancy.all_projects() as projects:
        message = OutboundMessage.objects.filter(pk=read[0]).first() if read else None
        project_id = message.project_id if message else _project_of_chat(update, projects)
    if project_id is None and caller is not None and caller.projects:
        project_id = caller.projects[0]
    return _Place(project_id, Subject(message, read[1] if read else "", caller))


def _caller(sender: Sender | None) -> Caller | None:
    # Anonymous administrators of a group all write as one bot: it is nobody.
    if sender is None or sender.is_bot:
        return None
    return identity.caller_of_telegram(sender.user_id)


def _project_of_chat(update: Update, projects: tuple[str, ...]) -> str | None:
    if update.chat_id is None:
        return None
    here = str(update.chat_id)
    moved = MovedChat.objects.filter(channel_type=CHANNEL, moved_to=here)
    names = {here, *moved.values_list("chat_id", flat=True)}
    chats = notify.operators_chats(projects)
    return next((project for project in projects if chats[project] in names), None)


def _store(update: Update, place: _Place) -> str:
    """Store the update in its project, a repeat as a duplicate; answers which it was."""
    if place.project_id is None:
        log.info("telegram_update_unplaced", update_id=update.provider_id, kinds=update.kinds)
        return "unplaced"
    event = _event(update, place)
    with tenancy.scope([place.project_id]):
        if bulk.insert_new([event]):
            return "taken"
        event.is_duplicate = True
        bulk.insert_new([event])
        if update.press is not None:
            by = place.subject.caller or stranger(update.press.sender)
            details = {"update_id": update.provider_id, "event_id": event.event_id}
            entry = audit.Entry(
                "telegram.update.repeated", "channel_event", str(event.event_id), details
            )
            audit.append(project_id=place.project_id, by=by, entry=entry)
    return "repeated"


def _event(update: Update, place: _Place) -> ChannelEvent:
    message = place.subject.message
    text = redact(_said(update, place.subject)).text
    return ChannelEvent(
        project_id=place.project_id,
        run_id=message.run_id if message else None,
        channel_type=CHANNEL,
        provider_event_id=update.provider_id,
        channel_chat_id="" if update.chat_id is None else str(update.chat_id),
        content_preview=text[: notify.PREVIEW],
        content_redacted=text,
        received_at=now(),
        source_envelope=_envelope(update, place.subject),
    )


def _said(update: Update, subject: Subject) -> str:
    """Answer an update's content in words, without what must not be kept: a code to link by."""
    if update.press is not None:
        named = subject.action or f"unknown: {update.press.data[:64]}"
        return f"Button pressed ({named}) by {update.press.sender.name}"
    if update.message is None:
        return ", ".join(update.kinds)
    return "/start" if update.message.start_code is not None else update.message.text


def _envelope(update: Update, subject: Subject) -> dict[str, Any]:
    sender, press = update.sender, update.press
    found: dict[str, Any] = {"update_id": update.provider_id, "kinds": list(update.kinds)}
    if sender is not None:
        found["from"] = {"id": sender.user_id, "name": sender.name, "is_bot": sender.is_bot}
    if press is not None:
        found["callback_query"] = {"id": press.query_id, "message_id": press.message_id}
        found["button"] = subject.action or None
        found["message_id"] = str(subject.message.message_id) if subject.message else None
    return found


def _act(update: Update, place: _Place) -> None:
    if update.press is not None:
        told = telegram_presses.carry_out(update.press, place.subject, place.project_id)
        replies.to_press(update.press.query_id, told.text, is_alert=told.is_refusal)
    if update.message is not None and update.message.moved_to is not None and place.project_id:
        moves.remember(CHANNEL, str(update.message.chat_id), str(update.message.moved_to))


def _start(update: Update, caller: Caller | None) -> None:
    """Link the account that sent a code in a private chat; elsewhere others could read it."""
    message = update.message
    if message is None or message.sender is None or not message.is_private:
        return
    if message.sender.is_bot:
        return
    with _in_language_of(message.sender, caller):
        replies.to_chat(message.chat_id, _linked(message, message.sender, caller))


def _linked(message: Message, sender: Sender, caller: Caller | None) -> str:
    if not message.start_code:
        if caller is not None:
            return _("This account acts for %(who)s.") % {"who": caller.label}
        return _("Make a code on your profile page of the console, and send it here: /start CODE")
    try:
        account = telegram_accounts.link(
            code=message.start_code, telegram_user_id=sender.user_id, telegram_name=sender.name
        )
    except Refused as refused:
        return _not_linked(refused)
    return _("Linked: your presses act for %(who)s.") % {"who": account.user.email}


def _not_linked(refused: Refused) -> str:
    texts = {
        "code_not_good": _("This code is unknown, used or out of date. Make a new one."),
        "too_many_codes": _("Too many wrong codes. Wait a quarter of an hour."),
        "linked_to_another": _("This account is linked to another person: unlink it there first."),
    }
    return texts.get(refused.code, refused.detail)


def _in_language_of(sender: Sender | None, caller: Caller | None) -> translation.override:
    """Answer the language of a person: as chosen on the profile page, else as Telegram says."""
    wanted = caller.user.language if caller and caller.user else ""
    wanted = wanted or (sender.language if sender else "")
    try:
        return translation.override(translation.get_supported_language_variant(wanted))
    except LookupError:
        return translation.override("en")
