"""Lock approvals with their runs, several at once, in the order that a decision does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from runs.models import Approval, Run


def take(waiting: QuerySet[Approval]) -> list[Approval]:
    """Take waiting approvals for a sweep, with their runs, soonest end first; what others hold is
    left to them, whole.

    Where another holds the run, the approval is not locked either: else two sweeps could each
    hold half of it, and neither would do the work.
    """
    run_ids = waiting.exclude(run=None).values_list("run_id", flat=True)
    free = Run.objects.select_for_update(skip_locked=True).filter(pk__in=list(run_ids))
    runs = {run.pk: run for run in free.order_by("pk")}
    mine = waiting.filter(Q(run=None) | Q(run_id__in=runs))
    taken = list(mine.select_for_update(skip_locked=True).order_by("expires_at", "pk"))
    for approval in taken:
        if approval.run_id is not None:
            approval.run = runs[approval.run_id]
    return taken


def hold(ids: Collection[UUID], projects: Sequence[str]) -> dict[UUID, Approval]:
    """Lock all the runs, then all the approvals, each in the order of their keys; answers the
    approvals by id, with their runs, as they are once they are locked.

    All of them before anything else is locked (the audit chain's head, a message): else two
    decisions could each wait for what the other holds.
    """
    wanted = Approval.objects.filter(pk__in=list(ids), project_id__in=list(projects))
    run_ids = wanted.exclude(run=None).values_list("run_id", flat=True)
    locked = Run.objects.select_for_update().filter(pk__in=list(run_ids)).order_by("pk")
    runs = {run.pk: run for run in locked}
    held = {one.pk: one for one in wanted.select_for_update().order_by("pk")}
    for approval in held.values():
        if approval.run_id is not None:
            approval.run = runs[approval.run_id]
    return held
