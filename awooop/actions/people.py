"""What is done to a person's account as such, on record in every project that the person is in."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import callers, sessions, tenancy
from awooop.actions import audit
from awooop.callers import Caller
from awooop.errors import Conflict, NotAllowed, NotFound
from awooop.models import Session, SingleSignOnIdentity, User
from awooop.models.audit import ActorKind


def record(*, by: Caller, user: User, action: str, **details: Any) -> None:
    """Put on record what happened to an account, in each project that its person may act in."""
    projects = callers.for_user(user).projects
    entry = audit.Entry(action, "account", str(user.pk), {"user": user.email, **details})
    with tenancy.scope(projects) as visible:
        audit.append_projects(by=by, entries={project: [entry] for project in visible})


@transaction.atomic
def end_own_session(*, by: Caller, ident: UUID) -> None:
    """End one of the caller's own sessions at once; raises NotFound for any other."""
    session = Session.objects.filter(user=person(by), ident=ident).first()
    if session is None:
        raise NotFound(_("There is no such session, or it has ended."))
    end_session(by=by, session=session)


@transaction.atomic
def end_session(*, by: Caller, session: Session) -> None:
    """End a session at once: one's own, or (a superuser) anybody's. Raises NotAllowed."""
    if session.user is None:
        check_is_administrator(by)
    else:
        check_may_change(by, session.user)
        record(by=by, user=session.user, action="account.session.end", sessions=1)
    session.delete()


@transaction.atomic
def end_sessions(*, by: Caller, user: User, but: str | None = None) -> int:
    """End a person's sessions at once, but the one of this key; answers how many there were.

    One's own, or (a superuser, the system) anybody's. Raises NotAllowed.
    """
    check_may_change(by, user)
    rows = sessions.of_user(user).exclude(session_key=but) if but else user.sessions.all()
    ended = len(rows)
    user.sessions.exclude(session_key=but or "").delete()
    if ended:
        record(by=by, user=user, action="account.session.end", sessions=ended)
    return ended


@transaction.atomic
def set_active(*, by: Caller, user: User, is_active: bool) -> None:
    """Deactivate an account, whose sessions end at once, or let it sign in again.

    Raises NotAllowed for anybody but a superuser, Conflict for one's own account.
    """
    check_is_administrator(by)
    if by.user is not None and by.user.pk == user.pk:
        raise Conflict(_("You cannot deactivate your own account."), code="own_account")
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    if not is_active:
        user.sessions.all().delete()
    word = "activate" if is_active else "deactivate"
    record(by=by, user=user, action=f"account.{word}")


@transaction.atomic
def make_password(*, by: Caller, user: User) -> str:
    """Give an account a new password, which ends its sessions; answers it, to be shown this once.

    Raises NotAllowed for anybody but a superuser or the system.
    """
    check_is_administrator(by)
    password = secrets.token_urlsafe(15)
    user.set_password(password)
    user.save(update_fields=["password"])
    user.sessions.all().delete()
    record(by=by, user=user, action="account.password.reset")
    return password


@transaction.atomic
def forget_identity(*, by: Caller, identity: SingleSignOnIdentity) -> None:
    """Forget who a person is at the provider; the next sign-in there keeps it anew. Raises
    NotAllowed."""
    check_is_administrator(by)
    identity.delete()
    record(by=by, user=identity.user, action="account.identity.forget", subject=identity.subject)


def person(by: Caller) -> User:
    """Answer who signed in; raises NotAllowed where that is nobody."""
    if by.user is None:
        raise NotAllowed(_("Only a person who has signed in may do this."))
    return by.user


def check_may_change(by: Caller, user: User) -> None:
    """Raise NotAllowed unless it is one's own account, or an administrator acts."""
    if by.user is None or by.user.pk != user.pk:
        check_is_administrator(by)


def check_is_administrator(by: Caller) -> None:
    """Raise NotAllowed unless a superuser, or the system itself, acts."""
    if not by.is_superuser and by.kind != ActorKind.SYSTEM:
        raise NotAllowed(_("Only a superuser may do this."))
