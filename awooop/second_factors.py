"""Which second factors a person has, who must have one, and whether a code is right."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from awooop import callers, sealing, tenancy
from awooop.clock import now
from awooop.models import AuthenticatorApp, Project, SecurityKey, User

PURPOSE = "totp"
DIGITS, INTERVAL_S = 6, 30
_ISSUER = "AwoooP"


@dataclass(frozen=True)
class Factor:
    """One of a person's second factors."""

    kind: str
    name: str
    created_at: datetime
    last_used_at: datetime | None = None
    key_id: int | None = None


def of_user(user: User) -> list[Factor]:
    """Answer a person's second factors, the app first; recovery codes are none by themselves."""
    apps = AuthenticatorApp.objects.filter(user=user)
    keys = SecurityKey.objects.filter(user=user).order_by("created_at", "pk")
    return [
        *(Factor("totp", "", app.created_at) for app in apps),
        *(Factor("security_key", k.name, k.created_at, k.last_used_at, k.pk) for k in keys),
    ]


def must_have(user: User) -> bool:
    """Whether the installation, or a project that the person may act in, asks for one."""
    asked = settings.SECOND_FACTOR
    if asked == "required" or (asked == "staff" and user.is_staff):
        return True
    with tenancy.scope(callers.for_user(user).projects):
        return Project.objects.filter(requires_second_factor=True, is_active=True).exists()


def secret_of(app: AuthenticatorApp) -> str:
    """Answer the secret that an app has; raises NotSealedHere where the key to it is gone."""
    return sealing.unseal(PURPOSE, app.sealed_secret)


def step_of(secret: str, code: str) -> int | None:
    """Answer the time step whose code this is, of the present one and its neighbours, else None."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=INTERVAL_S)
    present = int(now().timestamp()) // INTERVAL_S
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(totp.generate_otp(step), code.strip()):
            found = step
    return found


def new_secret() -> str:
    """Answer a secret for an app (160 bits, as RFC 4226 recommends)."""
    return pyotp.random_base32()


def address_of(user: User, secret: str) -> str:
    """Answer what an app reads from the picture (otpauth://…)."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=INTERVAL_S)
    return totp.provisioning_uri(name=user.email, issuer_name=_ISSUER)


def picture_of(address: str) -> SafeString:
    """Answer it as an inline SVG: shapes only, no style that the policy would forbid."""
    svg = segno.make(address, error="m").svg_inline(
        scale=5, border=3, light="#fff", dark="#000", svgclass="qr", lineclass=None
    )
    return mark_safe(svg)  # noqa: S308 - of segno, made from characters of an address
