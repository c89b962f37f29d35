"""What the cluster rings for: each looks now, and is safe to run twice."""

from __future__ import annotations

from awooop.tasks import Result, task
from runs.actions import expiry, reminders, run_sweeps
from runs.outbox import delivery


@task("runs.sweep")
def sweep_runs() -> Result:
    """Time out overdue runs, and requeue or fail silent ones."""
    return run_sweeps.sweep()


@task("approvals.sweep")
def sweep_approvals() -> Result:
    """Expire overdue approvals and close their incidents."""
    return expiry.sweep().as_dict()


@task("approvals.remind")
def remind_approvals() -> Result:
    """Remind operators of what still waits."""
    return reminders.remind()


@task("outbox.deliver")
def deliver_outbox() -> Result:
    """Send what is due to people's channels."""
    return delivery.deliver()
