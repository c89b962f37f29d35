"""Answer *Details* and *History* from the database, with a message in the chat of the press."""

from __future__ import annotations

from django.utils.translation import gettext as _

from awooop.languages import for_channels
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
    note = notify.Note(
        project_id=message.project_id,
        message_type=MessageType.CALLBACK_REPLY,
        content=_worded(about, is_detail=is_detail),
        run_id=message.run_id,
        incident_id=about.incident_id,
        buttons=[dict(button) for button in _BUTTONS],
        callback_action=action,
        recipient=message.recipient,
    )
    notify.queue(note)
    return _("The details follow below.") if is_detail else _("The history follows below.")


@for_channels
def _worded(about: callback_texts.About, *, is_detail: bool) -> str:
    return callback_texts.detail(about) if is_detail else callback_texts.history(about)
