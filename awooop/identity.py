"""From a request to its caller: a session, or a bearer API key."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace
from datetime import timedelta

from django.http import HttpRequest

from awooop import callers, sessions, tenancy
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Unauthenticated
from awooop.models import ApiKey, TelegramAccount

_KEY = re.compile(r"\Aawp_([a-z0-9]{8})_([A-Za-z0-9_-]{20,100})\Z")
_USED_AGAIN = timedelta(minutes=1)
_KEY_BY_PREFIX = "select * from awooop_registry_key(%s)"


def caller_of(request: HttpRequest) -> Caller | None:
    """Answer who calls, or None for nobody; raises Unauthenticated for a key that is not good."""
    if request.path.startswith("/api/"):
        return _caller_by_key(request)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return replace(callers.for_user(user), confirmed_at=sessions.confirmed_at(request))


def caller_of_telegram(telegram_user_id: int) -> Caller | None:
    """Answer the person to whom a Telegram account is linked, or None; a deactivated one is
    nobody."""
    accounts = TelegramAccount.objects.select_related("user").filter(user__is_active=True)
    account = accounts.filter(telegram_user_id=telegram_user_id).first()
    if account is None:
        return None
    return callers.for_telegram(account)


def hash_secret(secret: str) -> str:
    """Answer what is kept of a key's secret (SHA-256: the secret is random and long)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _caller_by_key(request: HttpRequest) -> Caller | None:
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    kind, _, value = header.partition(" ")
    match = _KEY.match(value.strip()) if kind.lower() == "bearer" else None
    if match is None:
        raise Unauthenticated("The Authorization header must be: Bearer awp_<prefix>_<secret>.")
    prefix, secret = match.groups()
    key = next(iter(ApiKey.objects.raw(_KEY_BY_PREFIX, [prefix])), None)
    if key is None or not _is_good(key, secret):
        raise Unauthenticated("This API key is unknown, revoked or expired.")
    _note_use(request, key)
    return callers.for_api_key(key)


def _is_good(key: ApiKey, secret: str) -> bool:
    same = hmac.compare_digest(key.hash, hash_secret(secret))
    return same and key.is_usable(now())


def _note_use(request: HttpRequest, key: ApiKey) -> None:
    """Keep when the key last wrote, to the minute: a read writes nothing, not even this."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    at = now()
    if key.last_used_at is None or at - key.last_used_at > _USED_AGAIN:
        with tenancy.registry():
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
