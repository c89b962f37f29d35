"""`manage.py rotateapikey`: make an API key's successor; the key alone goes to stdout."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser

from awooop import callers, tenancy
from awooop.actions import api_keys
from awooop.errors import NotFound
from awooop.management.base import Report, ReportCommand
from awooop.models import ApiKey


class Command(ReportCommand):
    """Replace an API key."""

    help = (
        "Make the successor of an API key. Both work until the overlap is over; the new one is "
        "shown once: stdout gets it alone, so that KEY=$(…) works."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("prefix", help="of the key to replace: what stands behind awp_")
        parser.add_argument(
            "--overlap-hours",
            type=int,
            default=api_keys.OVERLAP // timedelta(hours=1),
            help="for how long the old key still works (default: %(default)s)",
        )
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """Make it."""
        with tenancy.all_projects() as visible:
            with tenancy.registry():
                old = ApiKey.objects.filter(prefix=options["prefix"]).first()
            if old is None:
                raise NotFound(f"There is no API key awp_{options['prefix']}_….")
            made, text = api_keys.rotate(
                by=callers.system("manage.py rotateapikey", visible),
                key=old,
                overlap=timedelta(hours=options["overlap_hours"]),
            )
            with tenancy.registry():
                old.refresh_from_db()
        self.progress(f"The old key works until {old.expires_at:%Y-%m-%d %H:%M} UTC. Keep this.")
        data = {
            "key": text,
            "prefix": made.prefix,
            "replaces": old.prefix,
            "old_expires_at": old.expires_at,
            "expires_at": made.expires_at,
        }
        return Report([text], data)
