"""The page of one run: facts, tabs, timeline paging, decision box, cancelling."""

from __future__ import annotations

import html as escapes
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from awooop.models import AuditRecord
from runs.models import Run, RunState
from runs.selectors import run_tabs
from tests import factories
from tests.runs.reads import rows


@pytest.fixture
def run(project):
    with clock.set_to(rows.at(0)):
        return factories.run(trigger_ref=f"am:1 {rows.INCIDENT}", trace_id="4bf92f3577b3")


def href(run, **query):
    tail = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/awooop/runs/{run.run_id}{'?' if tail else ''}{tail}"


def text(page, address) -> str:
    response = page.get(address)
    assert response.status_code == 200
    return escapes.unescape(response.content.decode())


def test_the_facts_are_there_and_the_id_can_be_copied(page, run):
    found = text(page, href(run))
    assert f'data-copy="{run.run_id}"' in found
    for words in ("4bf92f3577b3", run.trigger_ref, "Run created", "Pending"):
        assert words in found


@pytest.mark.parametrize("tab", run_tabs.LABELS)
def test_every_tab_shows_when_empty_and_when_not(page, run, tab):
    assert text(page, href(run, tab=tab))
    rows.step(run, 1, tool_name="the.step")
    rows.call(run, tool_name="the.call", gate_result=[])
    rows.legacy(tool_name="the_legacy")
    rows.item(work_item_id="wi-1", tool_name="the.remedy")
    rows.event(run=run, provider_event_id="the-event")
    rows.message(run, content_preview="the message")
    expected = {
        "timeline": "the message",
        "steps": "the.step",
        "gateway": "the.call",
        "legacy": "the_legacy",
        "remediation": "the.remedy",
        "inbound": "the-event",
        "outbound": "the message",
    }
    found = text(page, href(run, tab=tab))
    assert expected[tab] in found
    assert f'href="/awooop/runs/{run.run_id}"' in found  # the tab of the timeline is a real link


@pytest.mark.parametrize(
    "query",
    [{"tab": "noise"}, {"kind": "noise"}, {"cursor": "x"}, {"from": "middle"},
     {"tab": "steps", "cursor": "x"}, {"tab": "steps", "page": "0"}],
)  # fmt: skip
def test_a_bad_address_is_refused(page, run, query):
    assert page.get(href(run, **query)).status_code == 422


def test_a_long_timeline_is_paged_from_both_ends(page, run):
    for number in range(250):
        rows.step(run, number, tool_name=f"tool-{number:03d}", created_at=rows.at(number))
    assert "tool-000" in text(page, href(run))
    found = text(page, href(run, **{"from": "end", "kind": "step"}))
    assert "tool-249" in found
    assert "tool-100" not in found
    earlier = re.search(r'rel="prev" href="([^"]*)"', found).group(1)
    assert "kind=step" in earlier
    before = text(page, f"/awooop/runs/{run.run_id}{earlier}")
    assert "tool-149" in before
    assert "tool-150" not in before


def test_the_decision_box_stands_where_one_waits(page, key):
    approval = factories.waiting(key, tool_name="kubectl.delete")
    assert f'id="decision-{approval.pk}"' in text(page, href(approval.run))
    assert 'id="decision-' not in text(page, href(factories.run()))


def test_a_run_of_another_project_or_none_is_not_found(page, other_project):
    with tenancy.scope(["other"]):
        foreign = factories.run("other")
    for address in (href(foreign), f"{href(foreign)}/cancel", f"/awooop/runs/{uuid.uuid4()}"):
        assert page.get(address).status_code == 404
    assert page.post(f"{href(foreign)}/cancel", {"reason": "no"}).status_code == 404


def test_an_operator_cancels_with_a_reason(page, run):
    response = page.post(f"{href(run)}/cancel", {"reason": "Wrong cluster"})
    assert response.status_code == 302
    run = Run.objects.get(pk=run.pk)
    assert (run.state, run.error_detail) == (RunState.CANCELLED, "Wrong cluster")
    assert AuditRecord.objects.filter(action="run.cancel", run_id=run.pk).count() == 1


def test_no_reason_no_cancellation(page, run):
    assert page.post(f"{href(run)}/cancel", {"reason": " "}).status_code == 422
    assert Run.objects.get(pk=run.pk).state == RunState.PENDING


def test_a_run_that_is_over_cannot_be_cancelled(page, run):
    Run.objects.filter(pk=run.pk).update(state="completed")
    assert "Cancel the run" not in text(page, href(run))
    response = page.post(f"{href(run)}/cancel", {"reason": "late"})
    assert response.status_code == 409
    assert "completed" in response.content.decode()


def test_the_cancel_page_works_without_script(page, run):
    assert 'name="reason"' in text(page, f"{href(run)}/cancel")


@pytest.mark.parametrize("role", ["viewer", "knowledge_owner"])
def test_who_may_not_cancel_is_not_offered_it(run, role):
    client = Client()
    client.force_login(factories.user("reader@example.org", awoooi=role))
    assert "Cancel the run" not in text(client, href(run))
    assert client.post(f"{href(run)}/cancel", {"reason": "x"}).status_code == 403
    assert Run.objects.get(pk=run.pk).state == RunState.PENDING


@pytest.mark.parametrize("tab", run_tabs.LABELS)
def test_more_records_cost_no_more_queries(page, run, tab):
    def fill(numbers):
        for number in numbers:
            rows.step(run, number)
            rows.call(run)
            rows.event(run=run, provider_event_id=str(number))
            rows.message(run, content_preview=f"INC-20261101-{number:04d}")
            rows.item(f"INC-20261101-{number:04d}", work_item_id=f"wi-{number}")
            rows.legacy(f"INC-20261101-{number:04d}")

    def count():
        with CaptureQueriesContext(connection) as queries:
            text(page, href(run, tab=tab))
        return len(queries)

    fill(range(3))
    count()
    before = count()
    fill(range(3, 6))
    assert count() == before
