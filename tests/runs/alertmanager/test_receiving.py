"""A notification opens, recurs and closes the right incident, once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, counters
from awooop.api import api as api_v1
from awooop.models import AuditRecord, Project
from runs import signals
from runs.actions import alertmanager, incidents, links
from runs.models import ChannelEvent, Incident, Run, RunIncident
from tests import factories
from tests.runs.alertmanager.payloads import (
    LATER,
    PATH,
    alert,
    many,
    notification,
    resolved,
)

pytestmark = pytest.mark.django_db
NOTHING = {
    "events": 0,
    "duplicates": 0,
    "truncated": 0,
    "incidents_opened": [],
    "incidents_recurred": [],
    "incidents_resolved": [],
    "runs": [],
}


def opened(made) -> Incident:
    (incident_id,) = made["incidents_opened"]
    return Incident.objects.get(pk=incident_id)


def rows():
    return {
        "incidents": list(Incident.objects.order_by("pk").values()),
        "runs": list(Run.objects.order_by("pk").values()),
        "links": list(RunIncident.objects.order_by("pk").values()),
        "originals": list(ChannelEvent.objects.filter(is_duplicate=False).order_by("pk").values()),
        "audit": AuditRecord.objects.count(),
    }


# --- firing


def test_a_firing_alert_opens_an_incident_and_says_what_it_made(send):
    made = send(notification())
    incident = opened(made)
    assert made == NOTHING | {
        "events": 1,
        "incidents_opened": [incident.pk],
        "runs": [str(Run.objects.get().pk)],
    }


def test_the_incident_stands_for_the_group(send):
    body = notification(alert("db1"), alert("db2"), commonAnnotations={"runbook_url": "http://r/1"})
    incident = opened(send(body))
    assert incident.fingerprint == '{}:{alertname="DiskFull"}'
    assert incident.title == "DiskFull: disk of db1 91% (and 1 more)"
    assert incident.severity == "warning"
    assert (incident.source, incident.status) == ("alertmanager", "open")
    assert incident.labels == {"alertname": "DiskFull"}
    assert incident.annotations == {"runbook_url": "http://r/1"}
    assert incident.recurrence_count == 0


def test_a_new_incident_queues_one_run_for_the_projects_default_agent(send):
    Project.objects.filter(pk="awoooi").update(default_agent_id="disk-agent")
    incident = opened(send(notification(*many(3))))
    run = Run.objects.get()
    assert (run.agent_id, run.state, run.trigger_type) == ("disk-agent", "pending", "alert")
    assert run.trigger_ref == f"{incident.pk} alertmanager:{incident.fingerprint}"


def test_the_run_belongs_to_the_incident_and_the_events_to_the_run(send):
    incident = opened(send(notification(*many(2))))
    run = Run.objects.get()
    (link,) = RunIncident.objects.filter(run=run)
    assert (link.incident_id, link.source) == (incident.pk, "trigger_ref")
    assert run.inbound_events.count() == 2
    before = list(RunIncident.objects.values("run_id", "incident_id", "source", "position"))
    links.relink(run)
    after = list(RunIncident.objects.values("run_id", "incident_id", "source", "position"))
    assert before == after


def test_each_occurrence_is_one_channel_event(send):
    incident = opened(send(notification(alert(annotations={"summary": "full", "team": "sre"}))))
    event = ChannelEvent.objects.get()
    assert event.channel_type == "alertmanager"
    assert event.channel_chat_id == "awooop"
    assert event.provider_event_id.endswith(":2026-11-20T10:00:00.000000Z")
    assert event.content_preview == "[FIRING] DiskFull: full\nsummary: full\nteam: sre"
    assert not event.is_duplicate
    envelope = event.source_envelope
    assert envelope["source_refs"] == {"incident_ids": [incident.pk]}
    assert envelope["labels"]["instance"] == "db1"
    assert envelope["annotations"] == {"summary": "full", "team": "sre"}
    assert envelope["group"] == incident.fingerprint


def test_a_run_that_names_the_occurrence_as_its_trigger_is_linked_too(send):
    first = send(notification())
    provider_id = ChannelEvent.objects.get().provider_event_id
    Incident.objects.all().delete()
    ChannelEvent.objects.all().delete()
    run = factories.run(trigger_ref=provider_id)
    again = send(notification())
    assert again["incidents_opened"] != first["incidents_opened"]
    links_of_run = RunIncident.objects.filter(run=run).values_list("incident_id", flat=True)
    assert list(links_of_run) == again["incidents_opened"]


def test_groups_have_incidents_of_their_own(send):
    first = send(notification(alert("db1")))
    second = send(notification(alert("web1"), groupKey="another"))
    assert opened(first) != opened(second)
    assert Run.objects.count() == 2


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_the_content_type_does_not_matter(api, content_type):
    response = api.client.post(
        f"/api/v1{PATH}", json.dumps(notification()), content_type=content_type, headers=api.headers
    )
    assert response.status_code == 202


# --- repeats


@pytest.mark.parametrize("body", [notification(*many(3)), notification(resolved())])
def test_a_repeat_is_stored_as_duplicate_and_changes_nothing_else(send, body):
    first = send(body)
    before = rows()
    with clock.set_to(datetime.now(UTC) + timedelta(hours=4)):
        again = send(body)
    assert again == NOTHING | {"duplicates": first["events"]}
    assert rows() == before
    assert ChannelEvent.objects.filter(is_duplicate=True).count() == first["events"]


def test_a_duplicate_names_its_incident_and_belongs_to_no_run(send):
    incident = opened(send(notification()))
    send(notification())
    event = ChannelEvent.objects.get(is_duplicate=True)
    assert event.source_envelope["source_refs"]["incident_ids"] == [incident.pk]
    assert event.run_id is None


def test_an_occurrence_that_stands_twice_in_a_notification_is_one(send):
    made = send(notification(alert(), alert()))
    assert (made["events"], made["duplicates"]) == (1, 0)


def test_an_occurrence_that_comes_in_a_second_group_is_a_repeat(send):
    send(notification())
    made = send(notification(groupKey="another"))
    assert made == NOTHING | {"duplicates": 1}


def test_the_repeat_of_an_alert_whose_incident_a_person_closed_does_not_open_it_again(send, by):
    incident = opened(send(notification()))
    incidents.resolve(by=by, project_id="awoooi", incident_id=incident.pk, resolution_type="manual")
    assert send(notification()) == NOTHING | {"duplicates": 1}


# --- recurrence


def test_a_new_start_and_a_new_member_recur_the_open_incident(send):
    incident = opened(send(notification(alert("db1"))))
    made = send(notification(alert("db1", starts_at=LATER), alert("db2")))
    assert made == NOTHING | {"events": 2, "incidents_recurred": [incident.pk]}
    incident.refresh_from_db()
    assert incident.recurrence_count == 2
    assert Run.objects.count() == 1


def test_what_is_repeated_beside_a_new_alert_does_not_count(send):
    incident = opened(send(notification(alert("db1"))))
    made = send(notification(alert("db1"), alert("db2")))
    assert (made["events"], made["duplicates"]) == (1, 1)
    incident.refresh_from_db()
    assert incident.recurrence_count == 1


def test_a_recurrence_is_seen_now_and_raises_the_severity_but_never_lowers_it(send):
    incident = opened(send(notification(alert("db1"))))
    labels = {"alertname": "DiskFull", "instance": "db2", "severity": "critical"}
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    with clock.set_to(at):
        send(notification(alert("db2", labels=labels)))
    send(notification(alert("db3")))
    incident.refresh_from_db()
    assert incident.severity == "critical"
    assert incident.last_seen_at < at + timedelta(minutes=5)


def test_the_recurring_event_belongs_to_the_incidents_run(send):
    send(notification(alert("db1")))
    send(notification(alert("db2")))
    assert Run.objects.get().inbound_events.count() == 2


def test_an_incident_under_investigation_recurs_as_well(send, key):
    incident = opened(send(notification(alert("db1"))))
    Incident.objects.update(status="investigating")
    assert send(notification(alert("db2")))["incidents_recurred"] == [incident.pk]


# --- the end


def test_the_resolved_group_closes_its_incident_as_cleared(send):
    told = []
    signals.incident_resolved.connect(receiver := lambda **kw: told.append(kw["incident"].pk))
    incident = opened(send(notification(*many(2))))
    made = send(notification(resolved("db0"), resolved("db1")))
    signals.incident_resolved.disconnect(receiver)
    assert made == NOTHING | {"events": 2, "incidents_resolved": [incident.pk]}
    incident.refresh_from_db()
    assert (incident.status, incident.resolution_type) == ("resolved", "alert_cleared")
    assert incident.disposition == "cleared"
    assert told == [incident.pk]
    assert AuditRecord.objects.filter(action="incident.resolve").count() == 1


def test_a_partly_resolved_group_stays_open(send):
    incident = opened(send(notification(*many(2))))
    made = send(notification(resolved("db0"), alert("db1")))
    assert made == NOTHING | {"events": 1, "duplicates": 1}
    incident.refresh_from_db()
    assert (incident.status, incident.recurrence_count) == ("open", 0)


def test_a_group_that_is_firing_beyond_the_list_stays_open(send):
    opened(send(notification(*many(2))))
    body = notification(resolved("db0"), status="firing", truncatedAlerts=1)
    assert send(body)["incidents_resolved"] == []


def test_a_new_start_after_the_end_opens_another_incident(send):
    first = opened(send(notification()))
    send(notification(resolved()))
    second = opened(send(notification(alert(starts_at=LATER))))
    assert first != second
    assert Run.objects.count() == 2


def test_the_late_repeat_of_an_earlier_end_does_not_close_the_next_incident(send):
    send(notification())
    send(notification(resolved()))
    send(notification(alert(starts_at=LATER)))
    assert send(notification(resolved())) == NOTHING | {"duplicates": 1}


def test_the_late_first_telling_of_an_earlier_end_does_not_close_the_next_incident(send, by):
    first = opened(send(notification()))
    incidents.resolve(by=by, project_id="awoooi", incident_id=first.pk, resolution_type="manual")
    send(notification(alert(starts_at=LATER)))
    made = send(notification(resolved()))
    assert made == NOTHING | {"events": 1}
    event = ChannelEvent.objects.latest("received_at")
    assert event.source_envelope["source_refs"]["incident_ids"] == [first.pk]


def test_an_end_that_a_newer_start_overtook_leaves_the_incident_open(send):
    incident = opened(send(notification()))
    send(notification(alert(starts_at=LATER)))
    assert send(notification(resolved())) == NOTHING | {"events": 1}
    over = resolved(starts_at=LATER, endsAt="2026-11-20T11:30:00Z")
    assert send(notification(over))["incidents_resolved"] == [incident.pk]


def test_a_newer_start_that_was_told_to_be_over_does_not_keep_the_incident_open(send):
    incident = opened(send(notification(*many(2))))
    send(notification(alert("db1"), alert("db2", starts_at=LATER)))
    send(notification(alert("db1"), resolved("db2", starts_at=LATER, endsAt=LATER)))
    assert send(notification(resolved("db1")))["incidents_resolved"] == [incident.pk]


def test_an_end_that_came_in_a_second_group_first_still_closes(send):
    incident = opened(send(notification()))
    send(notification(resolved(), groupKey="another"))
    assert send(notification(resolved()))["incidents_resolved"] == [incident.pk]


def test_an_end_whose_start_was_never_told_closes_the_groups_incident(send):
    incident = opened(send(notification(alert("db1"), truncatedAlerts=1)))
    assert send(notification(resolved("db2")))["incidents_resolved"] == [incident.pk]


def test_an_end_without_an_incident_is_stored_and_opens_nothing(send):
    assert send(notification(resolved())) == NOTHING | {"events": 1}


def test_a_start_that_was_overtaken_by_its_end_opens_nothing(send):
    send(notification(resolved()))
    assert send(notification()) == NOTHING | {"events": 1}


def test_a_waiting_run_is_left_to_people_when_the_alert_clears(send):
    send(notification())
    send(notification(resolved()))
    assert Run.objects.get().state == "pending"


# --- alerts without a start


def test_without_a_start_each_episode_opens_an_incident(send):
    firing, over = alert(starts_at=None), resolved(starts_at=None)
    first = opened(send(notification(firing)))
    assert send(notification(firing)) == NOTHING | {"duplicates": 1}
    assert send(notification(over))["incidents_resolved"] == [first.pk]
    second = opened(send(notification(firing)))
    assert send(notification(over))["incidents_resolved"] == [second.pk]


def test_an_end_without_a_start_that_came_alone_does_not_silence_the_alert(send):
    send(notification(resolved(starts_at=None)))
    incident = opened(send(notification(alert(starts_at=None))))
    event = ChannelEvent.objects.latest("received_at")
    assert event.source_envelope["source_refs"]["incident_ids"] == [incident.pk]


# --- safety


def test_secrets_are_redacted_everywhere(send):
    secret = "ghp_" + "a1B2c3D4e5" * 4
    texts = {"summary": f"push failed with {secret}", "password": "hunter2-hunter2"}
    labels = {"alertname": "Push", "url": f"https://x:{secret}@git.example"}
    body = notification(
        alert(labels=labels, annotations=texts, generatorURL=f"http://g/?token={secret}"),
        groupKey=f'{{}}:{{url="{secret}"}}',
        groupLabels=labels,
        commonLabels=labels,
        commonAnnotations=texts,
        externalURL=f"http://u:{secret}@am:9093",
        receiver=secret,
    )
    send(body)
    for model in (Incident, ChannelEvent, Run):
        stored = str(list(model.objects.values()))
        assert secret not in stored
        assert "hunter2" not in stored


def test_groups_that_differ_in_a_secret_only_stay_apart(send):
    keys = [f'{{}}:{{token="{"a1B2c3D4e5" * 3}{end}"}}' for end in "xy"]
    send(notification(alert("db1"), groupKey=keys[0]))
    send(notification(alert("db2"), groupKey=keys[1]))
    assert Incident.objects.count() == 2
    assert send(notification(alert("db3"), groupKey=keys[1]))["incidents_recurred"]


def test_what_is_over_the_bound_is_cut_off_and_said(send, monkeypatch):
    monkeypatch.setattr(alertmanager, "MAX_ALERTS", 3)
    body = notification(*[resolved(f"a{n}") for n in range(4)], *many(2), truncatedAlerts=1)
    made = send(body)
    assert (made["events"], made["truncated"]) == (3, 4)
    assert len(made["incidents_opened"]) == 1
    assert ChannelEvent.objects.filter(content_preview__startswith="[FIRING]").count() == 2


def test_stored_alerts_are_counted(send):
    send(notification(*many(2)))
    send(notification(*many(3)))
    counted = {
        labels["kind"]: value
        for name, labels, value in counters.read()
        if name == "awooop_ingested"
    }
    assert counted == {"alert": 3, "alert_duplicate": 2}


def test_the_number_of_queries_does_not_grow_with_the_alerts(api):
    for warm in (alert("warm"), resolved("warm")):  # what the first end of all teaches is kept
        api.post(PATH, notification(warm, groupKey="warm"))
    counts = []
    # Words that nobody has written yet: each group's draft teaches the search some.
    for size, word in ((5, "quintet"), (10, "decade")):
        steps = (
            notification(*many(size, f"{word}-"), groupKey=word),
            notification(*many(size * 2, f"{word}-"), groupKey=word),
            notification(*[resolved(f"{word}-{n}") for n in range(size * 2)], groupKey=word),
        )
        for body in steps:
            with CaptureQueriesContext(connection) as captured:
                assert api.post(PATH, body).status_code == 202
            counts.append(len(captured))
    assert counts[:3] == counts[3:]


def test_the_document_of_the_api_shows_a_notification_that_is_taken(send):
    operation = api_v1.get_openapi_schema()["paths"]["/api/v1/webhooks/alertmanager"]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    assert content["schema"]["type"] == "object"
    assert len(send(content["example"])["incidents_opened"]) == 1
    assert {202, 409, 422, 503} <= set(operation["responses"])


@pytest.fixture
def by(key):
    return factories.caller_of_key(key)
