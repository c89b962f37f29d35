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
    return BOX.all_keys().encrypt_at_time(text, int(now().timestamp())).decode()


def unseal(purpose: str, sealed: str, *, seconds: int | None = None) -> Any:
    """Answer what was sealed for this purpose, at most so long ago; raises NotSealedHere."""
    try:
        text = (
            BOX.all_keys().decrypt(sealed.encode())
            if seconds is None
            else BOX.all_keys().decrypt_at_time(sealed.encode(), seconds, int(now().timestamp()))
        )
    except (InvalidToken, ValueError):
        raise NotSealedHere from None
    said, value = json.loads(text)
    if said != purpose:
        raise NotSealedHere
    return value


def resealed(sealed: str) -> str | None:
    """Answer what was sealed, sealed under the present key; None where it is that already.

    Raises NotSealedHere where the key to it is gone.
    """
    return BOX.resealed(sealed)


class Box:
    """Encrypts under the present secret key, and decrypts what any of the known ones encrypted; a
    label keeps what one box wrote from another's."""

    def __init__(self, label: bytes) -> None:
        self._label = label

    def all_keys(self) -> MultiFernet:
        """Answer what reads under every known key and writes under the present one."""
        secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return MultiFernet([self._fernet(secret) for secret in secrets])

    def resealed(self, sealed: str) -> str | None:
        """Answer it under the present key, None where it is that already; raises NotSealedHere."""
        try:
            self._fernet(settings.SECRET_KEY).decrypt(sealed.encode())
        except InvalidToken:
            pass
        else:
            return None
        try:
            return self.all_keys().rotate(sealed.encode()).decode()
        except InvalidToken:
            raise NotSealedHere from None

    def _fernet(self, secret: str) -> Fernet:
        derived = hmac.new(secret.encode(), self._label, hashlib.sha256).digest()
        return Fernet(base64.urlsafe_b64encode(derived))


BOX = Box(b"awooop sealed secrets")
