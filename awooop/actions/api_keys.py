"""Make, replace and revoke API keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import identity, permissions, rate_limits, tenancy
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotAllowed
from awooop.models import ApiKey, RateBucket
from awooop.models.api_key import ApiScope
from awooop.models.audit import ActorKind

# How long the old key works beside its successor: by itself, and at most.
OVERLAP, OVERLAP_AT_MOST = timedelta(hours=24), timedelta(days=30)
_HOURS_AT_MOST = OVERLAP_AT_MOST // timedelta(hours=1)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@transaction.atomic
def create(
    *,
    by: Caller,
    project_id: str | None,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    rate_limit: int | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; answers it and its whole text, which is not kept and never shown again.

    `project_id` None makes a key for every project, for superusers only; `rate_limit` are requests
    a second (None: the default, 0: any number). Raises NotAllowed, Invalid.
    """
    wanted = _checked_scopes(scopes)
    _check_rate(rate_limit)
    _check_may_make(by, project_id)
    if not name.strip() or len(name) > 200:
        raise Invalid({"name": _("must have 1 to 200 characters")})
    made = ApiKey(
        name=name.strip(),
        project_id=project_id,
        scopes=wanted,
        created_by=by.user,
        expires_at=expires_at,
        rate_limit=rate_limit,
    )
    text = _make(made)
    _record(by, made, "api_key.create")
    return made, text


@transaction.atomic
def rotate(*, by: Caller, key: ApiKey, overlap: timedelta = OVERLAP) -> tuple[ApiKey, str]:
    """Make a key's successor, which is it in every respect but the secret: the same rights, the
    same runs, the same one in the record. Both work until the overlap is over.

    A key that was to expire is followed by one that lives as long. A key may replace itself, and no
    other; its successor then ends when it would have ended, so that a stolen one does not live for
    ever. Answers the successor and its whole text. Raises NotAllowed, Invalid, or Conflict where it
    is no longer good, or has one.
    """
    by_itself = by.api_key is not None and by.api_key.pk == key.pk
    if not by_itself:
        _check_may_make(by, key.project_id)
    if not timedelta(0) <= overlap <= OVERLAP_AT_MOST:
        raise Invalid({"overlap_hours": _("must be from 0 to %(n)d") % {"n": _HOURS_AT_MOST}})
    at = now()
    with _row_visible(key.project_id):
        old = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
        _check_may_follow(old, at)
        made = _successor(old, by, at, lives_on=not by_itself)
        text = _make(made)
        old.expires_at = min(old.expires_at or at + overlap, at + overlap)
        old.successor = made
        old.save(update_fields=["expires_at", "successor"])
    key.expires_at, key.successor = old.expires_at, made
    _record(by, old, "api_key.rotate", successor=made.prefix, works_until=old.expires_at)
    return made, text


def _check_may_follow(old: ApiKey, at: datetime) -> None:
    if old.successor_id is not None:
        raise Conflict(_("This API key has a successor already."), code="already_rotated")
    if not old.is_usable(at):
        raise Conflict(_("This API key is revoked or has expired."), code="not_usable")


def _successor(old: ApiKey, by: Caller, at: datetime, *, lives_on: bool) -> ApiKey:
    expires_at = old.expires_at
    if expires_at is not None and lives_on:
        expires_at = at + (expires_at - old.created_at)
    return ApiKey(
        name=old.name,
        project_id=old.project_id,
        scopes=old.scopes,
        created_by=by.user or old.created_by,
        expires_at=expires_at,
        origin_prefix=old.origin,
        rate_limit=old.rate_limit,
    )


def _make(key: ApiKey) -> str:
    """Give a key its prefix and secret, and keep it; answers its whole text."""
    key.prefix = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    secret = secrets.token_urlsafe(32)
    key.hash = identity.hash_secret(secret)
    with _row_visible(key.project_id):
        key.save(force_insert=True)
    return f"awp_{key.prefix}_{secret}"


@transaction.atomic
def revoke(*, by: Caller, key: ApiKey) -> ApiKey:
    """Revoke a key at once; raises NotAllowed, or Conflict if it is revoked already."""
    _check_may_make(by, key.project_id)
    at = now()
    with _row_visible(key.project_id):
        revoked = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)
    if not revoked:
        raise Conflict(_("This API key is revoked already."), code="already_revoked")
    key.revoked_at = at
    _record(by, key, "api_key.revoke")
    return key


@transaction.atomic
def limit(*, by: Caller, key: ApiKey, rate_limit: int | None) -> ApiKey:
    """Set how many requests a second a key may make: None the default, 0 any number.

    It holds from the next request on. Raises NotAllowed, Invalid.
    """
    _check_may_make(by, key.project_id)
    _check_rate(rate_limit)
    before, key.rate_limit = key.rate_limit, rate_limit
    with _row_visible(key.project_id):
        ApiKey.objects.filter(pk=key.pk).update(rate_limit=rate_limit)
    RateBucket.objects.filter(key_hash=key.hash).delete()
    _record(by, key, "api_key.limit", before=before, rate_limit=rate_limit)
    return key


def _check_rate(rate_limit: int | None) -> None:
    most = rate_limits.AT_MOST
    if rate_limit is not None and not 0 <= rate_limit <= most:
        raise Invalid({"rate_limit": _("must be from 0 to %(n)d") % {"n": most}})


def _row_visible(project_id: str | None) -> AbstractContextManager[None]:
    """A key for every project has no project to be visible by: its row is the registry's."""
    return tenancy.registry() if project_id is None else nullcontext()


def _checked_scopes(scopes: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(scopes))
    unknown = [scope for scope in wanted if scope not in ApiScope.values]
    if unknown or not wanted:
        raise Invalid(
            {
                "scopes": _("must be one or more of %(allowed)s")
                % {"allowed": ", ".join(ApiScope.values)}
            }
        )
    return wanted


def _check_may_make(by: Caller, project_id: str | None) -> None:
    if project_id is not None:
        permissions.check_can(by, "api_key.edit", project_id)
    elif by.kind != ActorKind.SYSTEM and not by.is_superuser:
        raise NotAllowed(_("Only a superuser makes or revokes keys for every project."))


def _record(by: Caller, key: ApiKey, action: str, **more: Any) -> None:
    """An all-project key is on record in every project that it opens."""
    details = {"name": key.name, "scopes": key.scopes, "prefix": key.prefix, **more}
    entry = audit.Entry(action, "api_key", key.prefix, details)
    for project_id in [key.project_id] if key.project_id else by.projects:
        audit.append(project_id=project_id, by=by, entry=entry)
