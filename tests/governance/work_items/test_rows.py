"""Each work item: its three statuses, its link, and that one that fails leaves the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from governance import work_items
from governance.work_items.listing import STATUSES
from runs.models import OutboundMessage
from tests import factories
from tests.governance.work_items.gaps import GAPS, World
from tests.runs.status_chain import stories
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db
FIELDS = {
    "id", "kind", "title", "gate", "status", "phase", "source", "surface", "evidence",
    "evidence_details", "next_step", "href", "owner", "updated_at", "writes_on_read",
}  # fmt: skip


@pytest.fixture
def world(key, api) -> World:
    return World(key, api)


def page_of(role: str) -> Client:
    """A browser-like client of somebody with this role; administrators are staff."""
    account = factories.user(f"{role}@example.org", awoooi=role)
    account.is_staff = role == "project_admin"
    account.save()
    client = Client()
    client.force_login(account)
    return client


def row(kind: str, projects=("awoooi",), **values):
    (found,) = [one for one in work_items.rows(projects, **values) if one["kind"] == kind]
    return found


def fail(context):
    with connection.cursor() as cursor:
        cursor.execute("select 1 / 0")


def test_every_row_is_contributed():
    assert [item.kind for item in work_items.registered()] == list(work_items.KINDS)
    assert set(GAPS) == set(work_items.KINDS)


@pytest.mark.parametrize("kind", GAPS)
def test_a_gap_is_in_progress_and_once_mended_watched(kind, world):
    gap = GAPS[kind]
    made = gap.make(world)
    with read_only():
        found = row(kind)
    assert (found["status"], found["evidence_details"]["open"] > 0) == ("in_progress", True)
    assert found["next_step"]
    gap.mend(world, made)
    with read_only():
        found = row(kind)
    assert (found["status"], found["evidence_details"]["open"]) == ("watching", 0), found
    assert found["next_step"] == ""


@pytest.mark.parametrize("kind", GAPS)
def test_its_link_leads_its_owner_to_a_page(kind, world):
    GAPS[kind].make(world)
    found = row(kind, project_id="awoooi")
    assert page_of(found["owner"]).get(found["href"]).status_code == 200, found["href"]


def test_the_repair_that_did_not_help_is_shown_in_its_queue(api, page):
    incident_id, _ = stories.verified(api, "failed")
    found = row("remediation_queue")
    assert found["href"].startswith("/awooop/remediation-queue")
    assert incident_id in page.get(found["href"]).content.decode()


@pytest.mark.parametrize("kind", GAPS)
def test_one_that_fails_is_blocked_and_leaves_the_others(kind, project):
    (item,) = [one for one in work_items.registered() if one.kind == kind]
    with work_items.registered_for_test(replace(item, function=fail)), read_only():
        found = {one["kind"]: one for one in work_items.rows(["awoooi"])}
    assert [name for name, one in found.items() if one["status"] == "blocked"] == [kind]
    assert "DataError" in found[kind]["evidence"] or "DivisionByZero" in found[kind]["evidence"]
    assert found[kind]["evidence_details"]["open"] is None
    assert len(found) == len(work_items.KINDS)


def test_an_answer_of_another_shape_is_blocked(project):
    (item, *_) = work_items.registered()
    with work_items.registered_for_test(replace(item, function=lambda context: 3)):
        assert row(item.kind)["evidence"] == "Its source could not be read (TypeError)."


def test_a_second_or_an_unknown_row_is_refused():
    values = {"title": "", "gate": "", "source": "", "surface": ""}
    with pytest.raises(ValueError, match="registered already"):
        work_items.work_item("approval_backlog", phase="decide", **values)(fail)
    with pytest.raises(ValueError, match="unknown work item"):
        work_items.work_item("weather", phase="decide", **values)(fail)
    with pytest.raises(ValueError, match="unknown phase"):
        work_items.work_item("approval_backlog", phase="later", **values)(fail)


def test_more_gaps_cost_no_more_statements(world, other_project):
    def statements(*projects: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            work_items.rows(projects)
        return len(queries)

    def make(numbers) -> None:
        OutboundMessage.objects.bulk_create(
            OutboundMessage(
                project_id="awoooi",
                channel_type="telegram",
                message_type="callback_reply",
                incident_id=f"INC-20261121-W{number:03d}",
                send_status="dead",
            )
            for number in numbers
        )
        factories.waiting(world.key)

    stories.verified(world.api, "failed")
    make(range(2))
    few = statements("awoooi")
    make(range(2, 9))
    assert statements("awoooi") == few
    with tenancy.scope(["awoooi", "other"]):
        assert statements("awoooi", "other") == few


def test_another_projects_gaps_are_not_mine(project, other_project):
    with tenancy.scope(["other"]):
        OutboundMessage.objects.create(
            project_id="other", channel_type="t", message_type="final", send_status="dead"
        )
    assert row("undelivered_messages")["status"] == "watching"


def test_the_api_lists_them(api):
    with read_only():
        body = api.get("/platform/work-items", project_id="awoooi").json()
    assert set(body["items"][0]) == FIELDS
    assert body["items"][0]["id"] == "approval_backlog:awoooi"
    assert (body["total"], body["writes_on_read"]) == (len(work_items.KINDS), False)
    assert set(body["counts"]) == set(STATUSES)
    assert sum(body["counts"].values()) == body["total"]


def test_a_project_that_one_may_not_see_is_not_found(api, other_project):
    assert api.get("/platform/work-items", project_id="other").status_code == 404


def test_the_page_groups_them_by_status(page, world):
    factories.waiting(world.key)
    (item,) = [one for one in work_items.registered() if one.kind == "config_drift_fsm"]
    with work_items.registered_for_test(replace(item, function=fail)), read_only():
        text = page.get("/awooop/work-items", {"project_id": "awoooi"}).content.decode()
    groups = [text.index(f'id="{name}"') for name in ("blocked", "in_progress", "watching")]
    assert groups == sorted(groups)
    assert groups[0] < text.index('id="config_drift_fsm"') < groups[1]
    assert groups[1] < text.index('id="approval_backlog"') < groups[2]
    assert 'href="/awooop/approvals?project_id=awoooi"' in text


def test_the_page_is_in_the_navigation(page):
    assert 'href="/awooop/work-items"' in page.get("/").content.decode()


def test_a_person_without_a_project_sees_that_nothing_is_open(project):
    account = factories.user("nobody@example.org")
    client = Client()
    client.force_login(account)
    text = client.get("/awooop/work-items").content.decode()
    assert 'id="blocked"' not in text
    assert 'id="in_progress"' not in text
