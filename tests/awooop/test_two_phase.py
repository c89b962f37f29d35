from __future__ import annotations

import pytest

from awooop.errors import Conflict
from awooop.two_phase import Plan, confirm

PLAN = Plan("entry.archive", {"owner": "kim"}, {"entry:1": 3}, {"status": "archived"})


def refusal(**given) -> Conflict:
    with pytest.raises(Conflict) as refused:
        confirm(PLAN, **given)
    return refused.value


def test_the_plans_own_fingerprint_goes_on():
    confirm(PLAN, given=PLAN.fingerprint, owner_approved=True)


@pytest.mark.parametrize("given", [None, ""])
def test_without_a_fingerprint_a_preview_is_asked_for(given):
    assert refusal(given=given, owner_approved=True).code == "dry_run_required"


def test_without_the_owners_approval():
    refused = refusal(given=PLAN.fingerprint, owner_approved=False)
    assert refused.code == "owner_approval_required"


@pytest.mark.parametrize(
    "other",
    [
        Plan("entry.supersede", PLAN.inputs, PLAN.rows, PLAN.effects),
        Plan(PLAN.kind, {"owner": "lee"}, PLAN.rows, PLAN.effects),
        Plan(PLAN.kind, PLAN.inputs, {"entry:1": 4}, PLAN.effects),
        Plan(PLAN.kind, PLAN.inputs, PLAN.rows, {"status": "draft"}),
    ],
    ids=["kind", "inputs", "row", "effects"],
)
def test_a_fingerprint_of_another_plan(other):
    refused = refusal(given=other.fingerprint, owner_approved=True)
    assert refused.code == "plan_changed"
    assert refused.extra["dry_run_plan_fingerprint"] == PLAN.fingerprint
