"""What holds for every write: it works, and not for who may not, nor where the project is off."""

from __future__ import annotations

import pytest

from awooop.models import Project
from tests import factories
from tests.runs.api.writes import cases

every_write = pytest.mark.parametrize("name", cases.ALL)


@every_write
def test_it_works(world, name):
    case = cases.ALL[name]
    answer = world.api.post(case.path(world), case.body)
    assert answer.status_code == case.status, answer.content


@every_write
def test_it_works_with_the_project_named(world, name):
    case = cases.ALL[name]
    answer = world.api.post(case.path(world), {**case.body, "project_id": "awoooi"})
    assert answer.status_code == case.status, answer.content


@every_write
def test_it_needs_its_scope(world, name):
    case = cases.ALL[name]
    scopes = {"read", "ingest", "decide", "govern"} - {case.scope}
    before = cases.everything()
    api = factories.ApiClient(factories.api_key("awoooi", scopes=sorted(scopes)))
    before["awooop_auditrecord"] = before["awooop_audithead"] = None
    answer = api.post(case.path(world), case.body)
    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"
    after = cases.everything()
    after["awooop_auditrecord"] = after["awooop_audithead"] = None
    assert after == before


@every_write
def test_it_needs_a_key(world, name):
    case = cases.ALL[name]
    answer = factories.ApiClient(None).post(case.path(world), case.body)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("name", [name for name, case in cases.ALL.items() if case.is_bound])
def test_what_is_of_another_project_is_unknown(world, other_project, name):
    case = cases.ALL[name]
    api = factories.ApiClient(factories.api_key("other"))
    before = cases.everything()
    foreign = api.post(case.path(world), case.body)
    assert foreign.status_code == 404
    assert cases.everything() == before


@every_write
def test_another_project_cannot_be_named(world, other_project, name):
    case = cases.ALL[name]
    before = cases.everything()
    answer = world.api.post(case.path(world), {**case.body, "project_id": "other"})
    assert answer.status_code == 404
    unknown = world.api.post(case.path(world), {**case.body, "project_id": "nowhere"})
    assert unknown.status_code == 404
    assert unknown.json()["detail"] == answer.json()["detail"]
    assert cases.everything() == before


@pytest.mark.parametrize("name", [name for name, case in cases.ALL.items() if case.is_bound])
def test_a_project_that_is_not_that_of_the_path_is_refused(world, other_project, name):
    case = cases.ALL[name]
    api = factories.ApiClient(factories.api_key(None))
    before = cases.everything()
    answer = api.post(case.path(world), {**case.body, "project_id": "other"})
    assert answer.status_code == 404
    assert cases.everything() == before


@every_write
def test_an_inactive_project_takes_nothing(world, name):
    case = cases.ALL[name]
    Project.objects.filter(pk="awoooi").update(is_active=False)
    before = cases.everything()
    answer = world.api.post(case.path(world), case.body)
    assert answer.status_code == 409
    assert answer.json()["code"] == "project_inactive"
    assert cases.everything() == before


@every_write
def test_a_key_for_every_project_must_name_one_where_nothing_else_does(world, other_project, name):
    case = cases.ALL[name]
    api = factories.ApiClient(factories.api_key(None))
    answer = api.post(case.path(world), case.body)
    if case.is_bound and name not in ("heartbeat", "transition", "approval-requests"):
        assert answer.status_code == case.status
    elif case.is_bound:  # held by another key
        assert answer.status_code == 409
    else:
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "project_id"
