"""Link a person's Telegram account by a code that only its owner could have sent; unlink it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from awooop import callers, leases, tenancy
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, NotAllowed, NotFound
from awooop.identity import hash_secret
from awooop.models import TelegramAccount, TelegramLinkCode, User

CODE_LIVES = timedelta(minutes=15)
# Wrong codes that one Telegram account may send, and for how long each of them counts.
TRIES, TRY_COUNTS_S = 5, 15 * 60
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that looks like something else
_LENGTH = 10
log = structlog.get_logger(__name__)


@transaction.atomic
def make_code(*, by: Caller) -> tuple[str, datetime]:
    """Make the caller's code, in place of an earlier one; answers it and when it ends.

    Only its hash is kept, so it can be shown this once. Raises NotAllowed where nobody signed in.
    """
    user = _person(by)
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    at = now()
    TelegramLinkCode.objects.update_or_create(
        user=user,
        defaults={"hash": hash_secret(code), "created_at": at, "expires_at": at + CODE_LIVES},
    )
    return code, at + CODE_LIVES


def link(*, code: str, telegram_user_id: int, telegram_name: str = "") -> TelegramAccount:
    """Link the Telegram account that sent a code to the person who was shown it; the code is used
    up.

    Another account that the person had is replaced. Raises NotAllowed `too_many_codes` after five
    wrong codes within a quarter of an hour, NotFound for a code that is not good, Conflict where
    the Telegram account is another person's.
    """
    free = leases.free(_tries(telegram_user_id))
    if not free:
        log.warning("telegram_link_throttled", telegram_user_id=telegram_user_id)
        raise NotAllowed(
            _("Too many wrong codes. Wait a quarter of an hour."), code="too_many_codes"
        )
    account = _link(code.strip().upper(), telegram_user_id, telegram_name)
    if account is None:
        # Counted outside of what a refusal rolls back.
        leases.take(min(free), holder=f"telegram:{telegram_user_id}", seconds=TRY_COUNTS_S)
        log.warning("telegram_link_refused", telegram_user_id=telegram_user_id)
        raise NotFound(_("This code is unknown, used or out of date."), code="code_not_good")
    return account


@transaction.atomic
def unlink(*, by: Caller, telegram_user_id: int | None = None) -> None:
    """Unlink the caller's Telegram account, or (a superuser) the named one.

    Raises NotAllowed where nobody signed in, NotFound where there is nothing to unlink.
    """
    rows = TelegramAccount.objects.select_for_update().select_related("user")
    if telegram_user_id is not None and by.is_superuser:
        account = rows.filter(telegram_user_id=telegram_user_id).first()
    else:
        account = rows.filter(user=_person(by)).first()
    if account is None:
        raise NotFound(_("There is no linked Telegram account."))
    account.delete()
    _record(by, account, "account.telegram.unlink", _projects_of(account.user))


@transaction.atomic
def _link(code: str, telegram_user_id: int, telegram_name: str) -> TelegramAccount | None:
    rows = TelegramLinkCode.objects.select_for_update().select_related("user")
    found = rows.filter(hash=hash_secret(code), expires_at__gt=now(), user__is_active=True).first()
    if found is None:
        return None
    owner = TelegramAccount.objects.filter(telegram_user_id=telegram_user_id).first()
    if owner is not None and owner.user_id != found.user_id:
        raise Conflict(
            _("This Telegram account is linked to another person: unlink it there first."),
            code="linked_to_another",
        )
    values = {
        "telegram_user_id": telegram_user_id,
        "telegram_name": telegram_name[:128],
        "linked_at": now(),
    }
    account, _made = TelegramAccount.objects.update_or_create(user=found.user, defaults=values)
    found.delete()
    by = callers.for_telegram(account)
    _record(by, account, "account.telegram.link", by.projects)
    return account


def _projects_of(user: User) -> tuple[str, ...]:
    return callers.for_user(user).projects


def _person(by: Caller) -> User:
    if by.user is None:
        raise NotAllowed(_("Only a person has a Telegram account."))
    return by.user


def _tries(telegram_user_id: int) -> list[str]:
    return [f"telegram-link:{telegram_user_id}:{number}" for number in range(TRIES)]


def _record(by: Caller, account: TelegramAccount, action: str, projects: Iterable[str]) -> None:
    """On record in every project that the person may act in."""
    details = {
        "user": account.user.email,
        "telegram_user_id": account.telegram_user_id,
        "telegram_name": account.telegram_name,
    }
    entry = audit.Entry(action, "telegram_account", str(account.telegram_user_id), details)
    with tenancy.scope(projects) as visible:
        audit.append_projects(by=by, entries={project: [entry] for project in visible})
