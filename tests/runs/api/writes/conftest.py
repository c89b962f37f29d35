from __future__ import annotations

import pytest

from runs.models import Incident, Playbook
from tests import factories
from tests.runs.api.writes.cases import World


@pytest.fixture
def world(key) -> World:
    """A project at work: see `World`. The approval that waits was asked for by another key."""
    incident = Incident.objects.create(
        incident_id="INC-20261120-AB12", project_id="awoooi", title="API down"
    )
    playbook = Playbook.objects.create(project_id="awoooi", name="Restart it")
    asking = factories.api_key("awoooi", scopes=["ingest"])
    waiting = factories.waiting(asking, run_values={"agent_id": "asking-agent"})
    run = factories.running(key, trigger_ref="INC-20261120-AB12")
    return World(key=key, run=run, waiting=waiting, incident=incident, playbook=playbook)
