"""`manage.py account`: look at an account, and let its person in again, or out."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from awooop import callers, second_factors, sessions, tenancy
from awooop.actions import people, sign_in
from awooop.actions import second_factors as actions
from awooop.callers import Caller
from awooop.errors import NotFound
from awooop.management.base import Report, ReportCommand
from awooop.models import User


class Command(ReportCommand):
    """Look at an account; change it as told."""

    help = (
        "Show an account; with options, change it: for who lost a second factor or a password, "
        "waits after too many tries, or may not sign in any more. What is done is on record."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("email", help="the address that the person signs in by")
        parser.add_argument(
            "--reset-second-factor",
            action="store_true",
            help="take app, security keys and recovery codes away, and end the sessions",
        )
        parser.add_argument("--end-sessions", action="store_true")
        parser.add_argument(
            "--unlock", action="store_true", help="let the tries to sign in not count any more"
        )
        parser.add_argument(
            "--new-password", action="store_true", help="make a password, and show it this once"
        )
        active = parser.add_mutually_exclusive_group()
        active.add_argument("--activate", action="store_true")
        active.add_argument("--deactivate", action="store_true")
        super().add_arguments(parser)

    @transaction.atomic
    def report(self, **options: Any) -> Report:
        """Do what is asked for, then tell how the account stands."""
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise NotFound(f"There is no account {options['email']}.")
        with tenancy.all_projects() as visible:
            by = callers.system("manage.py account", visible)
            password = self._change(by, user, options)
        return _told(user, password)

    def _change(self, by: Caller, user: User, options: dict[str, Any]) -> str | None:
        if options["reset_second_factor"]:
            actions.reset(by=by, user=user)
        if options["activate"] or options["deactivate"]:
            people.set_active(by=by, user=user, is_active=options["activate"])
        if options["unlock"]:
            sign_in.unlock(user)
            people.record(by=by, user=user, action="account.unlock")
        password = people.make_password(by=by, user=user) if options["new_password"] else None
        if options["end_sessions"]:
            people.end_sessions(by=by, user=user)
        return password


def _told(user: User, password: str | None) -> Report:
    factors = [factor.kind for factor in second_factors.of_user(user)]
    data = {
        "email": user.email,
        "is_active": user.is_active,
        "is_superuser": user.is_superuser,
        "second_factors": factors,
        "recovery_codes": user.recovery_codes.count(),
        "sessions": sessions.of_user(user).count(),
    }
    lines = [f"{name}: {value}" for name, value in data.items()]
    if password is not None:
        data["password"] = password
        lines.append(f"Password (shown once): {password}")
    return Report(lines, data)
