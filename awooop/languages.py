"""The language where no page asks for one: that of the messages to a chat."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.utils import translation

P = ParamSpec("P")
R = TypeVar("R")


def for_channels(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function word what it sends in the language of the channels (CHANNEL_LANGUAGE).

    Whoever caused the message: an agent by the API, a task, a person whose pages are in another.
    """

    @wraps(function)
    def worded(*args: P.args, **kwargs: P.kwargs) -> R:
        with translation.override(settings.CONFIG.channel_language):
            return function(*args, **kwargs)

    return worded
