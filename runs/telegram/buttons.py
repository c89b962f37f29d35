"""Buttons under a message, and the data that a press brings back.

`callback_data` is `v1:{a|r|d|h}:{opaque id}`, at most 64 bytes: the id is the message's, signed, so
that nobody can make one up. A press is worth no more than that: the message it names still has to
be the one pressed, in the chat it was sent in, and its approval still waiting.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from runs.models import CallbackAction, OutboundMessage

_LETTERS = {
    CallbackAction.APPROVE: "a",
    CallbackAction.REJECT: "r",
    CallbackAction.DETAIL: "d",
    CallbackAction.HISTORY: "h",
}
_ACTIONS = {letter: action for action, letter in _LETTERS.items()}
_MAC_BYTES = 16
_ID_LENGTH = 43  # 32 bytes in base64 without padding
_PER_ROW = 2


def keyboard(message: OutboundMessage) -> dict[str, Any] | None:
    """Answer the message's buttons as an inline keyboard, or None; unknown ones are left out."""
    made = [button for each in message.buttons if (button := _button(message, each))]
    if not made:
        return None
    rows = [made[start : start + _PER_ROW] for start in range(0, len(made), _PER_ROW)]
    return {"inline_keyboard": rows}


def data_for(message_id: UUID, action: str) -> str:
    """Answer the `callback_data` of a button of this message."""
    letter = _LETTERS[CallbackAction(action)]
    packed = message_id.bytes + _mac(message_id, letter)
    return f"v1:{letter}:{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def read(data: str) -> tuple[UUID, CallbackAction] | None:
    """Answer the message and action that a press's data stands for; None where we did not make
    it."""
    version, _sep, rest = data.partition(":")
    letter, _sep, ident = rest.partition(":")
    if version != "v1" or letter not in _ACTIONS or len(ident) != _ID_LENGTH:
        return None
    try:
        packed = base64.b64decode(f"{ident}=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    message_id = UUID(bytes=packed[:16])
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(packed[16:], _mac(message_id, letter, one)) for one in secrets):
        return None
    return message_id, _ACTIONS[letter]


def _mac(message_id: UUID, letter: str, secret: str = "") -> bytes:
    secret = secret or settings.SECRET_KEY
    key = hashlib.sha256(b"awooop telegram buttons:" + secret.encode()).digest()
    text = f"v1:{letter}:".encode() + message_id.bytes
    return hmac.new(key, text, hashlib.sha256).digest()[:_MAC_BYTES]


def _button(message: OutboundMessage, given: Any) -> dict[str, str] | None:
    action = given.get("action") if isinstance(given, dict) else None
    if action == "open":
        return _link(given)
    if action not in CallbackAction.values:
        return None
    data = data_for(message.message_id, action)
    return {"text": _labels()[action], "callback_data": data}


def _link(given: dict[str, Any]) -> dict[str, str] | None:
    url = str(given.get("url") or "")
    return {"text": _("Open the page"), "url": url} if _is_usable(url) else None


def _is_usable(url: str) -> bool:
    """Telegram refuses the whole message for a link to this machine, or to a bare host name."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_local = host.startswith("127.") or "." not in host
    return parts.scheme in ("https", "http") and not is_local and len(url) <= 2048


def _labels() -> dict[str, str]:
    return {
        CallbackAction.APPROVE: "✅ " + _("Approve"),
        CallbackAction.REJECT: "⛔ " + _("Reject"),
        CallbackAction.DETAIL: _("Details"),
        CallbackAction.HISTORY: _("History"),
    }
