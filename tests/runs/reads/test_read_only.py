"""Reading writes nothing: outside of a test's transaction each GET runs in a READ ONLY one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from awooop import tenancy
from runs.models import Run
from tests import factories
from tests.runs.reads import rows

API = (
    "/platform/runs",
    "/platform/runs?q=sre-agent",
    "/platform/runs/{run}",
    "/platform/channel-events",
    "/platform/tenants",
    "/platform/contracts",
)
PAGES = (
    "/awooop/runs",
    "/awooop/runs?q=sre-agent",
    "/awooop/runs/{run}",
    "/awooop/runs/{run}?tab=steps",
    "/awooop/runs/{run}?tab=gateway",
    "/awooop/runs/{run}?tab=legacy",
    "/awooop/runs/{run}?tab=remediation",
    "/awooop/runs/{run}?tab=inbound",
    "/awooop/runs/{run}?tab=outbound",
    "/awooop/runs/{run}/cancel",
    "/awooop/channel-events",
    "/awooop/tenants",
    "/awooop/contracts",
)
# Who asks, and how often: looked up before the request's own transaction.
BEFORE = ("awooop_session", "awooop_user", "awooop_ratebucket")


@pytest.fixture
def world(truncatable):
    """A committed project with a waiting run and records of every kind: id, key, account."""
    factories.project("awoooi")
    key = factories.api_key("awoooi")
    account = factories.user("operator@example.org", awoooi="operator")
    with tenancy.scope(["awoooi"]):
        run = factories.waiting(key, run_values={"trigger_ref": rows.INCIDENT}).run
        rows.step(run, 1)
        rows.call(run)
        rows.legacy()
        rows.item()
        rows.event(run=run, provider_event_id="a")
        rows.message(run)
    return run.run_id, key, account


@pytest.fixture
def statements():
    """What the database says of each statement's transaction: "on" where it is READ ONLY."""
    seen = []

    def note(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if any(table in sql for table in BEFORE):
            return done
        raw = connection.connection
        seen.append(raw.execute("show transaction_read_only").fetchone()[0])
        return done

    with connection.execute_wrapper(note):
        yield seen


def test_every_read_works_in_a_read_only_transaction(world, statements):
    run, key, account = world
    api, page = factories.ApiClient(key), Client()
    page.force_login(account)
    for path in API:
        statements.clear()
        assert api.get(path.format(run=run)).status_code == 200, path
        assert set(statements) == {"on"}
    for path in PAGES:
        statements.clear()
        assert page.get(path.format(run=run)).status_code == 200, path
        assert set(statements) == {"on"}


def test_the_csv_is_read_in_a_transaction_of_its_own(world, statements):
    run, _, account = world
    page = Client()
    page.force_login(account)
    response = page.get("/awooop/runs", {"format": "csv"})
    statements.clear()
    text = b"".join(response.streaming_content).decode()
    assert str(run) in text
    assert set(statements) == {"on"}
    with tenancy.scope(["awoooi"]):
        assert Run.objects.count() == 1
