"""Django's PostgreSQL backend; the first connection of a process starts or joins the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import structlog
from django.db.backends.postgresql import base

from awooop.database.errors import EmbeddedDatabaseError
from awooop.database.launcher import Launcher

log = structlog.get_logger(__name__)
_joined: set[Path] = set()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server of the settings' EMBEDDED_DATA_DIR."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, starting the server where it does not run (or was killed since)."""
        launcher = Launcher(Path(self.settings_dict["EMBEDDED_DATA_DIR"]))
        if launcher.data_dir not in _joined:
            _join(launcher)
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            if launcher.is_ready():
                raise
            log.warning("embedded_database_gone", error=str(error))
        _join(launcher)
        return super().get_new_connection(conn_params)


def _join(launcher: Launcher) -> None:
    try:
        launcher.join()
    except EmbeddedDatabaseError as error:
        raise psycopg.OperationalError(str(error)) from error
    _joined.add(launcher.data_dir)
