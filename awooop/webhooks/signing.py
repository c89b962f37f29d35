"""Signatures after the Standard Webhooks 1.0.0 (standardwebhooks.com): `webhook-id`,
`webhook-timestamp` and `webhook-signature`."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from awooop import audit_keys
from awooop.webhooks import secrets


def headers(ident: str, at: datetime, body: bytes, keys: Iterable[str]) -> dict[str, str]:
    """Answer the headers of one attempt; with two secrets there are two signatures."""
    stamp = str(int(at.timestamp()))
    content = f"{ident}.{stamp}.".encode() + body
    return {
        **_common(ident, stamp),
        "webhook-signature": " ".join(_v1(content, key) for key in keys),
    }


def public_headers(ident: str, at: datetime, body: bytes) -> dict[str, str]:
    """Answer the headers of a post that is signed with the installation's own key (`v1a`)."""
    stamp = str(int(at.timestamp()))
    content = f"{ident}.{stamp}.".encode() + body
    signature = f"v1a,{audit_keys.current().sign(content)}"
    return {**_common(ident, stamp), "webhook-signature": signature}


def _common(ident: str, stamp: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "AwoooP-Webhooks/1",
        "webhook-id": ident,
        "webhook-timestamp": stamp,
    }


def _v1(content: bytes, secret: str) -> str:
    digest = hmac.new(secrets.raw(secret), content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
