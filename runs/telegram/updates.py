"""What Telegram sends us, read tolerantly: of an update only what we act on, and that bounded.

Kinds that we do not know, fields that are missing or of another type are passed over: an update is
never an error, because Telegram would send it again for ever.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_START = re.compile(r"/start(?:@\w{1,64})?(?:\s+(\S{1,64}))?\s*")
_NAME_AT_MOST, _TEXT_AT_MOST = 128, 4096


@dataclass(frozen=True)
class Sender:
    """A Telegram account."""

    user_id: int
    name: str = ""
    language: str = ""
    is_bot: bool = False


@dataclass(frozen=True)
class Press:
    """A pressed button: who, what its data says, and under which message of which chat.

    Without a message (sent by way of an inline query) there is no chat; a message that is too old
    has both ids and nothing else.
    """

    query_id: str
    sender: Sender
    data: str
    chat_id: int | None
    chat_username: str
    message_id: int | None


@dataclass(frozen=True)
class Message:
    """A text in a chat; `moved_to`: the group goes on under that id."""

    sender: Sender | None
    chat_id: int
    text: str
    is_private: bool
    moved_to: int | None

    @property
    def start_code(self) -> str | None:
        """The code of `/start CODE`, empty for a bare `/start`; None where it is no such
        command."""
        found = _START.fullmatch(self.text.strip())
        return (found[1] or "") if found else None


@dataclass(frozen=True)
class Update:
    """One update: its id (of its content where it has none), its kinds, and what we act on."""

    provider_id: str
    kinds: tuple[str, ...]
    press: Press | None
    message: Message | None
    chat_id: int | None
    sender: Sender | None


def parse(body: Json, raw: bytes) -> Update:
    """Answer an update from its JSON object; `raw` stands for an id where it has none."""
    kinds = tuple(name[:64] for name, value in body.items() if isinstance(value, dict))
    number = _whole(body.get("update_id"))
    press, message = _press(body.get("callback_query")), _message(body.get("message"))
    first = next((body[name] for name in body if isinstance(body[name], dict)), {})
    chat = _whole(_object(first.get("chat")).get("id"))
    sender = _sender(first.get("from")) or _sender(first.get("user"))
    return Update(
        provider_id=str(number) if number is not None else _id_of(raw),
        kinds=kinds,
        press=press,
        message=message,
        chat_id=press.chat_id if press else chat,
        sender=press.sender if press else sender,
    )


def _press(value: Any) -> Press | None:
    query = _object(value)
    sender, query_id = _sender(query.get("from")), _text(query.get("id"), 64)
    if sender is None or not query_id:
        return None
    message = _object(query.get("message"))
    chat = _object(message.get("chat"))
    return Press(
        query_id=query_id,
        sender=sender,
        data=_text(query.get("data"), 256),
        chat_id=_whole(chat.get("id")),
        chat_username=_text(chat.get("username"), 64),
        message_id=_whole(message.get("message_id")),
    )


def _message(value: Any) -> Message | None:
    message = _object(value)
    chat = _object(message.get("chat"))
    chat_id = _whole(chat.get("id"))
    if chat_id is None:
        return None
    sender = _sender(message.get("from"))
    own = sender is not None and sender.user_id == chat_id
    return Message(
        sender=sender,
        chat_id=chat_id,
        text=_text(message.get("text"), _TEXT_AT_MOST),
        is_private=chat.get("type") == "private" and own,
        moved_to=_whole(message.get("migrate_to_chat_id")),
    )


def _sender(value: Any) -> Sender | None:
    user = _object(value)
    user_id = _whole(user.get("id"))
    if user_id is None:
        return None
    names = (_text(user.get(name), _NAME_AT_MOST) for name in ("first_name", "last_name"))
    username = _text(user.get("username"), 64)
    return Sender(
        user_id=user_id,
        name=(f"@{username}" if username else " ".join(filter(None, names)))[:_NAME_AT_MOST],
        language=_text(user.get("language_code"), 16),
        is_bot=user.get("is_bot") is True,
    )


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: Any, most: int) -> str:
    return value[:most] if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    """A whole number of 64 bits, perhaps negative: so are ids of users and chats."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and -(2**63) <= value < 2**63 else None


def _id_of(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"
