"""Make accounts for people."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from awooop import tenancy
from awooop.actions import projects
from awooop.callers import Caller
from awooop.errors import Conflict, Invalid, NotFound
from awooop.models import User
from awooop.models.project import Role


@transaction.atomic
def make_operator(
    *, by: Caller, email: str, project_id: str, role: str, password: str | None = None
) -> tuple[User, str | None]:
    """Give a person a role in a project, with a new account where there is none.

    Answers the account and the password of a new one (`password`, or a generated one). A project
    administrator becomes staff, who may open the administration. Raises NotFound, NotAllowed,
    Invalid, or Conflict where a password is given for an account that exists.
    """
    if project_id not in by.projects:
        raise NotFound(f"There is no project {project_id}.")
    email = _checked_email(email)
    user = User.objects.filter(email=email).first()
    if user is not None and password is not None:
        raise Conflict(
            f"{email} has an account, whose password is left alone: give none.", code="exists"
        )
    made = None
    if user is None:
        made = password if password is not None else secrets.token_urlsafe(15)
        user = _make(email, made)
    with tenancy.scope([project_id]):
        projects.set_member(by=by, project_id=project_id, user=user, role=role)
    if role == Role.PROJECT_ADMIN and not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return user, made


def _checked_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid({"email": " ".join(error.messages)}) from None
    return email


def _make(email: str, password: str) -> User:
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise Invalid({"password": " ".join(error.messages)}) from None
    return User.objects.create_user(email, password)
