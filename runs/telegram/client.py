"""A client of the Bot API: the calls that AwoooP makes, typed, with every failure told apart.

The token stands in the address of each call, so no address and no exception of the library is ever
shown, stored or logged.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import urllib3
from django.conf import settings

from awooop.redaction import redact
from runs.telegram import errors

CONNECT_S, READ_S = 5.0, 15.0
_ANSWER_AT_MOST = 1 << 20
# Before a byte of the call was sent.
_NO_CONNECTION = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
    urllib3.exceptions.SSLError,
)
# It names addresses, and with them the token, at DEBUG and in warnings.
logging.getLogger("urllib3").setLevel(logging.ERROR)
Json = dict[str, Any]
ChatId = int | str


@dataclass(frozen=True)
class SentMessage:
    """What the Bot API says of a message that it took."""

    message_id: int
    chat_id: int | None


class Client:
    """Calls one bot's API at one address; safe to share between threads."""

    def __init__(
        self, token: str, base_url: str, *, connect_s: float = CONNECT_S, read_s: float = READ_S
    ) -> None:
        self._token = token
        self._root = f"{base_url}/bot{token}"
        # Never retried below us: what was sent once may have been carried out.
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=connect_s, read=read_s), retries=False, maxsize=4
        )

    def send_message(
        self, chat_id: ChatId, text: str, *, reply_markup: Json | None = None
    ) -> SentMessage:
        """Send HTML text; raises TelegramError."""
        result = self._call("sendMessage", {"chat_id": chat_id, **_body(text, reply_markup)})
        return _sent(result)

    def edit_message_text(
        self, chat_id: ChatId, message_id: int, text: str, *, reply_markup: Json | None = None
    ) -> SentMessage:
        """Replace a message's text and buttons; again with the same text is no error."""
        body = {"chat_id": chat_id, "message_id": message_id, **_body(text, reply_markup)}
        try:
            return _sent(self._call("editMessageText", body))
        except errors.NotModified:
            return SentMessage(message_id, None)

    def answer_callback_query(
        self, callback_query_id: str, text: str = "", *, show_alert: bool = False
    ) -> bool:
        """Answer a press of a button; False where that comes too late, which is no error."""
        body = {
            "callback_query_id": callback_query_id,
            "text": text[:200],
            "show_alert": show_alert,
        }
        try:
            self._call("answerCallbackQuery", body)
        except errors.TooLate:
            return False
        return True

    def get_me(self) -> Json:
        """Ask who the bot is: tells whether the API answers, and sends nothing to anybody."""
        return self._call("getMe", {})

    def set_webhook(self, url: str, secret: str, allowed_updates: list[str]) -> None:
        """Have updates of these kinds posted to an address, with a secret in each."""
        body = {"url": url, "secret_token": secret, "allowed_updates": allowed_updates}
        self._call("setWebhook", body)

    def delete_webhook(self) -> None:
        """Have no updates posted any more; those that wait are kept by Telegram for a day."""
        self._call("deleteWebhook", {})

    def get_webhook_info(self) -> Json:
        """Ask where updates are posted, how many wait, and what went wrong last."""
        return self._call("getWebhookInfo", {})

    def _call(self, method: str, body: Json) -> Any:
        status, data = self._exchange(method, body)
        answer = _parsed(data)
        if status < 400 and answer.get("ok") is True and "result" in answer:
            return answer["result"]
        if answer or status >= 300:
            raise errors.of_answer(status, self._clean(answer))
        raise _unanswered(method, f"HTTP {status}, unreadable")

    def _exchange(self, method: str, body: Json) -> tuple[int, bytes]:
        response = self._open(method, body)
        try:
            data = response.read(_ANSWER_AT_MOST + 1, decode_content=True)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            # `from None`, here and below: the library's own text names the address.
            raise _unanswered(method, type(error).__name__) from None
        finally:
            response.close()
        if len(data) > _ANSWER_AT_MOST:
            raise _unanswered(method, "too long")
        return response.status, data

    def _open(self, method: str, body: Json) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(
                "POST",
                f"{self._root}/{method}",
                body=orjson.dumps(body),
                headers={"Content-Type": "application/json"},
                redirect=False,
                preload_content=False,
            )
        except _NO_CONNECTION as error:
            raise errors.Unreachable(f"{method}: no connection ({type(error).__name__})") from None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _unanswered(method, type(error).__name__) from None

    def _clean(self, answer: Json) -> Json:
        text = str(answer.get("description") or "")
        return {**answer, "description": redact(text.replace(self._token, "…")).text}


def configured() -> Client | None:
    """Answer the client of this installation's bot, or None where no token is set."""
    if not settings.TELEGRAM_BOT_TOKEN:
        return None
    return _client(settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_API_URL)


@lru_cache(maxsize=4)
def _client(token: str, base_url: str) -> Client:
    return Client(token, base_url, connect_s=CONNECT_S, read_s=READ_S)


def _body(text: str, reply_markup: Json | None) -> Json:
    body: Json = {
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    return {**body, "reply_markup": reply_markup} if reply_markup else body


def _unanswered(method: str, why: str) -> errors.Unanswered:
    return errors.Unanswered(f"{method}: no answer ({why})")


def _parsed(data: bytes) -> Json:
    try:
        answer = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _sent(result: Any) -> SentMessage:
    message = result if isinstance(result, dict) else {}
    chat = message.get("chat")
    ident = message.get("message_id")
    if not isinstance(ident, int):
        raise errors.Unanswered("the answer names no message")
    return SentMessage(ident, chat.get("id") if isinstance(chat, dict) else None)
