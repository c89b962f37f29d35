"""What runs, approvals and the outbox contribute to `/metrics` and `/readyz`.

Gauges read only what is open or waiting, by partial indexes: a scrape costs the same at a million
rows as at ten.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from awooop import background, metrics, tenancy
from awooop.clock import now
from awooop.metrics import counter, source
from awooop.probes import ready_check
from runs.actions import sli_totals
from runs.models import (
    Approval,
    ApprovalStatus,
    OutboundMessage,
    Run,
    RunState,
    SendStatus,
    TruthChainSummary,
)

OPEN_STATES = (RunState.PENDING, RunState.RUNNING, RunState.WAITING_APPROVAL)
TO_BE_SENT = (SendStatus.QUEUED, SendStatus.SENDING, SendStatus.FAILED)
OUTBOX_LATE = timedelta(minutes=10)
SUMMARY_LATE = timedelta(hours=1)
_BY_PROJECT = ("project_id",)

counter("awooop_ingested", "Records taken in, by kind.", ("project_id", "kind"))
counter("awooop_messages_queued", "Messages queued.", ("project_id", "message_type"))
counter(
    "awooop_messages_delivery",
    "How attempts to deliver ended: sent, failed, dead, fallback, fallback_failed.",
    ("project_id", "channel", "result"),
)
counter("awooop_approvals_requested", "Approvals asked for.", ("project_id", "risk_level"))
counter("awooop_approvals_decided", "Decisions that ended one.", ("project_id", "decision"))
counter("awooop_approval_sweep", "What approval sweeps did.", ("result",))
counter("awooop_run_sweep", "What run sweeps did.", ("result",))
counter(
    "awooop_telegram_updates",
    "Updates from Telegram: taken, repeated, unplaced (of no project), forged.",
    ("result",),
)
counter(
    "awooop_telegram_replies",
    "Answers of the bot to a person: said, too_late, stale, failed.",
    ("result",),
)
sli_totals.declare()


@source
def open_runs() -> Iterable[Metric]:
    """Runs that are not final, by state."""
    family = GaugeMetricFamily(
        "awooop_runs_open", "Runs that are not final.", labels=("project_id", "state")
    )
    projects = metrics.projects()
    found = (
        Run.objects.filter(project_id__in=projects, state__in=OPEN_STATES)
        .order_by()
        .values_list("project_id", "state")
        .annotate(count=Count("pk"))
    )
    counts = {(project, state): count for project, state, count in found}
    for project in projects:
        for state in OPEN_STATES:
            family.add_metric([project, state.value], counts.get((project, state), 0))
    yield family


@source
def waiting_approvals() -> Iterable[Metric]:
    """What waits for a person: how many, since when, and how far the expiry sweep lags."""
    waiting = Approval.objects.filter(status=ApprovalStatus.PENDING)
    found = _by_project(
        waiting, count=Count("pk"), oldest=Min("requested_at"), expiry=Min("expires_at")
    )
    yield _gauge("awooop_approvals_pending", "Approvals that wait.", found, _count)
    yield _gauge(
        "awooop_approval_oldest_pending_age_seconds",
        "How long the oldest waiting approval has waited.",
        found,
        lambda row: _age(row.get("oldest")),
    )
    yield _gauge(
        "awooop_approval_expiry_lag_seconds",
        "How long ago the time of the most overdue waiting approval ended.",
        found,
        lambda row: _age(row.get("expiry")),
    )


@source
def outbox() -> Iterable[Metric]:
    """What is still to be sent, and how late the oldest of it is."""
    waiting = OutboundMessage.objects.filter(
        send_status__in=TO_BE_SENT, next_attempt_at__isnull=False
    )
    found = _by_project(waiting, count=Count("pk"), due=Min("next_attempt_at"))
    yield _gauge("awooop_messages_waiting", "Messages to be sent.", found, _count)
    yield _gauge(
        "awooop_outbox_oldest_age_seconds",
        "How long ago the oldest waiting message was due.",
        found,
        lambda row: _age(row.get("due")),
    )


@source
def truth_chain() -> Iterable[Metric]:
    """How long the last measurement of each project's truth-chain quality took.

    One that was not renewed for an hour is left out: no data is not the same as a good number.
    """
    family = GaugeMetricFamily(
        "awooop_truth_chain_quality_summary_last_duration_seconds",
        "How long the last truth-chain quality summary took.",
        labels=("project_id", "limit", "success"),
    )
    rows = TruthChainSummary.objects.filter(
        project_id__in=metrics.projects(), generated_at__gt=now() - SUMMARY_LATE
    )
    for row in rows.defer("body").order_by("project_id", "limit", "success"):
        labels = [row.project_id, str(row.limit), str(row.success).lower()]
        family.add_metric(labels, row.duration_ms / 1000)
    yield family


@source
def task_queue() -> Iterable[Metric]:
    """The background cluster's queue."""
    queue = background.queue()
    yield GaugeMetricFamily("awooop_queue_depth", "Tasks that wait to be taken.", queue.depth)
    if queue.is_age_known:
        yield GaugeMetricFamily(
            "awooop_queue_oldest_age_seconds",
            "How long the oldest of them has waited.",
            queue.oldest_age.total_seconds() if queue.oldest_age else 0.0,
        )


@ready_check("outbox")
def outbox_moves() -> dict[str, Any]:
    """Whether messages of the channels that this installation delivers to go out in time.

    Where no channel is configured nothing is expected to go out: messages stay visible in the
    console as undelivered.
    """
    channels = tuple(getattr(settings, "OUTBOX_CHANNELS", ()))
    if not channels:
        return {"ok": True, "configured": False}
    at = now()
    with tenancy.all_projects() as projects:
        oldest = OutboundMessage.objects.filter(
            project_id__in=projects,
            send_status__in=TO_BE_SENT,
            next_attempt_at__lte=at,
            channel_type__in=channels,
            recipient__gt="",  # one without has nowhere to go, however well the outbox works
        ).aggregate(oldest=Min("next_attempt_at"))["oldest"]
    age = _age(oldest)
    return {
        "ok": age < OUTBOX_LATE.total_seconds(),
        "configured": True,
        "oldest_due_age_s": round(age),
    }


def _by_project(queryset: Any, **values: Any) -> dict[str, dict[str, Any]]:
    """Aggregate per project; a project that has none has an empty answer."""
    projects = metrics.projects()
    rows = queryset.filter(project_id__in=projects).order_by().values(*_BY_PROJECT)
    found: dict[str, dict[str, Any]] = {project: {} for project in projects}
    for row in rows.annotate(**values):
        found[row["project_id"]] = row
    return found


def _gauge(
    name: str, help_text: str, found: dict[str, dict[str, Any]], value: Any
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=_BY_PROJECT)
    for project, row in found.items():
        family.add_metric([project], value(row))
    return family


def _count(row: dict[str, Any]) -> int:
    return row.get("count", 0)


def _age(moment: datetime | None) -> float:
    """Seconds since a moment; 0 where there is none or it is still to come."""
    return max(0.0, (now() - moment).total_seconds()) if moment else 0.0
