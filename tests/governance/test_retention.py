"""What of governance goes when it is old, and what stays because it is open, or the last."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from awooop import callers
from awooop.clock import now
from awooop.retention import pruning
from governance.models import (
    ACTIVE,
    Dispatch,
    DispatchStatus,
    DriftFingerprint,
    DriftState,
    GovernanceEvent,
    SelfCheckCycle,
    SloSample,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("project")]
MOMENT = timedelta(minutes=1)
SETTLED = ("zero_diff", "adopted", "resolved")


def ago(days: float = 500) -> datetime:
    return now() - timedelta(days=days)


def prune() -> dict[str, int]:
    by = callers.system("tests", ["awoooi"])
    return dict(pruning.prune(by=by, project_id="awoooi").deleted)


def event(resolved_at: datetime | None = None, **values: Any) -> GovernanceEvent:
    return GovernanceEvent.objects.create(
        project_id="awoooi", event_type="trust_drift", severity="info", triggered_at=ago(600),
        resolved=resolved_at is not None, resolved_at=resolved_at, **values,
    )  # fmt: skip


def dispatch(of: GovernanceEvent, status: str = "succeeded", **values: Any) -> Dispatch:
    values = {"created_at": ago(), "completed_at": ago()} | values
    return Dispatch.objects.create(
        governance_event=of, project_id="awoooi", event_type=of.event_type, executor_type="km",
        dispatch_status=status, **values,
    )  # fmt: skip


def test_a_resolved_event_goes_with_its_dispatches():
    old = event(ago())
    for status in ("succeeded", "failed", "skipped", "cancelled"):
        dispatch(old, status)
    assert prune() == {"governance.GovernanceEvent": 1, "governance.Dispatch": 4}


def test_an_unresolved_event_stays_with_its_dispatches():
    dispatch(event())
    assert prune() == {}


@pytest.mark.parametrize("status", ACTIVE)
def test_an_event_with_an_active_dispatch_stays(status):
    dispatch(event(ago()), status, completed_at=None)
    assert prune() == {}


@pytest.mark.parametrize(("by", "stays"), [(-MOMENT, False), (MOMENT, True)])
def test_an_event_goes_400_days_after_it_was_resolved(by, stays):
    event(ago(400) + by)
    prune()
    assert GovernanceEvent.objects.exists() is stays


@pytest.mark.parametrize(("by", "stays"), [(-MOMENT, False), (MOMENT, True)])
def test_completed_reviews_are_counted_for_400_days(by, stays):
    dispatch(event(ago()), completed_at=ago(400) + by)
    prune()
    assert Dispatch.objects.exists() is stays


def test_cycles_go_after_90_days_but_the_last_stays():
    for days in (200, 100, 91):
        SelfCheckCycle.objects.create(
            project_id="awoooi", started_at=ago(days), finished_at=ago(days), trigger="schedule"
        )
    assert prune() == {"governance.SelfCheckCycle": 2}
    SelfCheckCycle.objects.create(
        project_id="awoooi", started_at=ago(89), finished_at=ago(89), trigger="schedule"
    )
    assert prune() == {"governance.SelfCheckCycle": 1}


def test_samples_go_after_90_days_but_the_last_of_each_slo_stays():
    for slo, days in (("a", 91), ("a", 90.01), ("a", 89.99), ("b", 300), ("b", 200)):
        SloSample.objects.create(
            project_id="awoooi", slo=slo, status="ok", value=days, evaluated_at=ago(days)
        )
    assert prune() == {"governance.SloSample": 3}
    left = SloSample.objects.order_by("slo").values_list("slo", "value")
    assert list(left) == [("a", 89.99), ("b", 200)]


@pytest.mark.parametrize("state", DriftState.values)
def test_only_settled_drift_goes(state):
    for days in (181, 179):
        DriftFingerprint.objects.create(
            project_id="awoooi", namespace="n", fingerprint=str(days), resource="r", kind="k",
            state=state, last_seen_at=ago(days),
        )  # fmt: skip
    prune()
    assert DriftFingerprint.objects.count() == (1 if state in SETTLED else 2)


def test_each_final_status_of_a_dispatch_is_known_here():
    assert set(DispatchStatus) - set(ACTIVE) == {"succeeded", "failed", "skipped", "cancelled"}
