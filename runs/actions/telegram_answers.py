"""Answer *Details* and *History* from the database, with a message in the chat of the press."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from runs.actions import notify
from runs.models import CallbackAction, MessageType, OutboundMessage
from runs.selectors import callback_texts

_BUTTONS = [{"action": CallbackAction.DETAIL}, {"action": CallbackAction.HISTORY}]


def queue(message: OutboundMessage, action: str) -> str:
    """Queue the answer to a button of this message; answers what to tell at once.

    It is the evidence that the button was answered, and has buttons of its own to look again.
    """
    about = callback_texts.about(message)
    is_detail = action == CallbackAction.DETAIL
    # Others read along, unless the chat is the person's own: those ids are not negative.
    is_own = message.recipient.isdecimal()
    language = translation.get_language() if is_own else message.spoken()
    with translation.override(language):
        content = callback_texts.detail(about) if is_detail else callback_texts.history(about)
    note = notify.Note(
        project_id=message.project_id,
        message_type=MessageType.CALLBACK_REPLY,
        content=content,
        run_id=message.run_id,
        incident_id=about.incident_id,
        buttons=[dict(button) for button in _BUTTONS],
        callback_action=action,
        recipient=message.recipient,
        language=language,
    )
    notify.queue(note)
    return _("The details follow below.") if is_detail else _("The history follows below.")
