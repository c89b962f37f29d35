"""Find out whether it is who they say: a password, counted tries, a record of what failed."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from awooop import callers, counters, devices, metrics, passkeys, single_sign_on, throttling
from awooop.actions import people, second_factors
from awooop.addresses import client_address, network_of
from awooop.callers import Caller
from awooop.errors import Invalid, NotAllowed, Refused
from awooop.models import SingleSignOnIdentity, User
from awooop.models.audit import ActorKind

# By account and network: a stranger elsewhere locks nobody out. By account alone, more slowly: nor
# does it help to come from many networks. By address: nor to try one password on many accounts. A
# browser that the person has signed in with before counts by itself, and none of these.
NETWORK = throttling.Limit("sign-in:network", tries=10, seconds=15 * 60)
ACCOUNT = throttling.Limit("sign-in:account", tries=40, seconds=60 * 60)
ADDRESS = throttling.Limit("sign-in:address", tries=50, seconds=15 * 60)
DEVICE = throttling.Limit("sign-in:device", tries=10, seconds=15 * 60)
# Counts of their own, which a right password does not give back.
SECOND = throttling.Limit("second-factor", tries=10, seconds=15 * 60)
CONFIRM = throttling.Limit("confirm", tries=10, seconds=15 * 60)
SIGN_INS = metrics.counter(
    "awooop_sign_ins",
    "Tries to sign in.",
    ("result",),
    values={"result": ("ok", "wrong", "throttled")},
)
log = structlog.get_logger(__name__)


class NotRecognised(Refused):
    """Somebody who is not recognised; says nothing of whether there is such an account."""

    status = 422
    code = "not_recognised"


def check_password(*, request: HttpRequest, email: str, password: str) -> User:
    """Answer the account of this address and password.

    A try is counted for the account, whether there is one or not, and for where it comes from.
    Raises NotRecognised, or TooManyTries before the password is looked at.
    """
    email = email.strip().lower()
    device = devices.known_for(request, email)
    own, *others = _limits(email, device, client_address(request))
    taken = _counted(own, *others)
    user = authenticate(request, username=email, password=password)
    if user is None:
        fail(User.objects.filter(email=email).first(), request, "password")
        raise NotRecognised(_("The e-mail address and the password do not fit together."))
    throttling.give_back(taken)
    throttling.forget(own)
    return user


def _limits(email: str, device: str | None, address: str) -> list[throttling.Counted]:
    """Answer what a try counts for; the first is of this browser or network alone."""
    if device is not None:
        return [(DEVICE, email, device)]
    return [(NETWORK, email, network_of(address)), (ACCOUNT, email), (ADDRESS, address)]


def check_secret(*, request: HttpRequest, user: User, secret: str) -> None:
    """Raise NotRecognised unless it is the person's password or a code of theirs that is good now.

    Tries are counted for the person, who is signed in: raises TooManyTries.
    """
    taken = _counted((CONFIRM, str(user.pk)))
    if not (user.check_password(secret) or second_factors.use_code(user=user, code=secret)):
        fail(user, request, "confirm")
        raise NotRecognised(_("This is neither your password nor a code that is good now."))
    throttling.give_back(taken)


def check_code(*, request: HttpRequest, user: User, code: str) -> str:
    """Answer which second factor a code is of, `totp` or `recovery_code`, and use it up.

    Raises NotRecognised, or TooManyTries before the code is looked at.
    """
    own, *others = _second_limits(request, user)
    taken = _counted(own, *others)
    factor = second_factors.use_code(user=user, code=code)
    if factor is None:
        fail(user, request, "second_factor")
        raise NotRecognised(_("This code is wrong, used already, or no longer good."))
    throttling.give_back(taken)
    throttling.forget(own)
    return factor


def _second_limits(request: HttpRequest, user: User) -> list[throttling.Counted]:
    device = devices.known_for(request, user.email)
    if device is not None:
        return [(SECOND, str(user.pk), device)]
    return [(SECOND, str(user.pk)), (ADDRESS, client_address(request))]


def check_key(*, request: HttpRequest, user: User, sealed: str, credential: str) -> str:
    """Answer `security_key` where a person's key was shown; raises NotRecognised, TooManyTries."""
    taken = _counted(*_second_limits(request, user))
    try:
        key, count = passkeys.finish_showing(request, user, sealed=sealed, credential=credential)
    except Invalid as refused:
        fail(user, request, "security_key")
        raise NotRecognised(refused.errors[0]["message"]) from None
    second_factors.note_key_used(key, count)
    throttling.give_back(taken)
    return "security_key"


def check_single_sign_on(*, request: HttpRequest, answer: single_sign_on.Answer) -> User:
    """Answer the account of who comes from the provider: by verified address, and ever since the
    first time by who they are there.

    One is made, with a role in nothing, only where OIDC_CREATES_ACCOUNTS says so. Raises NotAllowed
    `sso_no_account` for nobody's, a deactivated one's, or somebody else's.
    """
    user = User.objects.filter(email=answer.email).first()
    issuer = settings.OIDC_ISSUER
    if user is None and settings.OIDC_CREATES_ACCOUNTS:
        user = User.objects.create_user(answer.email)
        log.info("sso_account_made", user=user.pk)
    known = SingleSignOnIdentity.objects.filter(issuer=issuer)
    theirs = known.filter(Q(user=user) | Q(subject=answer.subject)) if user else known.none()
    is_same = all((one.user_id, one.subject) == (user.pk, answer.subject) for one in theirs)
    if user is None or not user.is_active or not is_same:
        fail(user, request, "single_sign_on")
        raise NotAllowed(
            _("There is no account here for who you are there. Ask an administrator."),
            code="sso_no_account",
        )
    if not theirs:
        SingleSignOnIdentity.objects.create(user=user, issuer=issuer, subject=answer.subject)
    return user


def _counted(*limits: throttling.Counted) -> list[str]:
    try:
        return throttling.spend(*limits)
    except throttling.TooManyTries:
        counters.add(SIGN_INS.name, result="throttled")
        log.warning("sign_in_throttled", limits=[limit.name for limit, *_subject in limits])
        raise


def unlock(user: User) -> None:
    """Let no try to sign in to an account count any more, wherever it came from."""
    by_address = [(limit, user.email) for limit in (NETWORK, ACCOUNT, DEVICE)]
    throttling.forget(*by_address, *((limit, str(user.pk)) for limit in (SECOND, CONFIRM)))


def fail(user: User | None, request: HttpRequest, step: str) -> None:
    """Put a failed try on record: in the projects of the account, where there is one."""
    counters.add(SIGN_INS.name, result="wrong")
    address = client_address(request)
    log.warning("sign_in_failed", address=address, step=step)
    if user is not None:
        by = _somebody(address)
        people.record(by=by, user=user, action="account.sign_in.fail", address=address, step=step)


def record_sign_in(user: User, *, address: str, method: str) -> None:
    """Put on record that a person signed in, and how."""
    counters.add(SIGN_INS.name, result="ok")
    by = callers.Caller(kind=ActorKind.USER, ident=f"user:{user.pk}", label=user.email, user=user)
    people.record(by=by, user=user, action="account.sign_in", address=address, method=method)


def _somebody(address: str) -> Caller:
    label = f"somebody at {address}" if address else "somebody"
    return Caller(kind=ActorKind.SYSTEM, ident=f"address:{address}", label=label)
