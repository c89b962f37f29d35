"""Tell a message another way where its channel cannot: through the project's Apprise URLs."""

from __future__ import annotations

import logging

import structlog
from django.utils import translation
from django.utils.translation import gettext as _

from awooop.redaction import redact
from runs.models import OutboundMessage
from runs.telegram.sending import page_of

log = structlog.get_logger(__name__)
_TITLE = 120
# Below, it tells of each URL; what it warns of names the service only.
logging.getLogger("apprise").setLevel(logging.WARNING)


def tell(message: OutboundMessage, urls: tuple[str, ...]) -> bool:
    """Tell it through the URLs; True where at least one of them took it.

    One that took it is enough: another attempt would page a person twice. Buttons do not go with
    it; the link to the page does.
    """
    with translation.override(message.spoken()):
        title, body = _worded(message)
    return sum(_notify(url, title, body) for url in urls) > 0


def _worded(message: OutboundMessage) -> tuple[str, str]:
    text = redact(message.content or message.content_preview).text.strip() or "–"
    first, _newline, rest = text.partition("\n")
    page = page_of(message)
    body = rest.strip() or first
    return first[:_TITLE], body if page in body else f"{body}\n{_('On the page')}: {page}"


def _notify(url: str, title: str, body: str) -> bool:
    from apprise import Apprise  # a second's import, which only this needs

    try:
        told = Apprise()
        return bool(told.add(url) and told.notify(title=title, body=body))
    except Exception as error:  # noqa: BLE001 - a plugin that breaks must not stop the others
        # Its text, and its traceback's, may hold the URL, and that the credentials.
        log.error("fallback_broke", scheme=url.partition(":")[0], error=type(error).__name__)
        return False
