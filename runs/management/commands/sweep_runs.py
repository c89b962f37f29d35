"""`manage.py sweep_runs`: end overdue runs, take back those whose worker fell silent."""

from __future__ import annotations

from typing import Any

from awooop.management.base import Report, ReportCommand
from runs.actions import run_sweeps


class Command(ReportCommand):
    """Sweep runs."""

    help = "Time out overdue runs, and requeue or fail those whose worker fell silent."

    def report(self, **options: Any) -> Report:
        """Sweep until none is left."""
        swept = run_sweeps.sweep()
        parts = [f"{count:,} {name.replace('_', ' ')}" for name, count in swept.items()]
        return Report([", ".join(parts) + "."], swept)
