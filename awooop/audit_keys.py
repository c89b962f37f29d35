"""The keys of the audit trail: which there are, and what each is for.

Of each secret (`AUDIT_KEY`, and before it the `AUDIT_OLD_KEYS`) two keys are derived: one of the
chain, an HMAC key that only the installation has, and a pair for signatures that anybody can check.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings

_ID = 16  # hex digits of the short names


@dataclass(frozen=True)
class AuditKey:
    """What is derived of one secret. `rank` is 0 for the one in use, then 1, 2, … back in time."""

    rank: int
    chain: bytes
    chain_id: str
    signing: Ed25519PrivateKey
    fingerprint: str

    @property
    def signing_id(self) -> str:
        """The short name of the signing key, which each signed document carries."""
        return self.fingerprint[:_ID]

    @property
    def public(self) -> bytes:
        """The public key, as its 32 bytes."""
        return public_bytes(self.signing.public_key())

    @property
    def public_pem(self) -> str:
        """The public key as a PEM file, as `openssl` reads it."""
        return (
            self.signing.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def sign(self, data: bytes) -> str:
        """Answer the Ed25519 signature of these bytes, in base64."""
        return base64.b64encode(self.signing.sign(data)).decode()


def current() -> AuditKey:
    """Answer the key in use."""
    return ring()[0]


def ring() -> tuple[AuditKey, ...]:
    """Answer the key in use and the old ones, the newest first."""
    return _ring((settings.AUDIT_SECRET, *settings.AUDIT_OLD_SECRETS))


def by_chain_id() -> Mapping[str, AuditKey]:
    """Answer the keys by the short name that a record carries."""
    return {key.chain_id: key for key in reversed(ring())}


def is_signed(data: bytes, signature: str, key_id: str) -> bool:
    """Whether this is the signature of the data by one of our keys, the one of that short name."""
    for key in ring():
        if key.signing_id == key_id:
            return verifies(key.public, data, signature)
    return False


def verifies(public: bytes, data: bytes, signature: str) -> bool:
    """Whether a base64 signature of the data was made with the key of these public bytes."""
    try:
        raw = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(raw, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_bytes(key: Ed25519PublicKey) -> bytes:
    """Answer a public key as its 32 bytes."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


@lru_cache(maxsize=4)
def _ring(secrets: tuple[str, ...]) -> tuple[AuditKey, ...]:
    return tuple(_derived(rank, secret) for rank, secret in enumerate(secrets))


def _derived(rank: int, secret: str) -> AuditKey:
    chain = hmac.new(secret.encode(), b"awooop audit chain", hashlib.sha256).digest()
    seed = hmac.new(secret.encode(), b"awooop audit signature", hashlib.sha256).digest()
    signing = Ed25519PrivateKey.from_private_bytes(seed)
    return AuditKey(
        rank=rank,
        chain=chain,
        chain_id=hashlib.sha256(chain).hexdigest()[:_ID],
        signing=signing,
        fingerprint=hashlib.sha256(public_bytes(signing.public_key())).hexdigest(),
    )
