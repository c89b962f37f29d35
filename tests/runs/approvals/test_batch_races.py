"""Batches side by side, on real connections: each approval is decided once, and nobody waits for
ever."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from awooop import tenancy
from awooop.errors import Conflict
from runs.actions import approvals, batch_decisions
from runs.actions.batch_decisions import Batch, Chosen
from runs.models import Approval, ApprovalStatus, ApprovalVote
from tests import factories
from tests.runs.together import together

pytestmark = pytest.mark.usefixtures("truncatable")
MANY = 8


@pytest.fixture
def asked():
    found = []
    for project_id in ("alpha", "beta"):
        factories.project(project_id)
        key = factories.api_key(project_id)
        with tenancy.scope([project_id]):
            found += [factories.waiting(key, project_id) for _ in range(MANY // 2)]
    return found


def person(number: int):
    email = f"operator-{number}@example.org"
    return factories.caller_of_user(factories.user(email, alpha="operator", beta="operator"))


def decide_batch(by, chosen: list[Chosen], decision: str) -> Batch:
    with tenancy.scope(by.projects):
        plan = batch_decisions.decide(by=by, chosen=chosen, decision=decision).fingerprint
    with tenancy.scope(by.projects):
        return batch_decisions.decide(
            by=by, chosen=chosen, decision=decision, dry_run=False, fingerprint=plan
        )


def decide_one(by, approval: Approval) -> str:
    with tenancy.scope(by.projects):
        try:
            approvals.decide(by=by, approval_id=approval.pk, decision="reject")
        except Conflict as refused:
            return refused.code
    return "decided"


def test_batches_in_both_orders_and_single_decisions_decide_each_once(asked):
    chosen = [Chosen(one.pk, one.digest) for one in asked]
    jobs = [
        partial(decide_batch, person(1), chosen, "approve"),
        partial(decide_batch, person(2), chosen[::-1], "reject"),
        *[partial(decide_one, person(3 + n), asked[n]) for n in (0, MANY - 1)],
    ]
    done = together([_told(job) for job in jobs])
    with tenancy.scope(["alpha", "beta"]):
        assert ApprovalVote.objects.count() == MANY
        assert (
            Counter(Approval.objects.values_list("status", flat=True))[ApprovalStatus.PENDING] == 0
        )
    batches = [answer for answer in done if isinstance(answer, Batch)]
    decided = sum(len(batch.with_status("decided")) for batch in batches) + done.count("decided")
    assert decided == MANY


def _told(job):
    """A preview that finds everything decided has no fingerprint: that is an answer, too."""

    def run():
        try:
            return job()
        except Conflict as refused:
            return refused.code

    return run
