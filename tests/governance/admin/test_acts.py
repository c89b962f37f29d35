"""Events and dispatches in the admin: looked at, and moved by the product's own actions."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awooop import tenancy
from awooop.models import AuditRecord
from governance.models import Dispatch, GovernanceEvent
from tests import factories
from tests.governance import samples

EVENTS = "admin:governance_governanceevent_"
DISPATCHES = "admin:governance_dispatch_"


def act(client, kind, row, name, **form):
    return client.post(reverse(f"{kind}act", args=[row.pk, name]), {"apply": "1", **form})


def staff(role: str) -> Client:
    account = factories.user(f"{role}@example.org", awoooi=role)
    account.is_staff = True
    account.save()
    client = Client()
    client.force_login(account)
    return client


def test_an_event_is_resolved_by_the_action(admin_page):
    event = samples.event()
    assert act(admin_page, EVENTS, event, "resolve", note="Mended").status_code == 302
    event.refresh_from_db()
    assert (event.resolved, event.resolution_note) == (True, "Mended")
    assert AuditRecord.objects.filter(action="governance.event.resolve").count() == 1


def test_without_a_note_it_is_not(admin_page):
    event = samples.event()
    assert act(admin_page, EVENTS, event, "resolve", note="").status_code == 422
    assert not GovernanceEvent.objects.get().resolved


def test_a_resolved_event_offers_no_act_and_refuses_it(admin_page):
    event = samples.event(resolved=True)
    found = admin_page.get(reverse(f"{EVENTS}change", args=[event.pk])).content.decode()
    assert "/act/resolve/" not in found
    assert act(admin_page, EVENTS, event, "resolve", note="again").status_code == 409


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        ("pending", "start", "executing"),
        ("executing", "complete", "succeeded"),
        ("executing", "fail", "failed"),
        ("pending", "skip", "skipped"),
        ("pending", "cancel", "cancelled"),
    ],
)
def test_each_verb_moves_a_dispatch(admin_page, before, verb, after):
    dispatch = samples.dispatch(dispatch_status=before, attempt_count=1)
    assert act(admin_page, DISPATCHES, dispatch, verb, note="").status_code == 302
    assert Dispatch.objects.get().dispatch_status == after


def test_a_page_offers_what_the_path_allows(admin_page):
    dispatch = samples.dispatch(dispatch_status="executing")
    found = admin_page.get(reverse(f"{DISPATCHES}change", args=[dispatch.pk])).content.decode()
    offered = {verb for verb in ("start", "complete", "fail", "skip", "cancel")
               if f"/act/{verb}/" in found}  # fmt: skip
    assert offered == {"complete", "fail", "cancel"}


def test_off_its_path_is_refused(admin_page):
    dispatch = samples.dispatch(dispatch_status="succeeded")
    assert act(admin_page, DISPATCHES, dispatch, "start", note="").status_code == 409


def test_a_viewer_looks_and_does_nothing(project):
    event, client = samples.event(), staff("viewer")
    assert client.get(reverse(f"{EVENTS}change", args=[event.pk])).status_code == 200
    assert act(client, EVENTS, event, "resolve", note="x").status_code == 403
    assert act(client, DISPATCHES, samples.dispatch(event), "start").status_code == 403


def test_another_projects_rows_are_not_there(admin_page, other_project):
    with tenancy.scope(["other"]):
        event = samples.event("other", subject="foreign-words")
        dispatch = samples.dispatch(event)
    assert "foreign-words" not in admin_page.get(reverse(f"{EVENTS}changelist")).content.decode()
    for kind, row, name in ((EVENTS, event, "resolve"), (DISPATCHES, dispatch, "start")):
        assert act(admin_page, kind, row, name, note="x").status_code == 404


@pytest.mark.parametrize(
    "model",
    ["governanceevent", "dispatch", "selfcheckcycle", "slosample", "driftfingerprint"],
)
def test_evidence_is_neither_added_nor_changed_nor_deleted(root_page, model):
    samples.dispatch()
    samples.cycle()
    assert root_page.get(reverse(f"admin:governance_{model}_changelist")).status_code == 200
    assert root_page.get(reverse(f"admin:governance_{model}_add")).status_code == 403


@pytest.mark.parametrize("kind", [EVENTS, DISPATCHES])
def test_twice_the_rows_cost_no_more_statements(admin_page, kind):
    counts = []
    for start in (0, 10):
        for n in range(start, start + 10):
            samples.dispatch(samples.event(subject=str(n)))
        with CaptureQueriesContext(connection) as queries:
            assert admin_page.get(reverse(f"{kind}changelist")).status_code == 200
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]
