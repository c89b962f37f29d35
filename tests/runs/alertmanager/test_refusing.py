"""What is refused is named, logged, counted and kept; a passing fault asks to try again."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError

from awooop import counters
from awooop.models import Project
from runs.actions import alert_groups, alertmanager
from runs.models import ChannelEvent, Incident, Run
from tests import factories
from tests.runs.alertmanager.payloads import PATH, alert, notification, resolved

pytestmark = pytest.mark.django_db


@pytest.fixture
def everywhere(project, other_project):
    """A client whose key is for every project."""
    return factories.ApiClient(factories.api_key(None))


def of(project_id, instance="db1", **changes):
    labels = {"alertname": "DiskFull", "instance": instance, "project_id": project_id}
    return alert(instance, labels=labels, **changes)


def nothing_made():
    return not (Incident.objects.exists() or Run.objects.exists())


# --- a body that can never be understood ----------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"\xff\x00 not json", "body"),
        (b'{"alerts": [', "body"),
        ("[]", "body"),
        ("{}", "alerts"),
        ('{"alerts": []}', "alerts"),
        ('{"alerts": [{"labels": {}}, 3]}', "alerts[1]"),
        ('{"alerts": [{"labels": null}]}', "alerts[0].labels"),
        ("[" * 100_000, "body"),
    ],
)
def test_a_body_that_cannot_be_understood_is_refused_and_kept(api, body, field):
    response = api.post(PATH, body)
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"][0]["field"] == field
    event = ChannelEvent.objects.get()
    assert response.json()["kept_as"] == [str(event.pk)]
    assert event.is_refused
    assert event.channel_type == "alertmanager"
    assert event.source_envelope["refused"]["errors"][0]["field"] == field
    assert nothing_made()


def test_the_same_refused_body_again_is_kept_as_a_duplicate(api):
    for _ in range(3):
        assert api.post(PATH, "nonsense").status_code == 422
    kept = ChannelEvent.objects.filter(is_refused=True)
    assert kept.filter(is_duplicate=False).count() == 1
    assert kept.filter(is_duplicate=True).count() == 2


def test_a_kept_body_is_redacted_and_bounded(api):
    secret = "ghp_" + "a1B2c3D4e5" * 4
    api.post(PATH, json.dumps({"token": secret, "text": "x" * 1_000_000}))
    event = ChannelEvent.objects.get()
    assert secret not in event.content_redacted
    assert len(event.content_redacted) <= 16_384
    assert len(event.content_preview) <= 500
    assert event.source_envelope["body_bytes"] > 1_000_000


def test_refusals_are_counted(api):
    api.post(PATH, "nonsense")
    counted = [labels for name, labels, _ in counters.read() if name == "awooop_ingested"]
    assert counted == [{"kind": "alert_refused", "project_id": "awoooi"}]


def test_a_body_over_the_bound_is_413(api):
    body = json.dumps(notification(alert(annotations={"summary": "x" * (5 * 1024 * 1024)})))
    assert api.post(PATH, body).status_code == 413
    assert nothing_made()


# --- who may --------------------------------------------------------------------------------------


def test_without_a_key_it_is_401(project):
    assert factories.ApiClient(None).post(PATH, notification()).status_code == 401
    assert not ChannelEvent.objects.exists()


def test_a_key_without_the_scope_is_403(project):
    client = factories.ApiClient(factories.api_key(scopes=["read", "decide", "govern"]))
    response = client.post(PATH, notification())
    assert (response.status_code, response.json()["code"]) == (403, "scope_missing")
    assert not ChannelEvent.objects.exists()


def test_a_person_signed_in_on_the_pages_may_not(page):
    assert page.post(f"/api/v1{PATH}", "{}", content_type="application/json").status_code == 401


# --- which project --------------------------------------------------------------------------------


def test_a_projects_key_writes_to_its_project_whatever_the_label_says(api, other_project):
    assert api.post(PATH, notification(of("other"))).status_code == 202
    assert Incident.objects.get().project_id == "awoooi"


def test_a_key_for_every_project_writes_where_the_label_says(everywhere):
    response = everywhere.post(PATH, notification(of("awoooi")))
    assert response.status_code == 202
    assert Incident.objects.get().project_id == "awoooi"
    assert Run.objects.get().project_id == "awoooi"


@pytest.mark.parametrize("place", ["commonLabels", "groupLabels"])
def test_the_label_of_the_group_counts_for_its_alerts(everywhere, place):
    body = notification(alert(), **{place: {"project_id": "awoooi"}})
    assert everywhere.post(PATH, body).status_code == 202
    assert Incident.objects.get().project_id == "awoooi"


def test_without_the_label_such_a_key_is_told_so(everywhere):
    response = everywhere.post(PATH, notification(alert(), of("awoooi", "db2")))
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "alerts[0].labels.project_id"
    assert nothing_made()


def test_what_names_no_project_is_kept_where_a_part_of_it_belongs(everywhere):
    everywhere.post(PATH, notification(alert(), of("awoooi", "db2")))
    event = ChannelEvent.objects.get()
    assert (event.project_id, event.is_refused) == ("awoooi", True)


def test_an_unknown_project_is_404_and_nothing_is_written_elsewhere(everywhere):
    response = everywhere.post(PATH, notification(of("awoooi"), of("nowhere", "db2")))
    assert response.status_code == 404
    assert nothing_made()


def test_a_notification_about_two_projects_is_split(everywhere):
    from awooop import tenancy

    body = notification(of("awoooi"), of("other", "db2", status="resolved"))
    made = everywhere.post(PATH, body).json()
    assert (made["events"], len(made["incidents_opened"])) == (2, 1)
    assert [event.content_preview[:8] for event in ChannelEvent.objects.all()] == ["[FIRING]"]
    with tenancy.scope(["other"]):
        assert ChannelEvent.objects.get().content_preview.startswith("[RESOLVED]")
        assert not Incident.objects.exists()


def test_a_part_of_a_split_group_closes_when_that_projects_alerts_are_over(everywhere):
    everywhere.post(PATH, notification(of("awoooi"), of("other", "db2")))
    body = notification(of("awoooi", status="resolved"), of("other", "db2"))
    made = everywhere.post(PATH, body).json()
    assert made["incidents_resolved"] == [Incident.objects.get().pk]


def test_an_inactive_project_is_409_and_the_notification_kept(api, project):
    Project.objects.filter(pk="awoooi").update(is_active=False)
    for body in (notification(), notification(resolved())):
        response = api.post(PATH, body)
        assert (response.status_code, response.json()["code"]) == (409, "project_inactive")
    assert ChannelEvent.objects.filter(is_refused=True).count() == 2
    assert nothing_made()


def test_a_kept_notification_is_taken_when_it_is_sent_again_later(api, project):
    Project.objects.filter(pk="awoooi").update(is_active=False)
    api.post(PATH, notification())
    Project.objects.filter(pk="awoooi").update(is_active=True)
    assert api.post(PATH, notification()).json()["events"] == 1


def test_where_one_project_of_two_is_inactive_neither_is_written(everywhere):
    from awooop import tenancy

    with tenancy.scope(["other"]):
        Project.objects.filter(pk="other").update(is_active=False)
    response = everywhere.post(PATH, notification(of("awoooi"), of("other", "db2")))
    assert response.status_code == 409
    assert nothing_made()
    assert ChannelEvent.objects.get().is_refused


# --- passing faults -------------------------------------------------------------------------------


def test_a_fault_of_the_database_is_503_and_nothing_stays(api, monkeypatch):
    def fail(**_):
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(alertmanager.alert_groups.links, "for_events", lambda events: fail())
    response = api.post(PATH, notification())
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    monkeypatch.undo()
    assert nothing_made()
    assert not ChannelEvent.objects.exists()


def test_a_notification_that_is_always_overtaken_is_503(api, monkeypatch):
    monkeypatch.setattr(alert_groups.bulk, "insert_new", lambda rows: set())
    response = api.post(PATH, notification(resolved()))
    assert response.status_code == 503
    assert "Retry-After" in response
