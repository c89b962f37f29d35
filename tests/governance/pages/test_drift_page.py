"""The tab of drift: what differs, whether it may be adopted, and settling it in two phases."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from awooop.models import AuditRecord
from governance.models import DriftFingerprint
from tests import factories
from tests.runs.transactions import read_only

PLAN = re.compile(r'name="dry_run_plan_fingerprint" value="([0-9a-f]{64})"')


def drift(project_id: str = "awoooi", **values) -> DriftFingerprint:
    values = {
        "namespace": "shop-staging",
        "fingerprint": uuid4().hex * 2,
        "kind": "Deployment",
        "resource": "search-api",
        "diff": {"spec.replicas": {"from": 2, "to": 3}},
        "next_step": "Adopt it, or set it back.",
        **values,
    }
    return DriftFingerprint.objects.create(project_id=project_id, **values)


def text(page, **query) -> str:
    response = page.get("/governance", {"tab": "drift", **query})
    assert response.status_code == 200
    return response.content.decode()


def settle(page, row, verb, **form):
    return page.post(f"/governance/drift/{row.pk}/{verb}", form)


def test_a_drift_says_what_differs_and_what_comes_next(page):
    drift(state="pr_open", pr_url="https://git.example.org/pull/7", occurrences=4)
    found = text(page)
    for words in (
        "Deployment search-api",
        "shop-staging",
        "spec.replicas",
        "seen 4 times",
        "Adopt it, or set it back.",
        "PR open",
        "https://git.example.org/pull/7",
    ):
        assert words in found


def test_every_condition_of_an_adoption_is_told(page):
    drift(namespace="shop-production", kind="Secret")
    found = text(page)
    assert "A person decides on its adoption" in found
    assert found.count("Does not hold") == 2
    assert found.count("Holds") == 4


def test_no_report_is_not_said_to_be_no_drift(page):
    assert "No report is no proof that there is none." in text(page)


def test_filters(page):
    drift(resource="detected-one")
    drift(resource="settled-one", state="resolved", namespace="platform")
    for query in ({"state": "resolved"}, {"namespace": "platform"}):
        found = text(page, **query)
        assert "settled-one" in found
        assert "detected-one" not in found
    assert "No drift has these filters" in text(page, namespace="nowhere")


@pytest.mark.parametrize("query", [{"state": "x"}, {"namespace": "n" * 254}, {"cursor": "x"}])
def test_a_bad_filter_shows_the_form_with_the_error(page, query):
    response = page.get("/governance", {"tab": "drift", **query})
    assert response.status_code == 422
    assert "<form" in response.content.decode()


def test_the_first_press_previews_and_changes_nothing(page):
    row = drift()
    answer = settle(page, row, "handoff", owner="platform", note="theirs")
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing is changed yet." in body
    assert "platform repairs it." in body
    assert PLAN.search(body)
    row.refresh_from_db()
    assert row.state == "detected"
    assert not AuditRecord.objects.filter(resource_type="drift_fingerprint").exists()


@pytest.mark.parametrize(
    ("verb", "form", "state"),
    [
        ("handoff", {"owner": "platform", "note": ""}, "handed_off"),
        ("adopt", {"owner": "", "note": "so be it"}, "adopted"),
        ("resolve", {"owner": "", "note": ""}, "resolved"),
    ],
)
def test_the_second_press_does_it(page, verb, form, state):
    row = drift()
    plan = PLAN.search(settle(page, row, verb, **form).content.decode())[1]
    answer = settle(page, row, verb, **form, dry_run_plan_fingerprint=plan)
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.state == state
    assert AuditRecord.objects.filter(action=f"governance.drift.{verb}").count() == 1


def test_what_changed_since_the_preview_is_not_done(page):
    row = drift()
    plan = PLAN.search(settle(page, row, "resolve").content.decode())[1]
    DriftFingerprint.objects.update(version=2)
    answer = settle(page, row, "resolve", dry_run_plan_fingerprint=plan, note="my words")
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Nothing was changed." in body
    assert "my words" in body


def test_a_handoff_without_an_owner_is_refused_and_keeps_the_note(page):
    answer = settle(page, drift(), "handoff", note="my words")
    assert answer.status_code == 422
    assert "my words" in answer.content.decode()


def test_what_is_settled_offers_nothing(page):
    row = drift(state="resolved")
    assert "Settle it" not in text(page)
    assert settle(page, row, "adopt").status_code == 409


@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("operator", True)])
def test_who_may_settle(project, role, may):
    row, client = drift(), Client()
    client.force_login(factories.user(f"{role}@example.org", awoooi=role))
    assert ("Settle it" in text(client)) is may
    assert settle(client, row, "resolve").status_code == (200 if may else 403)


def test_another_projects_drift_is_nowhere(page, other_project):
    with tenancy.scope(["other"]):
        foreign = drift("other", resource="foreign-words")
    assert "foreign-words" not in text(page)
    assert page.get("/governance", {"tab": "drift", "drift_id": foreign.pk}).status_code == 404
    assert settle(page, foreign, "resolve").status_code == 404


def test_a_link_that_is_none_is_shown_as_text(page):
    drift(pr_url="javascript:alert(1)")
    assert 'href="javascript' not in text(page)


def test_twice_the_drifts_cost_no_more_statements_and_only_read(page):
    counts = []
    for _ in range(2):
        for _ in range(4):
            drift()
        with CaptureQueriesContext(connection) as queries, read_only():
            text(page)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]
