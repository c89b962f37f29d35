"""`POST /ai/governance/self-check`: the same as the command."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from awooop import tenancy
from awooop.models import Project
from governance.models import GovernanceEvent, SelfCheckCycle
from governance.self_checks import Checked, Finding, SelfCheck, registered_for_test
from tests import factories

PATH = "/ai/governance/self-check"


def _answers(context):
    finding = Finding("own_type", {"impact": "something is off"})
    return {project: Checked({"checked": 7}, (finding,)) for project in context.projects}


def _fails(context):
    raise RuntimeError("no")


@pytest.fixture(autouse=True)
def _checks():
    own = SelfCheck("own_check", frozenset({"own_type"}), _answers)
    with registered_for_test(own, SelfCheck("broken", frozenset(), _fails), alone=True):
        yield


def test_it_answers_results_times_errors_and_what_it_opened(api):
    body = api.post(PATH, {}).json()
    assert body["results"]["awoooi"]["own_check"] == {"checked": 7}
    assert "no" in body["results"]["awoooi"]["broken"]["error"]
    assert set(body["timings_ms"]) == {"own_check", "broken"}
    assert set(body["errors"]) == {"broken"}
    assert body["opened"] == [str(GovernanceEvent.objects.get().pk)]
    assert (body["resolved"], body["skipped"]) == ([], [])
    assert SelfCheckCycle.objects.get().trigger == "api"


def test_it_has_the_keys_of_the_commands_report(api):
    out = StringIO()
    with pytest.raises(SystemExit):  # a check is in error
        call_command("self_check", "--project", "awoooi", "--no-alert", "--json", stdout=out)
    assert set(api.post(PATH).json()) <= set(json.loads(out.getvalue()))


def test_again_within_a_minute_is_skipped_and_said(api):
    api.post(PATH)
    body = api.post(PATH).json()
    assert (body["skipped"], body["results"]) == (["awoooi"], {})
    assert SelfCheckCycle.objects.count() == 1


def test_one_check_keeps_no_cycle(api):
    body = api.post(PATH, {"project_id": "awoooi", "check": "own_check"}).json()
    assert set(body["results"]["awoooi"]) == {"own_check"}
    assert not SelfCheckCycle.objects.exists()
    assert GovernanceEvent.objects.count() == 1


def test_without_alert_nothing_is_written(api):
    body = api.post(PATH, {"alert": False}).json()
    assert body["results"]["awoooi"]["own_check"] == {"checked": 7}
    assert not SelfCheckCycle.objects.exists()
    assert not GovernanceEvent.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"check": "nothing"}, "check"),
        ({"check": 7}, "check"),
        ({"project_id": "No Project"}, "project_id"),
        ({"alert": "maybe"}, "alert"),
        ({"all": True}, "all"),
    ],
)
def test_bad_input_is_422_and_names_the_field(api, body, field):
    answer = api.post(PATH, body)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]
    assert not SelfCheckCycle.objects.exists()


def test_a_project_that_is_off_is_refused_by_name_and_left_out_of_all(api):
    Project.objects.update(is_active=False)
    assert api.post(PATH, {"project_id": "awoooi"}).status_code == 422
    assert api.post(PATH).json()["results"] == {}


def test_another_project_is_not_found_and_not_checked(api, other_project):
    assert api.post(PATH, {"project_id": "other"}).status_code == 404
    api.post(PATH)
    with tenancy.scope(["awoooi", "other"]):
        assert [one.project_id for one in SelfCheckCycle.objects.all()] == ["awoooi"]


def test_a_key_for_every_project_checks_them_all(other_project):
    client = factories.ApiClient(factories.api_key(None))
    assert set(client.post(PATH).json()["results"]) == {"awoooi", "other"}


def test_it_needs_the_scope_govern(project):
    client = factories.ApiClient(factories.api_key(scopes=["read", "ingest", "decide"]))
    assert client.post(PATH).status_code == 403
    assert not SelfCheckCycle.objects.exists()
