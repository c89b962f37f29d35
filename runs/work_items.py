"""This room's rows of the work items: what waits, what is late, and what is not on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from awooop import paging, together
from awooop.models import ApiKey
from awooop.together import Asking
from governance.work_items import Context, Found, work_item
from runs.models import Approval, ApprovalStatus, MessageType
from runs.selectors import outbox, remediation_queue
from runs.status_chain.stages_work import UNCLAIMED
from runs.truth_chain import summary

LOST = timedelta(seconds=120)
KEY_AGE = timedelta(days=90)
# Truth chains are looked at of so many latest incidents.
CHAINS = 25
# Events are looked through for redactions as far back as this many of a project.
LOOKED_AT = 1_000
NAMED = 10
# The few runs that are open, by their partial indexes.
_RUNS = """
select coalesce(sum(silent.n), 0)::int as silent, coalesce(sum(unclaimed.n), 0)::int as unclaimed,
       min(silent.since) as silent_since, min(unclaimed.since) as unclaimed_since
  from unnest(%(projects)s::text[]) as visible(project_id)
 cross join lateral (
   select count(*) as n, min(heartbeat_at) as since from runs_run
    where project_id = visible.project_id and state = 'running'
      and heartbeat_at < %(silent)s) silent
 cross join lateral (
   select count(*) as n, min(created_at) as since from (
     select created_at from runs_run
      where project_id = visible.project_id and state = 'pending'
        and created_at < %(unclaimed)s limit 1000) few) unclaimed
"""
_REDACTED = """
select count(*) filter (where latest.content_redacted like '%%[redacted:%%') as redactions
  from unnest(%(projects)s::text[]) as visible(project_id)
 cross join lateral (
   select content_redacted from runs_channelevent where project_id = visible.project_id
    order by received_at desc, event_id desc limit %(looked_at)s) latest
"""


@work_item(
    "approval_backlog",
    title=_l("Approvals that wait"),
    gate=_l("No approval waits for a decision."),
    phase="decide",
    source="runs.Approval",
    surface="/awooop/approvals",
)
def approval_backlog(context: Context) -> Asking[Found]:
    """Decisions that a person is asked for."""
    rows = paging.restrict(Approval.objects.filter(status=ApprovalStatus.PENDING), context.projects)
    silent = context.at - timedelta(minutes=15)
    counted = together.aggregate(
        rows,
        waiting=Count("pk"),
        overdue=Count("pk", filter=Q(expires_at__lte=context.at)),
        late=Count("pk", filter=Q(requested_at__lt=silent)),
        oldest_at=Min("requested_at"),
    )
    (found,) = yield (counted,)
    return Found(
        open=found["waiting"],
        evidence=_("%(waiting)d wait: %(late)d of them longer than 15 minutes, %(overdue)d overdue")
        % found,
        href=context.href(reverse("approvals")),
        next_step=_("Approve or reject them, the oldest first."),
        details=found,
        owner="operator",
        updated_at=found["oldest_at"],
    )


@work_item(
    "undelivered_messages",
    title=_l("Undelivered messages"),
    gate=_l("Every message arrived, or was told by the fallback."),
    phase="notify",
    source="runs.OutboundMessage",
    surface="/awooop/outbox",
)
def undelivered_messages(context: Context) -> Asking[Found]:
    """Messages that nobody received."""
    rows = paging.restrict(outbox.not_delivered().order_by(), context.projects)
    by_status, channels = yield _counts(rows, "send_status"), outbox.state_of_channels()
    total = sum(by_status.values())
    down = [one["channel_type"] for one in channels if one["state"] == "down"]
    return Found(
        open=total,
        evidence=_("%(total)d not delivered, %(dead)d of them given up")
        % {"total": total, "dead": by_status.get("dead", 0)},
        href=context.href(reverse("outbox")),
        next_step=_("See why each did not arrive, and send it again."),
        details={"by_status": by_status, "channels_down": down},
        owner="operator",
    )


@work_item(
    "telegram_callbacks",
    title=_l("Answers to Telegram buttons"),
    gate=_l("Every pressed button was answered."),
    phase="notify",
    source="runs.OutboundMessage (callback_reply)",
    surface="/awooop/outbox?message_type=callback_reply",
)
def telegram_callbacks(context: Context) -> Asking[Found]:
    """Replies to pressed buttons that did not arrive."""
    replies = outbox.not_delivered().filter(message_type=MessageType.CALLBACK_REPLY)
    mine = paging.restrict(replies.order_by(), context.projects)
    (by_action,) = yield (_counts(mine, "callback_action"),)
    total = sum(by_action.values())
    return Found(
        open=total,
        evidence=ngettext(
            "%(n)d reply to a pressed button did not arrive",
            "%(n)d replies to pressed buttons did not arrive",
            total,
        )
        % {"n": total},
        href=context.href(reverse("outbox"), message_type=MessageType.CALLBACK_REPLY),
        next_step=_("See why each did not arrive, and send it again."),
        details={"by_action": by_action},
        owner="operator",
    )


@work_item(
    "run_heartbeats",
    title=_l("Runs without a live worker"),
    gate=_l("Every running run has a heartbeat, and every queued one is claimed in ten minutes."),
    phase="run",
    source="runs.Run",
    surface="/awooop/runs?state=running",
)
def run_heartbeats(context: Context) -> Asking[Found]:
    """Runs whose worker is silent, and runs that nobody claims."""
    given = {
        "projects": list(context.projects),
        "silent": context.at - LOST,
        "unclaimed": context.at - UNCLAIMED,
    }
    (found,) = yield (together.one(_RUNS, given),)
    state = "running" if found["silent"] else "pending"
    moments = [at for at in (found["silent_since"], found["unclaimed_since"]) if at]
    return Found(
        open=found["silent"] + found["unclaimed"],
        evidence=_("%(silent)d silent for more than two minutes, %(unclaimed)d not claimed for ten")
        % found,
        href=context.href(reverse("runs-list"), state=state),
        next_step=_("Start the agents' workers, or cancel what nobody needs any more."),
        details={name: found[name] for name in ("silent", "unclaimed")},
        owner="operator",
        updated_at=min(moments, default=None),
    )


@work_item(
    "remediation_queue",
    title=_l("Repairs that did not help"),
    gate=_l("Every verification of the last 30 days is followed by a success."),
    phase="verify",
    source="runs.Evidence",
    surface="/awooop/remediation-queue",
)
def remediation_work(context: Context) -> Asking[Found]:
    """What verification found wrong; the link leads to the queue, where each is dry-run."""
    found = yield from remediation_queue.asking(context.projects, limit=NAMED)
    items = found["items"]
    named = [
        {name: str(item[name]) for name in ("work_item_id", "incident_id", "action")}
        for item in items
    ]
    return Found(
        open=found["total"],
        evidence=_("%(total)d queued: %(ready_for_ai)d for an agent, %(human)d for a person")
        % found,
        href=context.href(reverse("remediation-queue")),
        next_step=_("Dry-run each item's action, carry it out, and report the verification."),
        details={"by_action": found["by_action"], "items": named},
        owner="operator",
        updated_at=items[0]["collected_at"] if items else None,
    )


@work_item(
    "truth_chain_gaps",
    title=_l("Gaps in the record of incidents"),
    gate=_l("The chains of the latest 25 incidents have no gap that can be closed."),
    phase="verify",
    source="runs.status_chain",
    surface="/awooop/incidents",
)
def truth_chain_gaps(context: Context) -> Asking[Found]:
    """Latest incidents with a gap that somebody can close; the link leads to the one with most."""
    chains = yield from summary.asking_latest(context.projects, CHAINS)
    gaps = sorted((one for one in chains if one.mendable), key=lambda one: -len(one.mendable))
    named = [{"incident_id": one.incident_id, "missing": one.mendable} for one in gaps[:NAMED]]
    path = reverse("incident-detail", args=[gaps[0].incident_id]) if gaps else None
    return Found(
        open=len(gaps),
        evidence=_("%(gaps)d of the latest %(all)d incidents have a gap")
        % {"gaps": len(gaps), "all": len(chains)},
        href=path or context.href(reverse("incidents")),
        next_step=gaps[0].next_step if gaps else "",
        details={
            "looked_at": len(chains),
            "quality_score": summary.summed_up(chains)["quality_score"],
            "incidents": named,
        },
        owner="operator",
        updated_at=gaps[0].incident.last_seen_at if gaps and gaps[0].incident else None,
    )


@work_item(
    "secret_hygiene",
    title=_l("Secrets"),
    gate=_l("Every key expires and is younger than 90 days; every webhook is signed."),
    phase="govern",
    source="awooop.ApiKey, settings",
    surface="/admin/awooop/apikey/",
)
def secret_hygiene(context: Context) -> Asking[Found]:
    """API keys that are old or never expire, webhooks that anybody could call; redactions made."""
    usable = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=context.at))
    keys = paging.restrict(ApiKey.objects.filter(usable).order_by(), context.projects)
    old, endless = Q(created_at__lt=context.at - KEY_AGE), Q(expires_at=None)
    counted = together.aggregate(
        keys,
        old=Count("pk", filter=old),
        endless=Count("pk", filter=endless),
        wrong=Count("pk", filter=old | endless),
        oldest_at=Min("created_at", filter=old | endless),
    )
    unsigned = unsigned_webhooks()
    looked_through = {"projects": list(context.projects), "looked_at": LOOKED_AT}
    found, redacted = yield counted, together.one(_REDACTED, looked_through)
    counts = {**found, **redacted, "unsigned": len(unsigned)}
    return Found(
        open=found["wrong"] + len(unsigned),
        evidence=_("%(old)d keys older than 90 days, %(endless)d without an end, %(unsigned)d"
                   " unsigned webhooks; %(redactions)d of the latest events had a secret redacted")
        % counts,
        href=context.href(reverse("admin:awooop_apikey_changelist")),
        next_step=_("Replace each key by one that expires, and revoke it."),
        details={
            **{name: counts[name] for name in ("old", "endless", "redactions")},
            "unsigned_webhooks": unsigned,
        },
        owner="project_admin",
        updated_at=found["oldest_at"],
    )  # fmt: skip


def unsigned_webhooks() -> list[str]:
    """Answer the webhooks that take what nobody signed: Telegram's, where there is a bot without a
    webhook secret. Alertmanager's always asks for an API key."""
    secret = getattr(settings, "TELEGRAM_WEBHOOK_SECRET", None)
    return ["telegram"] if settings.TELEGRAM_BOT_TOKEN and secret == "" else []


def _counts(rows: Any, name: str) -> together.Read:
    counted = together.objects(rows.values_list(name).annotate(count=Count("pk")))
    return counted.then(lambda found: {value or "none": count for value, count in found})
