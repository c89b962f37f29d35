"""Single sign-on by OpenID Connect: what is asked of the provider, and what its answer must hold.

Authlib does the protocol: discovery, PKCE, the exchange of the code, the ID token with its
signature, issuer, audience, times and nonce. What has to be kept in between travels sealed in a
cookie of its own, so that nothing is written before somebody has signed in; its state is used up by
a lease.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from joserfc.errors import JoseError

from awooop import leases, sealing
from awooop.clock import now
from awooop.errors import NotAllowed, Refused, Unavailable

COOKIE, COOKIE_PATH, LIVES_S = "awooop_sso", "/login/sso", 600
_PURPOSE, _TIMEOUT_S, _LEEWAY_S = "sso", 5, 60
# Signed with a key that only the provider has; never with the client's own secret, or with none.
_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
_SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face"})  # RFC 8176
log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """Who the provider says it is, and how sure it is."""

    subject: str
    email: str
    has_second_factor: bool
    signed_in_at: float | None
    flow: Mapping[str, Any]


def is_on() -> bool:
    """Whether a provider is configured."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def begin(*, target: str, confirms: bool = False) -> tuple[str, str]:
    """Answer the provider's address to send a person to, and what the cookie keeps.

    `confirms` asks that the person shows anew that it is them. Raises Unavailable.
    """
    more = {"prompt": "login", "max_age": "0"} if confirms else {}
    made = _asked(lambda: _client().create_authorization_url(_callback(), **more))
    kept = {name: made[name] for name in ("state", "nonce", "code_verifier")}
    flow = {**kept, "target": target, "confirms": confirms, "began": now().timestamp()}
    return made["url"], sealing.seal(_PURPOSE, flow)


def finish(request: HttpRequest) -> Answer:
    """Answer who came back from the provider; raises NotAllowed, Unavailable.

    Refused are: an answer that this browser did not ask for, or that was used already; a token that
    is another's, another time's, or not signed by the provider; an address that is not verified.
    """
    flow = _flow(request)
    if "error" in request.GET:
        log.warning("sso_refused_by_provider", error=request.GET["error"][:100])
        raise _refused(_("The provider did not sign you in."))
    claims = _asked(lambda: _claims(request.GET.get("code", ""), flow))
    if claims.get("email_verified") not in (True, "true") or not claims.get("email"):
        raise _refused(_("The provider has not verified your e-mail address."))
    methods = claims.get("amr") or []
    return Answer(
        subject=str(claims["sub"]),
        email=str(claims["email"]).strip().lower(),
        has_second_factor=settings.OIDC_TRUSTS_AMR and bool(_SECOND_FACTORS & set(methods)),
        signed_in_at=claims.get("auth_time"),
        flow=flow,
    )


def check_is_fresh(answer: Answer) -> None:
    """Raise NotAllowed unless the provider asked the person anew, after the flow began."""
    at = answer.signed_in_at
    if not isinstance(at, (int, float)) or at < answer.flow["began"] - _LEEWAY_S:
        raise _refused(_("The provider did not ask you anew who you are."))


def _flow(request: HttpRequest) -> dict[str, Any]:
    try:
        kept = sealing.unseal(_PURPOSE, request.COOKIES.get(COOKIE, ""), seconds=LIVES_S)
    except sealing.NotSealedHere:
        raise _refused(_("This sign-in was not begun in this browser, or too long ago.")) from None
    state = request.GET.get("state", "")
    if not hmac.compare_digest(state.encode(), kept["state"].encode()):
        raise _refused(_("This sign-in was not begun in this browser, or too long ago."))
    mark = hashlib.sha256(state.encode()).hexdigest()[:40]
    if not leases.take(f"sso:{mark}", holder="", seconds=2 * LIVES_S):
        raise _refused(_("This sign-in was used already."))
    return kept


def _claims(code: str, flow: Mapping[str, Any]) -> Mapping[str, Any]:
    client = _client()
    token = client.fetch_access_token(_callback(), code=code, code_verifier=flow["code_verifier"])
    options = {
        "iss": {"essential": True, "values": [settings.OIDC_ISSUER]},
        "aud": {"essential": True, "values": [settings.OIDC_CLIENT_ID]},
        "nonce": {"essential": True, "value": flow["nonce"]},
    }
    claims = client.parse_id_token(token, nonce=flow["nonce"], claims_options=options)
    if claims is None:
        raise _refused(_("The provider's answer cannot be trusted."))
    if "email" in claims:
        return claims
    told = client.userinfo(token=token)
    if told.get("sub") != claims["sub"]:
        raise _refused(_("The provider's answer cannot be trusted."))
    return {**told, **claims}


def _client() -> Any:
    key = (settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)
    client = _registered(*key)
    said = client.load_server_metadata()
    if said.get("issuer") != settings.OIDC_ISSUER:
        log.error("sso_issuer_differs", configured=settings.OIDC_ISSUER, said=said.get("issuer"))
        raise Unavailable(_("Single sign-on is configured for another provider."))
    offered = said.get("id_token_signing_alg_values_supported") or ["RS256"]
    said["id_token_signing_alg_values_supported"] = sorted(_ALGORITHMS & set(offered))
    return client


@lru_cache(maxsize=4)
def _registered(issuer: str, client_id: str, client_secret: str) -> Any:
    return OAuth().register(
        "sso",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "timeout": _TIMEOUT_S,
        },
    )


def _asked(question: Callable[[], T]) -> T:
    """Answer what the provider says; what goes wrong on the way is a refusal, with its log line."""
    try:
        return question()
    except Refused:
        raise
    except requests.RequestException as error:
        log.error("sso_provider_unreachable", error=str(error)[:300])
        raise Unavailable(_("The provider of single sign-on does not answer.")) from None
    except (AuthlibBaseError, JoseError, ValueError, KeyError) as error:
        log.warning("sso_answer_refused", error=f"{type(error).__name__}: {error}"[:300])
        raise _refused(_("The provider's answer cannot be trusted.")) from None


def _refused(detail: str) -> NotAllowed:
    return NotAllowed(detail, code="sso_refused")


def _callback() -> str:
    return f"{settings.PUBLIC_URL}{reverse('sso-callback')}"
