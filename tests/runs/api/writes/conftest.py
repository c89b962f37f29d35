from __future__ import annotations

import copy

import pytest

from awooop import tenancy
from runs.models import Incident, Playbook
from tests import factories
from tests.runs.api.writes.cases import World


@pytest.fixture(scope="module")
def project(module_db):
    """The project `awoooi`, made once for a module's tests and visible in each."""
    made = factories.project("awoooi")
    tenancy.set_for_transaction(["awoooi"])
    return made


@pytest.fixture(scope="module")
def key(project) -> str:
    """The text of a key for `awoooi` with every scope."""
    return factories.api_key("awoooi")


@pytest.fixture(scope="module")
def shared_world(key) -> World:
    incident = Incident.objects.create(
        incident_id="INC-20261120-AB12", project_id="awoooi", title="API down"
    )
    playbook = Playbook.objects.create(project_id="awoooi", name="Restart it")
    asking = factories.api_key("awoooi", scopes=["ingest"])
    waiting = factories.waiting(asking, run_values={"agent_id": "asking-agent"})
    run = factories.running(key, trigger_ref="INC-20261120-AB12")
    return World(key=key, run=run, waiting=waiting, incident=incident, playbook=playbook)


@pytest.fixture
def world(shared_world, db) -> World:
    """A project at work: see `World`. The approval that waits was asked for by another key.

    What a test does to its rows is undone, and the objects are its own.
    """
    return copy.deepcopy(shared_world)
