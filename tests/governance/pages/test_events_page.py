"""The tab of events: filters, the permalink, resolving in place."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from awooop import tenancy
from governance.models import GovernanceEvent
from tests import factories
from tests.governance import samples
from tests.runs.transactions import read_only

PAGE = "/governance"
HTMX = {"HX-Request": "true"}


def text(page, **query) -> str:
    response = page.get(PAGE, query)
    assert response.status_code == 200
    return response.content.decode()


def resolve(page, event, note, **headers):
    return page.post(f"{PAGE}/events/{event.pk}/resolve", {"note": note}, headers=headers)


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(factories.user(f"{role}@example.org", awoooi=role))
    return client


def test_events_say_what_is_off_and_what_to_do(page):
    event = samples.event(impact="3 playbooks drifted", remediation="Mend them", occurrences=4)
    dispatch = samples.dispatch(event)
    found = text(page)
    for words in ("Trust drift", "Warning", "3 playbooks drifted", "Mend them", "seen 4 times"):
        assert words in found
    assert f"event_id={event.pk}" in found
    assert f"dispatch_id={dispatch.pk}" in found


def test_nothing_found_is_said(page):
    assert "Nothing was found off" in text(page)


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({"resolved": "false"}, "still-open", "long-over"),
        ({"resolved": "true"}, "long-over", "still-open"),
        ({"severity": "critical"}, "long-over", "still-open"),
        ({"event_type": "trust_drift"}, "still-open", "long-over"),
    ],
)
def test_filters(page, query, shown, hidden):
    samples.event(impact="still-open")
    samples.event(
        impact="long-over", event_type="slo_violation", severity="critical", resolved=True
    )
    found = text(page, **query)
    assert shown in found
    assert hidden not in found


def test_a_filter_that_nothing_meets_says_so_and_offers_the_way_back(page):
    samples.event()
    found = text(page, event_type="kb_stale")
    assert "No event has these filters" in found
    assert "Clear the filters" in found


@pytest.mark.parametrize(
    "query",
    [{"severity": "grave"}, {"resolved": "x"}, {"event_type": "A B"}, {"page": "x"},
     {"cursor": "x"}, {"size": "999"}],
)  # fmt: skip
def test_a_bad_filter_shows_the_form_with_the_error(page, query):
    response = page.get(PAGE, query)
    assert response.status_code == 422
    assert "<form" in response.content.decode()


@pytest.mark.parametrize("query", [{"tab": "nothing"}, {"event_id": "7"}])
def test_an_address_that_cannot_be_is_refused(page, query):
    assert page.get(PAGE, query).status_code == 422


def test_the_permalink_shows_one_event_with_its_form_open(page):
    mine = samples.event(impact="this-one")
    samples.event(subject="x", impact="another-one")
    found = text(page, event_id=str(mine.pk))
    assert "this-one" in found
    assert "another-one" not in found
    assert f'<details id="resolve-{mine.pk}" open>' in found


def test_an_unknown_permalink_is_404(page):
    assert page.get(PAGE, {"event_id": str(uuid4())}).status_code == 404


# resolving


def test_resolving_without_scripts_leads_back_to_the_event(page):
    event = samples.event()
    answer = resolve(page, event, "Retrained")
    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}?tab=events&event_id={event.pk}"
    found = page.get(answer["Location"]).content.decode()
    assert "Retrained" in found
    assert "operator@example.org" in found


def test_resolving_with_scripts_answers_the_card_alone(page):
    event = samples.event()
    answer = resolve(page, event, "Retrained", **HTMX)
    body = answer.content.decode()
    assert answer.status_code == 200
    assert body.startswith(f'<article class="panel" id="event-{event.pk}"')
    assert "Resolved" in body
    assert "<form" not in body


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_without_a_note_nothing_is_resolved_and_the_reason_is_said(page, headers):
    event = samples.event()
    answer = resolve(page, event, "  ", **headers)
    assert answer.status_code == 422
    assert "Not resolved." in answer.content.decode()
    assert not GovernanceEvent.objects.get().resolved


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_too_long_a_note_is_refused_and_kept(page, headers):
    event, note = samples.event(), "n" * 501
    answer = resolve(page, event, note, **headers)
    assert answer.status_code == 422
    assert note in answer.content.decode()


def test_who_comes_second_is_told_and_sees_what_stands(page):
    event = samples.event()
    resolve(page, event, "first")
    answer = resolve(page, event, "second", **HTMX)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "resolved already" in body
    assert "first" in body


def test_looking_at_the_address_of_the_act_leads_to_the_event(page):
    event = samples.event()
    answer = page.get(f"{PAGE}/events/{event.pk}/resolve")
    assert (answer.status_code, answer["Location"].split("=")[-1]) == (302, str(event.pk))


@pytest.mark.parametrize(
    ("role", "may"),
    [("viewer", False), ("knowledge_owner", False), ("operator", True), ("project_admin", True)],
)
def test_who_may_resolve(project, role, may):
    event, client = samples.event(), signed_in(role)
    assert ("Resolve by hand" in text(client)) is may
    assert resolve(client, event, "why").status_code == (302 if may else 403)
    assert GovernanceEvent.objects.get().resolved is may


def test_another_projects_event_is_nowhere(page, other_project):
    with tenancy.scope(["other"]):
        foreign = samples.event("other", impact="foreign-words")
    assert "foreign-words" not in text(page)
    assert page.get(PAGE, {"event_id": str(foreign.pk)}).status_code == 404
    assert page.get(PAGE, {"project_id": "other"}).status_code == 404
    assert resolve(page, foreign, "mine").status_code == 404


def test_what_stands_in_an_event_is_text_and_not_markup(page):
    samples.event(
        impact="<script>alert(1)</script>", subject="<b>", details={"x": "</pre><script>"}
    )
    found = text(page)
    assert "<script>alert" not in found
    assert "</pre><script>" not in found


def test_details_of_any_shape_are_no_failure(page):
    for number, details in enumerate([[], "text", 7, {"ownership": "nobody"}, {}]):
        samples.event(subject=str(number), details=details)
    assert page.get(PAGE).status_code == 200


def test_the_navigation_counts_what_presses(page):
    samples.event(subject="a")
    samples.event(subject="b", severity="critical")
    samples.event(subject="c", severity="info", event_type="self_demotion")
    samples.event(subject="d", resolved=True)
    nav = page.get(PAGE).context["nav"]
    (entry,) = [item for item in nav if item["href"] == PAGE]
    assert (entry["count"], entry["active"]) == (2, True)


def test_twice_the_events_cost_no_more_statements_and_only_read(page):
    counts = []
    for _ in range(2):
        for _ in range(4):
            samples.dispatch(samples.event(subject=str(uuid4())))
        with CaptureQueriesContext(connection) as queries, read_only():
            text(page)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]
