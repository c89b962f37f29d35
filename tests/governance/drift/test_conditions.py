from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import clock
from awooop.clock import now
from governance.drift.conditions import auto_adopt
from governance.models import DriftFingerprint
from governance.selectors.drift import as_rows
from runs.models import Incident
from tests.governance.drift.support import DIFF, made, report


def failing(incidents=(), **values):
    values = {"namespace": "staging", "kind": "Deployment", "diff": DIFF, **values}
    drift = DriftFingerprint(resource="api", **values)
    found = auto_adopt(drift, at=now(), open_incidents=incidents)
    assert len(found) == 6
    return [condition.name for condition in found if not condition.ok]


def test_a_small_change_of_a_test_namespace_is_eligible():
    assert failing() == []


@pytest.mark.parametrize("namespace", ["prod", "shop-prod", "production", "live-2", "PROD", "prd"])
def test_a_production_namespace_is_not(namespace):
    assert failing(namespace=namespace) == ["not_production"]


@pytest.mark.parametrize("namespace", ["product-test", "reproduce", "delivery"])
def test_a_namespace_that_only_sounds_like_it_is(namespace):
    assert failing(namespace=namespace) == []


def test_a_production_namespace_on_the_list_is(settings):
    settings.DRIFT_AUTO_ADOPT_NAMESPACES = ("shop-prod",)
    assert failing(namespace="shop-prod") == []
    assert failing(namespace="pay-prod") == ["not_production"]


@pytest.mark.parametrize(
    "kind",
    [
        "Secret",
        "v1/Secret",
        "rbac.authorization.k8s.io/v1/ClusterRole",
        "RoleBinding",
        "ServiceAccount",
        "CustomResourceDefinition",
    ],
)
def test_secrets_rights_and_types_are_not(kind):
    assert failing(kind=kind) == ["no_secret_rbac_crd"]


@pytest.mark.parametrize(("count", "fails"), [(10, []), (11, ["few_changes"])])
def test_at_most_ten_fields(count, fails):
    assert failing(diff={f"spec.f{n}": {"to": n} for n in range(count)}) == fails


@pytest.mark.parametrize(
    "path",
    [
        "spec.template.spec.containers[0].image",
        "spec.template.spec.containers.0.securityContext.privileged",
        "spec.template.spec.hostNetwork",
        "spec.template.spec.serviceAccountName",
    ],
)
def test_an_image_or_a_right_is_not(path):
    assert failing(diff={path: {"from": "a", "to": "b"}}) == ["no_image_or_privilege"]


def test_a_deletion_is_not():
    assert failing(diff={"spec.limits": {"from": "1"}}) == ["no_deletion"]


def test_an_open_incident_on_it_is_not():
    assert failing(incidents=["INC-20260101-0001"]) == ["calm"]


def test_where_nobody_can_tell_of_incidents_it_is_not():
    assert failing(incidents=None) == ["calm"]


@pytest.mark.django_db
@pytest.mark.parametrize(("sightings", "eligible"), [(3, True), (4, False)])
def test_fewer_than_three_recurrences_in_a_day(project, sightings, eligible):
    start = now()
    for hour in range(sightings):
        with clock.set_to(start + timedelta(hours=hour)):
            report()
            (row,) = as_rows(DriftFingerprint.objects.all())
    assert row["auto_adopt"]["eligible"] is eligible


@pytest.mark.django_db
def test_recurrences_of_the_day_before_do_not_count(project):
    start = now()
    for hour in (0, 1, 2, 3, 30):
        with clock.set_to(start + timedelta(hours=hour)):
            report()
            (row,) = as_rows(DriftFingerprint.objects.all())
    assert row["recurrence"] == {"total": 4, "last_24h": 0}
    assert row["auto_adopt"]["eligible"]


def incident(number, **labels):
    return Incident.objects.create(
        incident_id=f"INC-20260101-{number:04}", project_id="awoooi", title="x", labels=labels
    )


@pytest.mark.django_db
def test_incidents_are_found_by_their_labels(project):
    drift = made()
    incident(1, namespace="staging", deployment="api")
    incident(2, namespace="staging", pod="api-5d9c-x2x")
    incident(3, namespace="staging", deployment="apiserver")
    incident(4, namespace="other", deployment="api")
    (row,) = as_rows([drift])
    assert row["open_incidents"] == ["INC-20260101-0002", "INC-20260101-0001"]


@pytest.mark.django_db
def test_the_statements_do_not_grow_with_the_drifts(project, django_assert_num_queries):
    drifts = [made(resource=f"r{n}") for n in range(10)]
    with django_assert_num_queries(1):
        as_rows(drifts)
