"""Have the cluster look for work at once, by one task however many ring: a bell that waits to be
heard is not rung again, so that a busy hour does not queue thousands of looks before other work.

The mark is taken away before the look: what was written before it was is seen by that look, and who
writes afterwards rings anew. Where the task is lost with its mark, the minute's sweep makes up for
it, as it does for a lost bell.
"""

from __future__ import annotations

from django_q.tasks import async_task

from awooop import leases
from awooop.models import Lease

# As long as two sweeps at most: then somebody rings again, heard or not.
_UNHEARD_S = 120


def ring(name: str, path: str) -> bool:
    """Queue the task unless it waits already; answers whether it did. Call it after the commit."""
    if not leases.take(f"bell:{name}", holder="", seconds=_UNHEARD_S):
        return False
    async_task(path, task_name=name)
    return True


def heard(name: str) -> None:
    """Say that the look begins: from now on whoever writes rings again."""
    Lease.objects.filter(key=f"bell:{name}").delete()
