"""Take waiting approvals for a sweep: what others hold is left to them, whole."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from runs.models import Approval, Run


def take(waiting: QuerySet[Approval]) -> list[Approval]:
    """Lock the runs, then their approvals, in the order that a decision does; answers them, with
    their runs, soonest end first.

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
