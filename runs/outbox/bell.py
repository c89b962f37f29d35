"""Ring for the outbox when the transaction commits; the sweep each minute makes up for a lost
bell."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction

from awooop import bells

TASK, BELL = "runs.tasks.deliver_outbox", "outbox"


def ring() -> None:
    """Have the cluster look at the outbox once this transaction is committed: once for all its
    messages."""
    if not (settings.OUTBOX_CHANNELS or settings.FALLBACK_NOTIFY_URLS):
        return
    if any(each[1] is _ring for each in connection.run_on_commit):
        return
    transaction.on_commit(_ring, robust=True)  # a broker that is gone must not fail the request


def _ring() -> None:
    bells.ring(BELL, TASK)
