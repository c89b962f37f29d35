"""Keep a secret so that only this installation can read it: encrypted under the secret key.

What was sealed under an earlier key (SECRET_KEY_FALLBACKS) is still read; what is sealed is sealed
under the present one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from awooop.clock import now


class NotSealedHere(Exception):
    """What was to be opened was altered, sealed for something else, or too long ago."""


def seal(purpose: str, value: Any) -> str:
    """Answer a value (of JSON) as text that nobody else can read or alter."""
    text = json.dumps([purpose, value]).encode()
    return _box().encrypt_at_time(text, int(now().timestamp())).decode()


def unseal(purpose: str, sealed: str, *, seconds: int | None = None) -> Any:
    """Answer what was sealed for this purpose, at most so long ago; raises NotSealedHere."""
    try:
        text = (
            _box().decrypt(sealed.encode())
            if seconds is None
            else _box().decrypt_at_time(sealed.encode(), seconds, int(now().timestamp()))
        )
    except (InvalidToken, ValueError):
        raise NotSealedHere from None
    said, value = json.loads(text)
    if said != purpose:
        raise NotSealedHere
    return value


def _box() -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derived = hmac.new(secret.encode(), b"awooop sealed secrets", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(derived)
