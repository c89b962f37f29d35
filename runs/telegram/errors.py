"""What can go wrong with a call of the Bot API, told apart by what is to be done about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# What no further try would change about a chat: who was to read it is gone, or never was there.
_GONE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "bot was blocked by the user",
    "bot was kicked",
    "bot is not a member",
    "group chat was deleted",
    "group chat was deactivated",
    "chat was deleted",
    "peer_id_invalid",
    "chat_id is empty",
    "bot can't initiate conversation",
    "bot can't send messages to bots",
    "message to edit not found",
    "message can't be edited",
)
_CODE_BY_WORD = {
    "bad request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not found": 404,
    "conflict": 409,
    "too many requests": 429,
}
_RETRY_AFTER = re.compile(r"retry after (\d{1,9})", re.IGNORECASE)
_RETRY_AFTER_UNKNOWN = 30
_RETRY_AFTER_MOST = 24 * 3600


class TelegramError(Exception):
    """The base: `description` is safe to store and show, it never holds the bot's token."""

    def __init__(self, description: str, code: int | None = None) -> None:
        super().__init__(description)
        self.description = description
        self.code = code


class Unreachable(TelegramError):
    """No connection: the call has certainly not arrived."""


class Unanswered(TelegramError):
    """Sent, but no answer came, or none that could be read: the call may have been carried out."""


class ServerFault(TelegramError):
    """The Bot API itself failed (5xx)."""


class BadToken(TelegramError):
    """The bot is not known there: nothing can be sent until its token is put right."""


class RateLimited(TelegramError):
    """Too much at once: the bot shall be quiet for `retry_after` seconds."""

    def __init__(self, description: str, code: int | None, retry_after: int) -> None:
        super().__init__(description, code)
        self.retry_after = retry_after


class Migrated(TelegramError):
    """The group became a supergroup: `chat_id` is its new id; `retry_after` seconds, if any."""

    def __init__(
        self, description: str, code: int | None, chat_id: int, retry_after: int | None
    ) -> None:
        super().__init__(description, code)
        self.chat_id = chat_id
        self.retry_after = retry_after


class Permanent(TelegramError):
    """The chat is closed to the bot for good: blocked, kicked, deactivated, deleted, not found."""


class NotModified(TelegramError):
    """An edit that would change nothing."""


class TooLate(TelegramError):
    """A press of a button that can no longer be answered: not an error for us."""


class Rejected(TelegramError):
    """Refused for a reason that may lie in the message, or may pass."""


def of_answer(status: int, answer: Mapping[str, Any]) -> TelegramError:
    """Answer the error that an answer with `ok: false` stands for.

    Real answers may lack `error_code`; the HTTP status, then the description's first words, do.
    """
    description = str(answer.get("description") or f"HTTP {status}")[:400]
    code = _code(status, answer, description)
    parameters = answer.get("parameters")
    given = parameters if isinstance(parameters, Mapping) else {}
    retry_after = _whole(given.get("retry_after"))
    moved_to = _whole(given.get("migrate_to_chat_id"))
    if moved_to is not None:
        return Migrated(description, code, moved_to, retry_after)
    if code == 429:
        return RateLimited(description, code, _seconds(retry_after, description))
    if code is not None and code >= 500:
        return ServerFault(description, code)
    if code in (401, 404):
        return BadToken(description, code)
    return _refusal(description, code)


def _refusal(description: str, code: int | None) -> TelegramError:
    text = description.casefold()
    if code == 403 or any(words in text for words in _GONE):
        return Permanent(description, code)
    if "message is not modified" in text:
        return NotModified(description, code)
    if "query is too old" in text or "query id is invalid" in text:
        return TooLate(description, code)
    return Rejected(description, code)


def _code(status: int, answer: Mapping[str, Any], description: str) -> int | None:
    code = _whole(answer.get("error_code"))
    if code is not None:
        return code
    if status >= 400:
        return status
    return _CODE_BY_WORD.get(description.partition(":")[0].strip().casefold())


def _seconds(retry_after: int | None, description: str) -> int:
    if retry_after is None:
        found = _RETRY_AFTER.search(description)
        retry_after = int(found[1]) if found else _RETRY_AFTER_UNKNOWN
    return max(1, min(retry_after, _RETRY_AFTER_MOST))


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
