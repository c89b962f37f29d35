"""The pages of tenants and contracts, and that the navigation leads somewhere."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from awooop.models import ContractRevision
from tests import factories


def contract(number: int, project_id: str = "awoooi", status: str = "draft") -> ContractRevision:
    return ContractRevision.objects.create(
        project_id=project_id,
        contract_id=f"agreement-{number}",
        contract_family="agent",
        lifecycle_status=status,
        body_hash="f" * 64,
    )


def text(page, path, **query) -> str:
    response = page.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def test_contracts_are_listed_by_status(page, project):
    contract(1, status="active")
    contract(2)
    found = text(page, "/awooop/contracts", lifecycle_status="active")
    assert "agreement-1" in found
    assert "agreement-2" not in found


def test_no_contracts_is_said(page, project):
    assert "No contracts" in text(page, "/awooop/contracts")


def test_another_projects_contracts_and_name_are_not_shown(page, other_project):
    with tenancy.scope(["other"]):
        contract(7, project_id="other")
    assert "agreement-7" not in text(page, "/awooop/contracts")
    assert page.get("/awooop/contracts", {"project_id": "other"}).status_code == 404
    assert "project_id=other" not in text(page, "/awooop/tenants")


def test_a_tenant_leads_to_its_runs(page, project):
    assert 'href="/awooop/runs?project_id=awoooi"' in text(page, "/awooop/tenants")


def test_a_reader_without_a_project_is_told_so(client, db):
    client.force_login(factories.user("nobody@example.org"))
    assert "No projects" in text(client, "/awooop/tenants")


def test_every_place_of_the_navigation_is_there(page, project):
    places = text(page, "/awooop/tenants").split('class="nav"')[1].split("</nav>")[0]
    hrefs = [part.split('"')[0] for part in places.split('href="')[1:]]
    assert {"/awooop/runs", "/awooop/channel-events", "/awooop/contracts"} <= set(hrefs)
    for href in hrefs:
        assert page.get(href).status_code == 200, href


@pytest.mark.parametrize("path", ["/awooop/contracts"])
def test_twice_the_rows_cost_no_more_queries(page, project, path):
    def count():
        with CaptureQueriesContext(connection) as queries:
            text(page, path)
        return len(queries)

    for number in range(5):
        contract(number)
    count()
    before = count()
    for number in range(5, 10):
        contract(number)
    assert count() == before
