"""What the cluster rings for: each looks now, and is safe to run twice."""

from __future__ import annotations

from awooop import bells, callers
from awooop.tasks import Result, task
from governance.actions import self_check
from governance.models import CheckTrigger
from runs.actions import expiry, reminders, reports, run_sweeps
from runs.outbox import bell, delivery
from runs.telegram import replies
from runs.truth_chain import stored


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
    """Answer who pressed a button, and send what is due to people's channels."""
    bells.heard(bell.BELL)
    answered = replies.deliver()
    return {**delivery.deliver(), "answered": answered}


@task("runs.truth_chain")
def measure_truth_chains() -> Result:
    """Measure and store the truth-chain quality of each active project."""
    return stored.measure_all()


@task("reports.daily")
def send_reports() -> Result:
    """Queue the daily report of each project whose morning it is."""
    return reports.send_due()


@task("approvals.watch")
def watch_approvals() -> Result:
    """Ask between the hourly cycles whether approvals wait in silence: in an hour they would have
    expired."""
    by = callers.system("silent-approval watchdog")
    asked = self_check.run(by=by, trigger=CheckTrigger.SCHEDULE, check="silent_approval")
    return {
        "projects": len(asked.projects),
        "errors": asked.errors,
        "opened": len(asked.opened),
        "resolved": len(asked.resolved),
    }
