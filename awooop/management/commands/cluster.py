"""`manage.py cluster`: the supervised background cluster alone, for further machines."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from awooop import schedules
from awooop.database import EmbeddedDatabaseError
from awooop.supervisor import prepare, programs
from awooop.supervisor.supervisor import Supervisor


class Command(BaseCommand):
    """Run the cluster and replace it when it stands still."""

    help = "Run the background cluster alone, supervised (where 'up --web-only' runs elsewhere)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Supervise until a signal."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        data_dir = connection.settings_dict.get("EMBEDDED_DATA_DIR")
        supervisor = Supervisor(
            [programs.cluster()], guard_data_dir=Path(data_dir) if data_dir else None
        )
        try:
            prepare.refuse_newer()
            schedules.write()
            connection.close()
            self.stdout.write("The cluster is supervised; Ctrl-C stops it.")
            supervisor.run()
        except (prepare.NotPossible, EmbeddedDatabaseError, DatabaseError) as error:
            raise CommandError(str(error).strip()) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130) from None
        finally:
            supervisor.stop()
