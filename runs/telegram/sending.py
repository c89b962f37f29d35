"""Hand one outbound message to the Bot API."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from awooop.redaction import redact
from runs.models import OutboundMessage
from runs.telegram import buttons, formatting
from runs.telegram.client import ChatId, Client


def send(client: Client, message: OutboundMessage, chat_id: str) -> str:
    """Send it, or edit the one that it takes the place of; answers the provider's message id.

    Secrets are taken out of what leaves, whoever wrote it. Raises TelegramError.
    """
    with translation.override(message.spoken()):
        text = formatting.as_html(
            redact(message.content or message.content_preview).text,
            more=_("Cut. All of it: %(page)s") % {"page": page_of(message)},
        )
        markup = buttons.keyboard(message)
    if message.edits is not None and message.edits.provider_message_id:
        target = int(message.edits.provider_message_id)
        sent = client.edit_message_text(_chat(chat_id), target, text, reply_markup=markup)
    else:
        sent = client.send_message(_chat(chat_id), text, reply_markup=markup)
    return str(sent.message_id)


def page_of(message: OutboundMessage) -> str:
    """Answer the address where the whole message, or what it is about, is shown."""
    if message.run_id:
        return f"{settings.PUBLIC_URL}/awooop/runs/{message.run_id}?tab=outbound"
    return f"{settings.PUBLIC_URL}/awooop/outbox?message_id={message.message_id}"


def _chat(chat_id: str) -> ChatId:
    # 64 bits and perhaps negative; a channel may be named @so.
    return int(chat_id) if chat_id.lstrip("-").isdecimal() else chat_id
