"""Notes by API."""

from __future__ import annotations

import pytest

from governance.models import GovernanceEvent
from runs.models import Incident
from tests import factories

INCIDENT = "INC-20261121-7QX2"


@pytest.fixture
def paths(project) -> dict[str, str]:
    run = factories.run()
    Incident.objects.create(incident_id=INCIDENT, project=project, title="Disk full")
    event = GovernanceEvent.objects.create(
        project=project, event_type="trust_drift", severity="warning"
    )
    return {
        "run": f"/platform/runs/{run.pk}/notes",
        "incident": f"/platform/incidents/{INCIDENT}/notes",
        "governance_event": f"/ai/governance/events/{event.pk}/notes",
    }


@pytest.mark.parametrize("kind", ["run", "incident", "governance_event"])
def test_a_key_writes_and_reads_notes(key, paths, kind):
    api = factories.ApiClient(key)
    made = api.post(paths[kind], {"body": "Found by the agent"})
    assert made.status_code == 201
    assert made.json()["subject_type"] == kind
    listed = api.get(paths[kind]).json()
    assert (listed["total"], listed["notes"][0]["note_id"]) == (1, made.json()["note_id"])
    assert listed["notes"][0]["author"].startswith("test key")


@pytest.mark.parametrize("body", [{}, {"body": ""}, {"body": "x", "author": "me"}, {"body": 1}])
def test_a_bad_body_is_refused_by_the_name_of_its_field(key, paths, body):
    answer = factories.ApiClient(key).post(paths["run"], body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in ("body", "author")


def test_a_thing_that_is_not_there_is_404(key, paths):
    path = "/platform/runs/00000000-0000-4000-8000-000000000000/notes"
    assert factories.ApiClient(key).get(path).status_code == 404
    assert factories.ApiClient(key).post(path, {"body": "x"}).status_code == 404
