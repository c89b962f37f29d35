"""Secrets that we must be able to use again: made, kept encrypted, shown once.

They are encrypted with a key of SECRET_KEY (or, to read, of its SECRET_KEY_FALLBACKS), so that a
copy of the database alone signs nothing.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.fernet import InvalidToken

from awooop.sealing import Box

PREFIX = "whsec_"
BOX = Box(b"awooop webhook secrets")


class Unreadable(Exception):
    """A secret was kept under a SECRET_KEY that is not known here any more."""


def new() -> str:
    """Make a secret, as the Standard Webhooks write one: whsec_ and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def keep(secret: str) -> str:
    """Answer the secret as it is kept."""
    return BOX.all_keys().encrypt(secret.encode()).decode()


def read(kept: str) -> str:
    """Answer a kept secret; raises Unreadable."""
    try:
        return BOX.all_keys().decrypt(kept.encode()).decode()
    except InvalidToken:
        raise Unreadable(
            "its secret was kept under another SECRET_KEY: give it a new one"
        ) from None


def raw(secret: str) -> bytes:
    """Answer the bytes that sign."""
    return base64.b64decode(secret.removeprefix(PREFIX))
