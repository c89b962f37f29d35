from __future__ import annotations

import pytest

from awooop import callers
from awooop.actions import webhooks
from tests.awooop.webhooks.receiver import Receiver

BY = callers.system("tests", ["awoooi"])


@pytest.fixture
def receiver(settings):
    """A receiver on loopback, which webhooks may reach."""
    settings.WEBHOOKS_ALLOW_HTTP = settings.WEBHOOKS_ALLOW_PRIVATE = True
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def subscribed(project, receiver):
    """A subscription to everything, and its secret."""
    from awooop.webhooks import kinds

    return webhooks.create(
        by=BY, project_id="awoooi", name="pager", url=receiver.url, wanted=kinds.all_kinds()
    )
