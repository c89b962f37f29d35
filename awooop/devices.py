"""A browser that somebody has signed in with is known by a cookie, so that strangers' tries at an
account do not lock its person out (OWASP's device cookies).

The cookie proves nothing but that: who has it still needs the password, and its tries are counted,
each browser's by themselves.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from awooop.models import User

COOKIE = "device"
PATH = "/login"
_SALT = "awooop.device"
_DAYS = 180
_SECONDS = _DAYS * 86_400


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser be known from now on as one that this person has signed in with."""
    mark = known_for(request, user.email) or secrets.token_urlsafe(12)
    response.set_cookie(
        COOKIE,
        signing.dumps([user.pk, mark], salt=_SALT),
        max_age=_SECONDS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_for(request: HttpRequest, email: str) -> str | None:
    """Answer by what name the browser is known for the account of this address; None: it is not."""
    try:
        user_id, mark = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    is_theirs = User.objects.filter(pk=user_id, email=email).exists()
    return mark if is_theirs else None
