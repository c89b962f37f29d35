"""`python -m awooop.supervisor.qcluster`: the background cluster, loaded before it forks.

Its processes are forked from this one: what is loaded here they share, and what the collector
leaves alone stays shared. Loaded later, each worker had a copy of every page and operation, because
a task that writes an address asks for all of them.
"""

from __future__ import annotations

import os


def main() -> None:
    """Load everything, then run the cluster until a signal."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "awooop.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from awooop import warm

    warm.share()
    call_command("qcluster")


if __name__ == "__main__":
    main()
