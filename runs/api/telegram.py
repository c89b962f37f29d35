"""The webhook that Telegram posts updates to."""

from __future__ import annotations

import hmac
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja.security.base import AuthBase

from awooop.errors import NotAllowed
from awooop.rest import PROBLEMS
from runs.actions import telegram_updates
from runs.api.base import router

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "An Update of the Bot API. What is not known of it is passed over.",
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "example": {
                    "update_id": 913527394,
                    "callback_query": {
                        "id": "688000000000000001",
                        "from": {"id": 160000001, "first_name": "Nora"},
                        "message": {
                            "message_id": 37,
                            "chat": {"id": -163000001, "type": "group"},
                            "date": 1481841548,
                        },
                        "chat_instance": "-428000000000000001",
                        "data": "v1:a:…",
                    },
                },
            }
        },
    }
}


class TelegramSecret(AuthBase):
    """The secret that the webhook was registered with; without one nothing is taken."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = _HEADER

    def __call__(self, request: HttpRequest) -> str:
        given, secret = request.headers.get(_HEADER, ""), settings.TELEGRAM_WEBHOOK_SECRET
        is_same = hmac.compare_digest(given.encode(), secret.encode())
        if not secret or not is_same:
            telegram_updates.refuse_forged()
            raise NotAllowed("The secret of this webhook is missing or wrong.", code="wrong_secret")
        return "telegram"


@router.post(
    "/webhooks/telegram",
    response={200: None, **PROBLEMS},
    auth=TelegramSecret(),
    tags=["webhooks"],
    openapi_extra=_BODY,
)
def post_telegram(request: HttpRequest):
    """Take an update. The answer is always empty: Telegram would carry a body out as a call."""
    telegram_updates.receive(request.body)
    return HttpResponse(status=200)
