"""The chain by the API and on the pages: reading writes nothing, and costs the same for many."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from runs import status_chain
from runs.models import Evidence, Execution, Incident, Run, RunIncident, Step
from tests import factories
from tests.runs.status_chain import stories
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db


def many(numbers) -> list[Incident]:
    """Make incidents, each with a run, a step, an execution and its evidence."""
    ids = [f"INC-20261121-M{number:04d}" for number in numbers]
    made = [Incident(incident_id=one, project_id="awoooi", title="Disk full") for one in ids]
    runs = [Run(project_id="awoooi", agent_id="a", state="completed") for _ in ids]
    about = [{"project_id": "awoooi", "incident_id": one} for one in ids]
    Incident.objects.bulk_create(made)
    Run.objects.bulk_create(runs)
    RunIncident.objects.bulk_create(
        RunIncident(
            run=run,
            source="trigger_ref",
            found_at=run.created_at,
            source_id=run.pk,
            ordinal=0,
            **each,
        )
        for run, each in zip(runs, about, strict=True)
    )
    Step.objects.bulk_create(Step(run=run, project_id="awoooi", step_seq=1) for run in runs)
    Execution.objects.bulk_create(Execution(success=True, **each) for each in about)
    Evidence.objects.bulk_create(Evidence(verification_result="success", **each) for each in about)
    return made


def statements(incidents) -> int:
    with CaptureQueriesContext(connection) as queries:
        status_chain.of_incidents(incidents)
    return len(queries)


def test_more_incidents_cost_no_more_statements(project):
    few = statements(many(range(3)))
    assert statements(many(range(10, 30))) == few
    assert few <= 6


def test_none_cost_none(project):
    assert statements([]) == 0


def test_the_api_tells_it(api):
    incident_id = stories.whole_way(api)
    with read_only():
        body = api.get(f"/platform/truth-chain/{incident_id}").json()
    assert [stage["stage"] for stage in body["stages"]] == list(status_chain.STAGES)
    assert set(body["stages"][0]) == {"stage", "status", "why", "at", "evidence", "next_step"}
    assert set(body["stages"][0]["evidence"][0]) == {"kind", "id", "href"}
    assert (body["grade"], body["score"], body["writes_on_read"]) == ("A", 1.0, False)


def test_an_id_that_is_none_is_malformed(api):
    assert api.get("/platform/truth-chain/INC-1").status_code == 422


def test_an_incident_of_another_project_is_not_found(api, other_project):
    with tenancy.scope(["other"]):
        Incident.objects.create(incident_id="INC-20261121-OTHR", project_id="other", title="x")
    theirs = api.get("/platform/truth-chain/INC-20261121-OTHR")
    unknown = api.get("/platform/truth-chain/INC-20261121-NONE")
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.json()["detail"] == unknown.json()["detail"]


def test_the_run_has_the_chain_of_its_incident(api):
    incident_id, run_id = stories.asked(api)
    chain = api.get(f"/platform/runs/{run_id}").json()["status_chain"]
    assert (chain["incident_id"], chain["next_step"]) == (incident_id, "Approve or reject it.")


def test_a_run_without_an_incident_has_none(api):
    run = factories.run()
    assert api.get(f"/platform/runs/{run.pk}").json()["status_chain"] is None


def test_what_waits_has_the_chain_of_its_incident(api):
    incident_id, _ = stories.asked(api)
    (row,) = api.get("/platform/approvals").json()["approvals"]
    assert row["awooop_status_chain"]["incident_id"] == incident_id


@pytest.mark.parametrize("which", ["incident", "run"])
def test_the_pages_draw_it_with_words_and_the_next_step(api, page, which):
    incident_id, run_id = stories.asked(api)
    path = f"/awooop/incidents/{incident_id}" if which == "incident" else f"/awooop/runs/{run_id}"
    with read_only():
        text = page.get(path).content.decode()
    drawn = text.split('<ol class="chain">')[1].split("</ol>")[0]
    assert drawn.count("<li") == 8
    assert "Waits for a person." in drawn
    assert "Approve or reject it." in drawn
    assert drawn.count("to come") == 3  # only the first that waits is drawn as waiting


def test_a_run_without_an_incident_draws_none(page):
    run = factories.run()
    assert 'class="chain"' not in page.get(f"/awooop/runs/{run.pk}").content.decode()
