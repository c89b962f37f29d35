"""The bell of outbound webhooks."""

from __future__ import annotations

from awooop import bells
from awooop.tasks import Result, task
from awooop.webhooks import delivery, emitting


@task("webhooks.deliver")
def deliver() -> Result:
    """Post what is due to who subscribed."""
    bells.heard(emitting.BELL)
    return delivery.deliver()
