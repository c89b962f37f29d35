from __future__ import annotations

import pytest

from awooop import tenancy
from awooop.models import AuditRecord
from governance.models import DriftFingerprint
from tests import factories
from tests.governance.drift.support import DIFF, made, report
from tests.runs.together import together


@pytest.mark.django_db
def test_the_same_drift_again_raises_its_occurrences(project):
    drift = made()
    report()
    report(diff={"spec": {"replicas": {"to": 3, "from": 2}}})
    found = DriftFingerprint.objects.get()
    assert (found.pk, found.occurrences) == (drift.pk, 3)


@pytest.mark.django_db
def test_volatile_fields_do_not_make_another_drift(project):
    made()
    report(diff={**DIFF, "metadata.resourceVersion": {"from": "1", "to": "9"}})
    assert DriftFingerprint.objects.get().occurrences == 2


@pytest.mark.django_db
def test_a_pull_request_opens_it_as_such(project):
    made()
    report(pr_url="https://git.example.org/pull/7")
    drift = DriftFingerprint.objects.get()
    assert (drift.state, drift.pr_url) == ("pr_open", "https://git.example.org/pull/7")


@pytest.mark.django_db
def test_an_empty_diff_makes_what_is_known_of_the_resource_zero_diff(project):
    drift, other = made(), made(resource="web")
    taken = report(diff={})
    assert [one.pk for one in taken.gone] == [drift.pk]
    states = dict(DriftFingerprint.objects.values_list("pk", "state"))
    assert states == {drift.pk: "zero_diff", other.pk: "detected"}


@pytest.mark.django_db
def test_a_diff_of_volatile_fields_alone_is_empty(project):
    made()
    report(diff={"metadata.generation": {"from": 1, "to": 2}})
    assert DriftFingerprint.objects.get().state == "zero_diff"


@pytest.mark.django_db
def test_an_empty_diff_of_nothing_known_is_ignored(project):
    taken = report(diff={})
    assert taken.ignored == 1
    assert not DriftFingerprint.objects.exists()


@pytest.mark.django_db
def test_what_was_gone_and_comes_back_is_open_again(project):
    made()
    report(diff={})
    report()
    drift = DriftFingerprint.objects.get()
    assert (drift.state, drift.occurrences) == ("detected", 2)


@pytest.mark.django_db
def test_a_handed_off_drift_stays_so(project):
    drift = made()
    DriftFingerprint.objects.update(state="handed_off", owner="kim")
    report()
    drift.refresh_from_db()
    assert (drift.state, drift.owner) == ("handed_off", "kim")


@pytest.mark.django_db
def test_new_and_gone_are_in_the_audit_chain(project):
    made()
    report()
    report(diff={})
    actions = AuditRecord.objects.filter(resource_type="drift_fingerprint").order_by("seq")
    assert list(actions.values_list("action", flat=True)) == [
        "governance.drift.detect",
        "governance.drift.gone",
    ]


@pytest.mark.usefixtures("truncatable")
def test_eight_reports_at_once_make_one_drift():
    factories.project("awoooi")

    def one():
        with tenancy.scope(["awoooi"]):
            report()

    together([one] * 8)
    with tenancy.scope(["awoooi"]):
        assert DriftFingerprint.objects.get().occurrences == 8


BODY = {
    "namespace": "staging",
    "items": [{"resource": "api", "kind": "Deployment", "diff": DIFF}],
}


@pytest.mark.django_db
def test_the_api_tells_what_was_taken_in(api):
    first = api.post("/drift/reports", BODY).json()
    assert (first["new"], first["again"], first["received"]) == (1, 0, 1)
    second = api.post("/drift/reports", BODY).json()
    assert (second["new"], second["again"]) == (0, 1)
    assert second["items"][0]["occurrences"] == 2
    assert second["items"][0]["id"] == first["items"][0]["id"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"namespace": ""}, "namespace"),
        ({"items": []}, "items"),
        ({"items": [{"resource": "a", "kind": "b", "diff": "text"}]}, "items.0.diff"),
        ({"items": [{"resource": "a", "kind": "b"}]}, "items.0.diff"),
        (
            {"items": [{**BODY["items"][0], "pr_url": "javascript:alert(1)"}]},
            "items.0.pr_url",
        ),
        (
            {"items": [{**BODY["items"][0], "diff": {f"f{n}": {"to": 1} for n in range(501)}}]},
            "items.0.diff",
        ),
        ({"surprise": 1}, "surprise"),
        ({"items": BODY["items"] * 1_001}, "items"),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(api, change, field):
    answer = api.post("/drift/reports", {**BODY, **change})
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not DriftFingerprint.objects.exists()


@pytest.mark.django_db
def test_a_key_needs_the_scope(project):
    reader = factories.ApiClient(factories.api_key(scopes=["read"]))
    assert reader.post("/drift/reports", BODY).status_code == 403
