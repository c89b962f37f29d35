"""The two ceremonies of WebAuthn: a security key is added, a security key is shown.

The challenge travels sealed in the form and back; used up it is by a lease, so that nothing has to
be kept before. The host that the browser asked decides whose key it is (ALLOWED_HOSTS says which
there are); WebAuthn knows names only, and asks for https or localhost.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from typing import Any

import webauthn
from django.http import HttpRequest
from django.utils.translation import gettext as _
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from awooop import leases, sealing
from awooop.errors import Invalid
from awooop.models import SecurityKey, User

LIVES_S = 600
_ADD, _SHOW = "webauthn.add", "webauthn.show"
# What a browser may send that is no credential: the library raises its own, or these.
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True)
class Ceremony:
    """What a form needs: the options for the browser (JSON), and the sealed challenge."""

    options: str
    sealed: str


def is_possible(request: HttpRequest) -> bool:
    """Whether browsers do WebAuthn at this address: by name, with https or on localhost."""
    host = _host(request)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False


def begin_adding(request: HttpRequest, user: User) -> Ceremony:
    """Answer what a browser needs to make a new key for a person."""
    challenge = secrets.token_bytes(32)
    known = [PublicKeyCredentialDescriptor(id=bytes(k.credential_id)) for k in _keys(user)]
    options = webauthn.generate_registration_options(
        rp_id=_host(request),
        rp_name="AwoooP",
        user_name=user.email,
        user_id=hashlib.sha256(f"awooop user {user.pk}".encode()).digest(),
        challenge=challenge,
        exclude_credentials=known,
    )
    return Ceremony(options_to_json(options), _sealed(_ADD, user, challenge))


def finish_adding(
    request: HttpRequest, user: User, *, sealed: str, credential: str
) -> dict[str, Any]:
    """Answer what is kept of a new key; raises Invalid where it is not what was asked for."""
    challenge = _challenge(_ADD, user, sealed)
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(request),
            expected_origin=_origin(request),
        )
    except _UNREADABLE:
        raise _refused() from None
    return {
        "credential_id": made.credential_id,
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
    }


def begin_showing(request: HttpRequest, user: User) -> Ceremony | None:
    """Answer what a browser needs to show one of a person's keys; None where there is none."""
    known = [PublicKeyCredentialDescriptor(id=bytes(k.credential_id)) for k in _keys(user)]
    if not known or not is_possible(request):
        return None
    challenge = secrets.token_bytes(32)
    options = webauthn.generate_authentication_options(
        rp_id=_host(request), challenge=challenge, allow_credentials=known
    )
    return Ceremony(options_to_json(options), _sealed(_SHOW, user, challenge))


def finish_showing(
    request: HttpRequest, user: User, *, sealed: str, credential: str
) -> tuple[SecurityKey, int]:
    """Answer the key that was shown, and its new count; raises Invalid.

    A count that went back is a copy of the key: it is refused, too.
    """
    challenge = _challenge(_SHOW, user, sealed)
    try:
        parsed = webauthn.helpers.parse_authentication_credential_json(credential)
        key = _keys(user).filter(credential_id=parsed.raw_id).first()
        if key is None:
            raise _refused()
        shown = webauthn.verify_authentication_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=_host(request),
            expected_origin=_origin(request),
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
        )
    except _UNREADABLE:
        raise _refused() from None
    return key, shown.new_sign_count


def _keys(user: User) -> Any:
    return SecurityKey.objects.filter(user=user).order_by("pk")


def _sealed(purpose: str, user: User, challenge: bytes) -> str:
    return sealing.seal(purpose, [user.pk, bytes_to_base64url(challenge)])


def _challenge(purpose: str, user: User, sealed: str) -> bytes:
    """Use a challenge up: raises Invalid for one that is another's, old, altered, or used."""
    try:
        user_id, text = sealing.unseal(purpose, sealed, seconds=LIVES_S)
    except sealing.NotSealedHere:
        raise _refused() from None
    mark = hashlib.sha256(text.encode()).hexdigest()[:40]
    is_fresh = leases.take(f"challenge:{mark}", holder=f"user:{user.pk}", seconds=LIVES_S)
    if user_id != user.pk or not is_fresh:
        raise _refused()
    return base64url_to_bytes(text)


def _refused() -> Invalid:
    return Invalid({"credential": _("The security key was not taken. Try once more.")})


def _host(request: HttpRequest) -> str:
    host = request.get_host()
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
