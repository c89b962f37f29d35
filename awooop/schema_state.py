"""Whether the database's schema is this release's: older, the same, or a newer one's."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from awooop.config import ROOT


def pending() -> int:
    """Answer how many migrations of this release are not applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def unknown() -> list[str]:
    """Answer the applied migrations of our rooms that this release does not have.

    They are of a newer release, whose tables the code here does not understand.
    """
    loader = MigrationExecutor(connection).loader
    replaced = {one for migration in loader.disk_migrations.values() for one in migration.replaces}
    ours = {one.label for one in apps.get_app_configs() if Path(one.path).parent == ROOT}
    return sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in ours and (app, name) not in loader.disk_migrations and (app, name) not in replaced
    )
