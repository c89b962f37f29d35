"""This room's rows of the work items: replies without a review, the health check, stale entries."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from awooop import paging, together
from awooop.together import Asking
from governance import workflow
from governance.models import ACTIVE, Dispatch
from governance.wording import word
from governance.work_items import Context, Found, work_item
from knowledge.reviews import REVIEW
from knowledge.selectors import reviews, staleness

# The latest replies of each project; older ones were about incidents that are long over.
REPLIES = 200
NAMED = 10
NEXT_STEP = "review_or_queue_km_owner_review"
_WITHOUT_REVIEW = """
select reply.project_id, reply.incident_id, max(reply.queued_at) as at,
       (array_agg(reply.callback_action order by reply.queued_at desc))[1] as action
  from unnest(%(projects)s::text[]) as visible(project_id)
 cross join lateral (
   select project_id, incident_id, callback_action, queued_at from runs_outboundmessage
    where project_id = visible.project_id and message_type = 'callback_reply'
    order by queued_at desc, message_id desc limit %(replies)s) reply
 where reply.incident_id is not null
   and not exists (
     select 1 from knowledge_knowledgeentry entry
       join governance_dispatch review
         on review.project_id = entry.project_id and review.subject = entry.entry_id::text
        and review.subject <> '' and review.executor_type = %(review)s
        and review.dispatch_status <> all(array['skipped', 'cancelled'])
      where entry.project_id = reply.project_id
        and entry.related_incident_id = reply.incident_id)
 group by reply.project_id, reply.incident_id
 order by at desc
"""


@work_item(
    "callback_owner_review",
    title=_l("Answered buttons without an owner review"),
    gate=_l("Each incident that people asked about has its knowledge under review."),
    phase="learn",
    source="runs.OutboundMessage, governance.Dispatch",
    surface="/awooop/runs?callback_reply_status=sent",
)
def callback_owner_review(context: Context) -> Asking[Found]:
    """Incidents that people asked about by a button, whose knowledge nobody reviews."""
    open_ones, counted = yield _without_review(context), reviews.counts(context.projects)
    counts = {f"{name}_count": counted.get(name, 0) for name in reviews.BUCKETS}
    newest = open_ones[0] if open_ones else None
    query = {name: newest[name] for name in ("project_id", "incident_id")} if newest else {}
    return Found(
        open=len(open_ones),
        evidence=_("%(n)d incidents were asked about and have no owner review; %(ready)d reviews"
                   " are ready") % {"n": len(open_ones), "ready": counts["ready_count"]},
        href=context.href(reverse("runs-list"), **query, callback_reply_status="sent"),
        next_step=_("Queue an owner review of what is known about the incident."),
        details={
            "latest_incident_id": newest and newest["incident_id"],
            "latest_action": newest and newest["action"],
            "completion_queue": {"total": sum(counts.values()), **counts},
            "next_step": NEXT_STEP,
            "review_href": context.href(reverse("knowledge-stale")),
            "incidents": [one["incident_id"] for one in open_ones[:NAMED]],
        },
        owner="knowledge_owner",
        updated_at=newest and newest["at"],
    )  # fmt: skip


@work_item(
    "knowledge_healthcheck",
    title=_l("Health check of the knowledge"),
    gate=_l("No health check waits for its agent or its owner."),
    phase="learn",
    source="governance.Dispatch",
    surface="/governance?tab=queue",
)
def knowledge_healthcheck(context: Context) -> Asking[Found]:
    """The dispatches that ask for a draft of what is stale: who leads, and how far each is."""
    rows = Dispatch.objects.filter(executor_type=workflow.HERMES, dispatch_status__in=ACTIVE)
    newest = paging.restrict(rows, context.projects).order_by("-created_at")[:NAMED]
    (found,) = yield (together.objects(newest),)
    told = [_told(dispatch) for dispatch in found]
    first = told[0] if told else None
    evidence = _("None is under way")
    if first:
        evidence = _("%(n)d under way; led by %(lead_agent)s, at %(stage)s") % {
            "n": len(told),
            **first,
            "stage": word(first["stage"]),
        }
    return Found(
        open=len(told),
        evidence=evidence,
        href=context.href(reverse("governance"), tab="queue", executor_type=workflow.HERMES),
        next_step=first["owner_review_point"] if first else "",
        details={"dispatches": told},
        owner="knowledge_owner",
        updated_at=found[0].created_at if told else None,
    )


def _told(dispatch: Dispatch) -> dict[str, Any]:
    context = dispatch.decision_context if isinstance(dispatch.decision_context, dict) else {}
    ownership = context.get("ownership") or {}
    draft = context.get("kb_draft_entry_id")
    return {
        "dispatch_id": str(dispatch.pk),
        "project_id": dispatch.project_id,
        "lead_agent": ownership.get("lead_agent") or dispatch.executor_type,
        "human_owner": ownership.get("human_owner") or dispatch.owner,
        "stage": dispatch.workflow_stage or dispatch.dispatch_status,
        "owner_review_point": (
            _("Review the draft, and complete the dispatch.")
            if draft
            else _("The agent writes the draft first; then its owner reviews it.")
        ),
        "kb_draft_entry_id": draft,
    }


@work_item(
    "knowledge_stale_review",
    title=_l("Stale knowledge"),
    gate=_l("The stale ratio is within the threshold and no owner review waits."),
    phase="learn",
    source="knowledge.KnowledgeEntry, governance.Dispatch",
    surface="/knowledge/stale",
)
def knowledge_stale_review(context: Context) -> Asking[Found]:
    """Entries to be dealt with to reach the threshold, and reviews that wait for their owners."""
    snapshots, waiting = yield (
        staleness.measured(context.projects),
        reviews.number_waiting(context.projects),
    )
    to_threshold = sum(one.entries_to_threshold for one in snapshots.values() if one.is_above)
    stale = sum(one.stale_count for one in snapshots.values())
    total = sum(one.total_count for one in snapshots.values())
    page = "knowledge-reviews" if waiting else "knowledge-stale"
    return Found(
        open=to_threshold + waiting,
        evidence=_("%(stale)d of %(total)d entries are stale, %(gap)d too many; %(waiting)d"
                   " reviews wait") % {
            "stale": stale, "total": total, "gap": to_threshold, "waiting": waiting},
        href=context.href(reverse(page)),
        next_step=_("Complete the reviews that wait, and queue the most urgent entries."),
        details={
            "pending_reviews": waiting,
            "entries_to_threshold": to_threshold,
            "by_project": {name: one.as_dict() for name, one in snapshots.items()},
        },
        owner="knowledge_owner",
    )  # fmt: skip


def _without_review(context: Context) -> together.Read:
    given = {"projects": list(context.projects), "replies": REPLIES, "review": REVIEW}
    return together.dicts(_WITHOUT_REVIEW, given)
