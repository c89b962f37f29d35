"""`manage.py reseal`: bring kept secrets under the present SECRET_KEY."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from awooop.actions import resealing
from awooop.management.base import Report, ReportCommand


class Command(ReportCommand):
    """Encrypt kept secrets anew."""

    help = (
        "After a change of SECRET_KEY: encrypt the secrets of authenticator apps and webhooks anew "
        "that are under a key of SECRET_KEY_FALLBACKS, so that it can be taken out. Exits with 1 "
        "where one cannot be read with any known key. Safe to run again, and while all runs."
    )

    def report(self, **options: Any) -> Report:
        """Do it."""
        counts = {name: asdict(count) for name, count in resealing.reseal().items()}
        lines = [
            f"{name.replace('_', ' ')}: {one['resealed']} encrypted anew, {one['current']} were "
            f"under the present key, {one['unreadable']} cannot be read"
            for name, one in counts.items()
        ]
        return Report(lines, counts, ok=not any(one["unreadable"] for one in counts.values()))
