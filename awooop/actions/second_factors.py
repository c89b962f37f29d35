"""Add, use and take away what a person shows beside the password."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import confirmation, sealing, second_factors
from awooop.actions import people
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotFound
from awooop.identity import hash_secret
from awooop.models import AuthenticatorApp, RecoveryCode, SecurityKey, User

RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


@transaction.atomic
def add_app(*, by: Caller, secret: str, code: str) -> list[str]:
    """Take an app into use, which shows by a first code that it has the secret.

    Answers new recovery codes where the person had none, to be shown this once. Raises
    NotConfirmed, Conflict where there is an app, Invalid for a wrong code.
    """
    user = _owner(by)
    if AuthenticatorApp.objects.filter(user=user).exists():
        raise Conflict(_("You have an authenticator app already: remove it first."), code="exists")
    step = second_factors.step_of(secret, code)
    if step is None:
        raise Invalid({"code": _("is not the code that the app shows now")})
    sealed = sealing.seal(second_factors.PURPOSE, secret)
    AuthenticatorApp.objects.create(user=user, sealed_secret=sealed, last_step=step)
    _record(by, user, "add", "totp")
    return _codes_if_none(by, user)


@transaction.atomic
def remove_app(*, by: Caller) -> None:
    """Take one's app out of use; raises NotConfirmed, NotFound."""
    user = _owner(by)
    removed, _rows = AuthenticatorApp.objects.filter(user=user).delete()
    if not removed:
        raise NotFound(_("There is no authenticator app."))
    _record(by, user, "remove", "totp")
    _forget_codes_if_last(user)


@transaction.atomic
def add_key(
    *, by: Caller, name: str, credential_id: bytes, public_key: bytes, sign_count: int
) -> list[str]:
    """Keep a security key whose attestation was verified; answers as `add_app`.

    Raises NotConfirmed, Invalid, Conflict for one that is in use.
    """
    user = _owner(by)
    if not 1 <= len(name.strip()) <= 100:
        raise Invalid({"name": _("must have 1 to 100 characters")})
    if SecurityKey.objects.filter(credential_id=credential_id).exists():
        raise Conflict(_("This security key is in use already."), code="exists")
    SecurityKey.objects.create(
        user=user,
        name=name.strip(),
        credential_id=credential_id,
        public_key=public_key,
        sign_count=sign_count,
    )
    _record(by, user, "add", "security_key", name=name.strip())
    return _codes_if_none(by, user)


@transaction.atomic
def remove_key(*, by: Caller, key_id: int) -> None:
    """Take one of one's security keys out of use; raises NotConfirmed, NotFound."""
    user = _owner(by)
    key = SecurityKey.objects.filter(user=user, pk=key_id).first()
    if key is None:
        raise NotFound(_("There is no such security key."))
    key.delete()
    _record(by, user, "remove", "security_key", name=key.name)
    _forget_codes_if_last(user)


@transaction.atomic
def make_recovery_codes(*, by: Caller) -> list[str]:
    """Make new recovery codes in place of the old; answers them, to be shown this once.

    Raises NotConfirmed, Conflict where there is nothing to recover.
    """
    user = _owner(by)
    if not second_factors.of_user(user):
        raise Conflict(_("Add a second factor first."), code="no_second_factor")
    codes = _new_codes(user)
    _record(by, user, "renew", "recovery_code")
    return codes


@transaction.atomic
def reset(*, by: Caller, user: User) -> int:
    """Take all of a person's second factors away and end their sessions; answers how many there
    were. For administrators and the command: raises NotAllowed."""
    people.check_is_administrator(by)
    removed = len(second_factors.of_user(user))
    apps = AuthenticatorApp.objects.filter(user=user)
    for rows in (apps, user.security_keys.all(), user.recovery_codes.all()):
        rows.delete()
    _record(by, user, "reset", "all", removed=removed)
    people.end_sessions(by=by, user=user)
    return removed


@transaction.atomic
def use_code(*, user: User, code: str) -> str | None:
    """Use up a code of the app, or a recovery code; answers which it was, None for neither.

    A code of the app is good once, and none before it is good afterwards.
    """
    text = "".join(code.split()).replace("-", "").lower()
    if text.isdigit() and len(text) == second_factors.DIGITS:
        return "totp" if _use_app(user, text) else None
    used, _rows = RecoveryCode.objects.filter(user=user, hash=hash_secret(text)).delete()
    return "recovery_code" if used else None


def _use_app(user: User, code: str) -> bool:
    app = AuthenticatorApp.objects.filter(user=user).first()
    if app is None:
        return False
    step = second_factors.step_of(second_factors.secret_of(app), code)
    if step is None:
        return False
    newer = AuthenticatorApp.objects.filter(pk=app.pk, last_step__lt=step)
    return bool(newer.update(last_step=step))


def note_key_used(key: SecurityKey, sign_count: int) -> None:
    """Keep that a security key was used, and its count."""
    SecurityKey.objects.filter(pk=key.pk).update(sign_count=sign_count, last_used_at=now())


def _owner(by: Caller) -> User:
    user = people.person(by)
    confirmation.check_recent(by)
    return user


def _codes_if_none(by: Caller, user: User) -> list[str]:
    if user.recovery_codes.exists():
        return []
    return _new_codes(user)


def _new_codes(user: User) -> list[str]:
    user.recovery_codes.all().delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, hash=hash_secret(c)) for c in codes])
    return ["-".join(_quarters(code)) for code in codes]


def _quarters(code: str) -> Iterable[str]:
    return (code[at : at + 4] for at in range(0, len(code), 4))


def _forget_codes_if_last(user: User) -> None:
    """Recovery codes recover a second factor: without one they would open the account alone."""
    if not second_factors.of_user(user):
        user.recovery_codes.all().delete()


def _record(by: Caller, user: User, what: str, factor: str, **details: object) -> None:
    action = f"account.second_factor.{what}"
    people.record(by=by, user=user, action=action, factor=factor, **details)
