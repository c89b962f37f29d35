"""`manage.py sweep_approvals`: expire what nobody decided in time."""

from __future__ import annotations

from typing import Any

from awooop.management.base import Report, ReportCommand
from runs.actions import expiry


class Command(ReportCommand):
    """Expire overdue approvals."""

    help = "Expire overdue approvals and close their incidents; exit code 1 if one failed."

    def report(self, **options: Any) -> Report:
        """Sweep until none is left."""
        swept = expiry.sweep()
        line = (
            f"{swept.expired:,} expired, {swept.resolved:,} incidents resolved, "
            f"{swept.skipped:,} held by others, {swept.errors:,} failed."
        )
        return Report([line], swept.as_dict(), ok=swept.errors == 0)
