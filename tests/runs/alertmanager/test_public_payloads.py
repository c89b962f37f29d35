"""What real senders post, file by file: each stored once, the right incident opened or closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from runs.models import ChannelEvent, Incident, Run, RunIncident
from tests.runs.alertmanager.payloads import PATH

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
ALERTS = sorted((DATA / "alertmanager").rglob("*.json"))
UNREADABLE = DATA / "alertmanager" / "20_invalid_json.txt"
# Of other senders: Grafana speaks Alertmanager's language, the others do not.
OTHERS = sorted((DATA / "other_webhooks").glob("*.json"))
GRAFANA = [path for path in OTHERS if path.name in (
    "grafana_unified_firing_v1.json", "grafana_v12_test_alert.json")]  # fmt: skip
FOREIGN = [path for path in OTHERS if path not in GRAFANA]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not ALERTS, reason="the public payloads are not here"),
]

# What each file makes when all are posted in this order: events, duplicates, opened, recurred,
# resolved (numbers of incidents).
EXPECTED = {
    "01_single_firing": (1, 0, 1, 0, 0),
    "02_firing_nanosecond_offset": (1, 0, 1, 0, 0),
    "03_resolved_nanosecond_offset": (1, 0, 0, 0, 1),
    "04_grouped_three_fingerprints": (3, 0, 1, 0, 0),
    "05_mixed_firing_resolved_shared_fingerprint": (1, 0, 1, 0, 0),
    "06_resolved_with_runbook_url": (1, 0, 0, 0, 0),
    "07_resolved_two_no_group_fields": (1, 0, 0, 0, 0),
    "08_missing_alertname_and_status": (0, 1, 0, 0, 0),  # the same fingerprint and start as 07
    "09_missing_fingerprint": (1, 0, 0, 0, 0),
    "10_huge_annotation_v3": (1, 0, 1, 0, 0),
    "11_unicode_many_alerts_no_status": (11, 0, 1, 0, 0),
    "12_grouped_three_regex_groupkey": (3, 0, 1, 0, 0),
    "13_resolved_zero_endsat": (3, 0, 0, 0, 1),
    "14_truncated_two": (1, 0, 1, 0, 0),
    "15_firing_severity_group": (1, 0, 1, 0, 0),
    "16_upstream_v034_default": (1, 0, 0, 0, 0),
    "17_utf8_label_names": (1, 0, 1, 0, 0),
    "18_mixed_kube_with_runbook_urls": (2, 0, 1, 0, 0),
    "19_truncated_max_alerts_1": (1, 0, 0, 1, 0),  # a member that 04 did not have
    "firing": (1, 0, 1, 0, 0),
    "firing_from_prometheus": (1, 0, 1, 0, 0),
    "grouped_two": (2, 0, 1, 0, 0),
    "mixed_partly_resolved": (1, 1, 0, 0, 0),
    "resolved": (1, 0, 0, 0, 1),
}


def post_all(api, paths):
    return {path.stem: api.post(PATH, path.read_bytes()) for path in paths}


def summary(response):
    made = response.json()
    kinds = ("incidents_opened", "incidents_recurred", "incidents_resolved")
    return (made["events"], made["duplicates"], *(len(made[kind]) for kind in kinds))


def state():
    return [
        list(rows.order_by("pk").values())
        for rows in (
            Incident.objects.all(),
            Run.objects.all(),
            RunIncident.objects.all(),
            ChannelEvent.objects.filter(is_duplicate=False),
        )
    ]


def test_each_file_makes_what_it_says(api):
    answers = post_all(api, ALERTS)
    assert {response.status_code for response in answers.values()} == {202}
    assert {stem: summary(response) for stem, response in answers.items()} == EXPECTED


def test_what_was_answered_is_what_is_stored(api):
    made = [response.json() for response in post_all(api, ALERTS).values()]
    opened = {ident for one in made for ident in one["incidents_opened"]}
    resolved = {ident for one in made for ident in one["incidents_resolved"]}
    runs = {ident for one in made for ident in one["runs"]}
    assert opened == set(Incident.objects.values_list("pk", flat=True))
    assert resolved == set(Incident.objects.filter(status="resolved").values_list("pk", flat=True))
    assert runs == {str(pk) for pk in Run.objects.values_list("pk", flat=True)}
    assert len(runs) == len(opened)
    originals = ChannelEvent.objects.filter(is_duplicate=False)
    assert originals.count() == sum(one["events"] for one in made)


def test_the_end_of_a_group_closes_the_incident_that_its_start_opened(api):
    answers = post_all(api, ALERTS)
    pairs = [
        ("02_firing_nanosecond_offset", "03_resolved_nanosecond_offset"),
        ("12_grouped_three_regex_groupkey", "13_resolved_zero_endsat"),
        ("firing", "resolved"),
    ]
    for start, end in pairs:
        opened = answers[start].json()["incidents_opened"]
        assert opened == answers[end].json()["incidents_resolved"]
    opened = answers["04_grouped_three_fingerprints"].json()["incidents_opened"]
    assert opened == answers["19_truncated_max_alerts_1"].json()["incidents_recurred"]


def test_posting_all_again_changes_nothing_but_duplicates(api):
    first = post_all(api, ALERTS)
    before = state()
    again = post_all(api, ALERTS)
    assert state() == before
    for stem, response in again.items():
        told = first[stem].json()
        assert summary(response) == (0, told["events"] + told["duplicates"], 0, 0, 0), stem
        assert response.json()["runs"] == []


def test_every_incident_of_the_files_has_its_run(api):
    post_all(api, ALERTS)
    for incident in Incident.objects.all():
        (link,) = RunIncident.objects.filter(incident_id=incident.pk)
        assert link.run.agent_id == "sre-agent"
        assert link.run.inbound_events.exists()


def test_the_unreadable_file_is_refused_with_a_reason_and_kept(api):
    response = api.post(PATH, UNREADABLE.read_bytes())
    assert response.status_code == 422
    assert "is not JSON" in response.json()["detail"]
    assert ChannelEvent.objects.get().is_refused


@pytest.mark.parametrize("path", FOREIGN, ids=lambda path: path.stem)
def test_another_systems_webhook_is_refused_and_kept(api, path):
    response = api.post(PATH, path.read_bytes())
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["alerts"]
    assert ChannelEvent.objects.get().is_refused
    assert not Incident.objects.exists()


@pytest.mark.parametrize("path", GRAFANA, ids=lambda path: path.stem)
def test_grafana_speaks_alertmanagers_language(api, path):
    response = api.post(PATH, path.read_bytes())
    assert response.status_code == 202
    assert len(response.json()["incidents_opened"]) == 1
