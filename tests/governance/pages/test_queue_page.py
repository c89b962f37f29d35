"""The tab of the queue: the workflow as steps, and the acts that a dispatch's path allows."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from awooop.clock import now
from governance import stepper
from governance.models import Dispatch
from tests import factories
from tests.governance import samples
from tests.runs.transactions import read_only

PAGE = {"tab": "queue"}
HTMX = {"HX-Request": "true"}
BUTTON = re.compile(r'formaction="/governance/queue/[0-9a-f-]+/(\w+)')


def text(page, **query) -> str:
    response = page.get("/governance", {**PAGE, **query})
    assert response.status_code == 200
    return response.content.decode()


def act(page, dispatch, verb, note="", **headers):
    return page.post(f"/governance/queue/{dispatch.pk}/{verb}", {"note": note}, headers=headers)


def statuses(dispatch) -> list[str]:
    return [step["status"] for step in stepper.steps(dispatch)]


# the steps


@pytest.mark.parametrize(
    ("status", "done", "here"),
    [
        ("pending", 2, "waiting"),
        ("dispatched", 2, "waiting"),
        ("executing", 3, "current"),
        ("skipped", 4, "waiting"),
        ("succeeded", 6, "current"),
    ],
)
def test_the_steps_stand_where_the_status_is(project, status, done, here):
    found = statuses(samples.dispatch(dispatch_status=status))
    assert found == ["done"] * done + [here] + ["missing"] * (6 - done)


def test_what_failed_says_so_after_the_step_that_it_came_to(project):
    failed = samples.dispatch(dispatch_status="failed", started_at=now())
    steps = stepper.steps(failed)
    assert [step["status"] for step in steps] == [
        *["done"] * 3, "missing", *["not_needed"] * 3, "blocked",
    ]  # fmt: skip
    assert (steps[3]["status_label"], steps[-1]["status_label"]) == ("not finished", "failed")
    assert steps[-1]["label"] == "Triage by hand"


def test_what_was_cancelled_before_it_began_stood_in_the_queue(project):
    found = stepper.steps(samples.dispatch(dispatch_status="cancelled"))
    assert [step["status"] for step in found][:3] == ["done", "done", "missing"]
    assert found[-1]["status_label"] == "cancelled"


def test_work_without_a_workflow_goes_through_its_statuses(project):
    plain = {"executor_type": "replayer", "decision_context": {}}
    running = samples.dispatch(samples.event(), dispatch_status="executing", **plain)
    done = samples.dispatch(samples.event(subject="b"), dispatch_status="succeeded", **plain)
    assert statuses(running) == ["done", "done", "current", "missing"]
    assert statuses(done) == ["done"] * 4


def test_the_page_names_the_stage_and_what_comes_next(page):
    samples.dispatch()
    found = text(page)
    for words in ("Knowledge health check (Hermes)", "Health check queued", "to come",
                  "Run the knowledge health check", "Pending"):  # fmt: skip
        assert words in found


# the list


def test_an_empty_queue_says_what_it_is_for(page):
    assert "No work is queued" in text(page)


def test_filters(page):
    samples.dispatch(owner="waiting-one")
    samples.dispatch(samples.event(), owner="failed-one", dispatch_status="failed")
    found = text(page, dispatch_status="failed")
    assert "failed-one" in found
    assert "waiting-one" not in found
    assert "No dispatch has these filters" in text(page, executor_type="nobody")


@pytest.mark.parametrize(
    "query", [{"dispatch_status": "x"}, {"event_type": "?"}, {"executor_type": "?"}, {"page": "0"}]
)
def test_a_bad_filter_shows_the_form_with_the_error(page, query):
    response = page.get("/governance", {**PAGE, **query})
    assert response.status_code == (200 if query == {"page": ""} else 422)
    assert "<form" in response.content.decode()


def test_the_permalink_shows_one(page):
    mine = samples.dispatch(owner="this-one")
    samples.dispatch(samples.event(), owner="another-one")
    found = text(page, dispatch_id=str(mine.pk))
    assert "this-one" in found
    assert "another-one" not in found
    assert page.get("/governance", {**PAGE, "dispatch_id": "x"}).status_code == 422
    assert page.get("/governance", {**PAGE, "dispatch_id": str(uuid4())}).status_code == 404


# the acts


@pytest.mark.parametrize(
    ("status", "verbs"),
    [
        ("pending", {"start", "skip", "cancel"}),
        ("dispatched", {"start", "skip", "cancel", "fail"}),
        ("executing", {"complete", "fail", "cancel"}),
        ("succeeded", set()),
        ("failed", set()),
        ("skipped", set()),
        ("cancelled", set()),
    ],
)
def test_the_buttons_are_what_the_path_allows(page, status, verbs):
    samples.dispatch(dispatch_status=status)
    assert set(BUTTON.findall(text(page))) == verbs


def test_an_act_without_scripts_leads_back_to_the_dispatch(page):
    dispatch = samples.dispatch()
    answer = act(page, dispatch, "start", "I take it")
    assert answer.status_code == 302
    found = page.get(answer["Location"]).content.decode()
    assert "I take it" in found
    assert "Executing" in found


def test_an_act_with_scripts_answers_the_card_alone(page):
    dispatch = samples.dispatch()
    answer = act(page, dispatch, "start", **HTMX)
    body = answer.content.decode()
    assert body.startswith(f'<article class="panel" id="dispatch-{dispatch.pk}"')
    assert set(BUTTON.findall(body)) == {"complete", "fail", "cancel"}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_off_its_path_is_a_conflict_that_keeps_the_note(page, headers):
    dispatch = samples.dispatch(dispatch_status="executing")
    answer = act(page, dispatch, "skip", "my words", **headers)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Not moved." in body
    assert "my words" in body
    assert Dispatch.objects.get().dispatch_status == "executing"


def test_too_long_a_note_is_422_and_kept(page):
    answer = act(page, samples.dispatch(), "start", "n" * 501)
    assert answer.status_code == 422
    assert "n" * 501 in answer.content.decode()


@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("operator", True)])
def test_who_may_act(project, role, may):
    dispatch = samples.dispatch()
    client = Client()
    client.force_login(factories.user(f"{role}@example.org", awoooi=role))
    assert bool(BUTTON.findall(text(client))) is may
    assert act(client, dispatch, "start").status_code == (302 if may else 403)


def test_another_projects_dispatch_is_nowhere(page, other_project):
    with tenancy.scope(["other"]):
        foreign = samples.dispatch(samples.event("other"), owner="foreign-words")
    assert "foreign-words" not in text(page)
    assert act(page, foreign, "start").status_code == 404
    assert page.get("/governance", {**PAGE, "dispatch_id": str(foreign.pk)}).status_code == 404


def test_a_context_of_any_shape_is_no_failure(page):
    for number, context in enumerate([[], "text", {"ownership": []}, {"workflow": {"steps": 3}}]):
        samples.dispatch(samples.event(subject=str(number)), decision_context=context)
    assert page.get("/governance", PAGE).status_code == 200


def test_twice_the_dispatches_cost_no_more_statements_and_only_read(page):
    counts = []
    for _ in range(2):
        for _ in range(4):
            at = now() - timedelta(minutes=len(counts))
            samples.dispatch(samples.event(subject=str(uuid4())), created_at=at)
        with CaptureQueriesContext(connection) as queries, read_only():
            text(page)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]
