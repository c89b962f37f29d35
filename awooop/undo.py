"""Say what was done, with a button that undoes it: better than to ask before."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

_TAG = "undo:"


def offer(request: HttpRequest, text: str, href: str) -> None:
    """Tell the reader of a success that a POST to `href` undoes."""
    messages.success(request, text, extra_tags=f"{_TAG}{href}")


def href_of(message: Message) -> str:
    """Answer what undoes that of which a message tells; '' where nothing does."""
    tags = message.extra_tags or ""
    return tags.removeprefix(_TAG) if tags.startswith(_TAG) else ""
