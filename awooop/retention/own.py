"""The kernel's own rules: what ran out, and what the cluster leaves behind."""

from __future__ import annotations

from django_q.models import Task

from awooop.models import Lease, RateBucket, Session, TelegramLinkCode, WebhookDelivery
from awooop.retention.registry import Rule, add

add(
    Rule(
        "expired_leases",
        Lease,
        "expires_at",
        lambda cutoff: Lease.objects.all(),
        what="leases that ran out",
        keeps="those that are held; one that ran out is as good as none",
        days=1,
    )
)
add(
    Rule(
        "expired_sessions",
        Session,
        "expire_date",
        lambda cutoff: Session.objects.all(),
        what="sessions that ran out",
        keeps="those of people who are signed in",
        days=1,
    )
)
add(
    Rule(
        "expired_link_codes",
        TelegramLinkCode,
        "expires_at",
        lambda cutoff: TelegramLinkCode.objects.all(),
        what="Telegram link codes that ran out",
        keeps="those that can still be used",
        days=1,
    )
)
add(
    Rule(
        "background_tasks",
        Task,
        "stopped",
        lambda cutoff: Task.objects.all(),
        what="the cluster's records of tasks that ended, with their errors",
        keeps="the last weeks, to find out why something failed; what waits is in another table",
        days=14,
    )
)
add(
    Rule(
        "webhook_deliveries",
        WebhookDelivery,
        "created_at",
        lambda cutoff: WebhookDelivery.objects.filter(next_attempt_at=None),
        what="deliveries of outbound webhooks that arrived or were given up",
        keeps="those that are still to be posted",
        days=30,
    )
)
add(
    Rule(
        "idle_rate_buckets",
        RateBucket,
        "at",
        lambda cutoff: RateBucket.objects.all(),
        what="what was left of the requests of API keys that make none",
        keeps="those of keys in use; one that is gone begins full",
        days=1,
    )
)
