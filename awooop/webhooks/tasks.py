"""The bell of outbound webhooks."""

from __future__ import annotations

from awooop.tasks import Result, task
from awooop.webhooks import delivery


@task("webhooks.deliver")
def deliver() -> Result:
    """Post what is due to who subscribed."""
    return delivery.deliver()
