"""`manage.py createapikey`: make an API key; the key alone goes to stdout."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser

from awooop import callers, clock, tenancy
from awooop.actions import api_keys
from awooop.errors import Invalid, NotFound
from awooop.management.base import Report, ReportCommand
from awooop.models.api_key import ApiScope

_MOST_DAYS = 3_650


class Command(ReportCommand):
    """Make an API key."""

    help = (
        "Make an API key. It is shown once: stdout gets the key alone, so that KEY=$(…) works; "
        "what else there is to say goes to stderr."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--project", required=True, help="the project that it opens")
        parser.add_argument("--name", required=True, help="who uses it, for people")
        parser.add_argument(
            "--scopes", required=True, help=f"some of {','.join(ApiScope.values)}, with commas"
        )
        parser.add_argument("--expires-days", type=int, help="absent: it does not expire")
        parser.add_argument("--rate-limit", type=int, help="requests a second; absent: the default")
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Make it."""
        with tenancy.all_projects() as visible:
            if options["project"] not in visible:
                raise NotFound(f"There is no project {options['project']}.")
            key, text = api_keys.create(
                by=callers.system("manage.py createapikey", visible),
                project_id=options["project"],
                name=options["name"],
                scopes=[scope.strip() for scope in options["scopes"].split(",") if scope.strip()],
                expires_at=_expiry(options["expires_days"]),
                rate_limit=options["rate_limit"],
            )
        until = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "without expiry"
        self.progress(f"A key for {key.project_id}: {', '.join(key.scopes)}, {until}. Keep it now.")
        data = {
            "key": text,
            "prefix": key.prefix,
            "project_id": key.project_id,
            "scopes": key.scopes,
            "expires_at": key.expires_at,
        }
        return Report([text], data)


def _expiry(days: int | None) -> Any:
    if days is None:
        return None
    if not 1 <= days <= _MOST_DAYS:
        raise Invalid({"expires_days": f"must be from 1 to {_MOST_DAYS}"})
    return clock.now() + timedelta(days=days)
