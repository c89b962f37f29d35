from __future__ import annotations

import pytest

from awooop import tenancy
from awooop.models import AuditRecord
from governance.models import DriftFingerprint
from tests import factories
from tests.governance.drift.support import made, report
from tests.runs.together import together

pytestmark = pytest.mark.django_db


def path(drift, verb):
    return f"/drift/fingerprints/{drift.pk}/{verb}"


def settle(api, drift, verb, **body):
    return api.post(path(drift, verb), body)


def settle_twice(api, drift, verb, **body):
    """Preview, then confirm with the preview's fingerprint."""
    preview = settle(api, drift, verb, **body).json()
    return settle(
        api,
        drift,
        verb,
        dry_run=False,
        dry_run_plan_fingerprint=preview["dry_run_plan_fingerprint"],
        **body,
    )


def test_a_preview_changes_nothing(api):
    drift = made()
    answer = settle(api, drift, "resolve").json()
    assert (answer["status"], answer["dry_run"], answer["state"]) == ("dry_run", True, "detected")
    assert len(answer["dry_run_plan_fingerprint"]) == 64
    drift.refresh_from_db()
    assert (drift.state, drift.version) == ("detected", 1)


@pytest.mark.parametrize(
    ("verb", "body", "state"),
    [
        ("handoff", {"owner": "kim"}, "handed_off"),
        ("adopt", {}, "adopted"),
        ("resolve", {"note": "repaired"}, "resolved"),
    ],
)
def test_each_verb_with_the_previews_fingerprint(api, verb, body, state):
    drift = made()
    answer = settle_twice(api, drift, verb, **body)
    assert answer.status_code == 200
    assert answer.json()["status"] == state
    drift.refresh_from_db()
    assert drift.state == state
    record = AuditRecord.objects.get(action=f"governance.drift.{verb}")
    assert record.details["from"] == "detected"


def test_without_a_preview(api):
    answer = settle(api, made(), "resolve", dry_run=False)
    assert (answer.status_code, answer.json()["code"]) == (409, "dry_run_required")


@pytest.mark.parametrize("change", ["seen again", "other inputs"])
def test_another_plan_than_the_previewed_one(api, change):
    drift = made()
    preview = settle(api, drift, "handoff", owner="kim").json()
    body = {"owner": "kim", "dry_run_plan_fingerprint": preview["dry_run_plan_fingerprint"]}
    if change == "seen again":
        report()
    else:
        body["owner"] = "lee"
    answer = settle(api, drift, "handoff", dry_run=False, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_changed")
    drift.refresh_from_db()
    assert drift.state == "detected"


def test_done_already_is_no_error_and_no_second_write(api):
    drift = made()
    settle_twice(api, drift, "resolve")
    answer = settle(api, drift, "resolve", dry_run=False)
    assert (answer.status_code, answer.json()["status"]) == (200, "already_resolved")
    assert AuditRecord.objects.filter(action="governance.drift.resolve").count() == 1


def test_what_is_settled_cannot_be_settled_otherwise(api):
    drift = made()
    settle_twice(api, drift, "resolve")
    answer = settle(api, drift, "adopt")
    assert (answer.status_code, answer.json()["code"]) == (409, "drift_settled")


def test_a_handoff_needs_an_owner(api):
    answer = settle(api, made(), "handoff")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "owner"


def test_a_machine_adopts_only_where_every_condition_holds(api):
    answer = settle(api, made(namespace="shop-prod"), "adopt")
    assert (answer.status_code, answer.json()["code"]) == (409, "auto_adopt_refused")


def test_an_unknown_drift_and_another_projects_are_the_same(api, other_project):
    with tenancy.scope(["other"]):
        drift = made(project="other")
    answer = settle(api, drift, "resolve")
    assert answer.status_code == 404
    assert api.get("/drift/fingerprints/state").json()["items"] == []


def test_a_key_needs_the_scope_to_govern(project):
    drift = made()
    reader = factories.ApiClient(factories.api_key(scopes=["read", "ingest", "decide"]))
    assert settle(reader, drift, "resolve").status_code == 403


def test_the_list_tells_each_state_and_filters(api):
    made()
    made(namespace="shop-prod", resource="web", pr_url="https://git.example.org/pull/1")
    rows = api.get("/drift/fingerprints/state").json()["items"]
    assert {row["resource"]: row["state"] for row in rows} == {"api": "detected", "web": "pr_open"}
    (row,) = api.get("/drift/fingerprints/state", namespace="shop-prod").json()["items"]
    assert row["auto_adopt"]["eligible"] is False
    assert row["pr_url"] == "https://git.example.org/pull/1"
    assert [c["name"] for c in row["auto_adopt"]["conditions"] if not c["ok"]] == ["not_production"]
    bad = api.get("/drift/fingerprints/state", state="nope")
    assert bad.status_code == 422


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("truncatable")
def test_of_eight_confirmations_at_once_one_writes():
    factories.project("awoooi")
    key = factories.api_key("awoooi")
    with tenancy.scope(["awoooi"]):
        drift = made()
    api = factories.ApiClient(key)
    fingerprint = settle(api, drift, "resolve").json()["dry_run_plan_fingerprint"]

    def one():
        client = factories.ApiClient(key)
        body = {"dry_run": False, "dry_run_plan_fingerprint": fingerprint}
        return settle(client, drift, "resolve", **body).json()["status"]

    assert sorted(together([one] * 8)) == ["already_resolved"] * 7 + ["resolved"]
    with tenancy.scope(["awoooi"]):
        assert DriftFingerprint.objects.get().version == 2
        assert AuditRecord.objects.filter(action="governance.drift.resolve").count() == 1
