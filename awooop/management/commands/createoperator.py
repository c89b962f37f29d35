"""`manage.py createoperator`: an account with a role in a project."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser

from awooop import callers, tenancy
from awooop.actions import accounts
from awooop.errors import Invalid
from awooop.management.base import Report, ReportCommand
from awooop.models.project import Role


class Command(ReportCommand):
    """Make an account, or give one that exists a role in a project."""

    help = (
        "Give a person a role in a project, with a new account where there is none. A project "
        "administrator may open the administration, too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("email", help="the address that the person signs in by")
        parser.add_argument("--project", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the new account's password from stdin; absent: one is made and shown once",
        )
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Make it."""
        given = _password() if options["password_stdin"] else None
        with tenancy.all_projects() as visible:
            user, made = accounts.make_operator(
                by=callers.system("manage.py createoperator", visible),
                email=options["email"],
                project_id=options["project"],
                role=options["role"],
                password=given,
            )
        lines = [f"{user.email} is {options['role']} in {options['project']}."]
        data = {
            "email": user.email,
            "project_id": options["project"],
            "role": options["role"],
            "is_new": made is not None,
        }
        if made is not None and given is None:
            lines.append(f"Password (shown once): {made}")
            data["password"] = made
        return Report(lines, data)


def _password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Invalid({"password": "stdin had none"})
    return password
