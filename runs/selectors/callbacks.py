"""Callback replies: the evidence that a Telegram button was answered, with its knowledge summary.

Which owner reviews are about an incident, a higher room knows: it contributes that for all replies
of a page at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from awooop import paging
from awooop.errors import Invalid
from runs.incident_ids import is_incident_id
from runs.models import MessageType, OutboundMessage, SendStatus

NEWEST = paging.Ordering("callback_replies.newest", ("queued_at", "message_id"))
# What the list calls a message's delivery, and which states of it that stands for.
STATUSES: dict[str, tuple[str, ...]] = {
    "sent": (SendStatus.SENT,),
    "queued": (SendStatus.QUEUED, SendStatus.SENDING),
    "failed": (SendStatus.FAILED, SendStatus.DEAD),
}
_STATUS_OF = {state: status for status, states in STATUSES.items() for state in states}
RELATED_AT_MOST = 3
COUNTS = ("pending_count", "ready_count", "blocked_count", "completed_count", "failed_count")
log = structlog.get_logger(__name__)
Key = tuple[str, str]


@dataclass(frozen=True)
class Related:
    """What the completion queue of a project says about one incident: `total` and `counts` of the
    whole queue, the first of its items that are about the incident, and how many are."""

    total: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    related_total: int = 0
    related_items: Sequence[dict[str, Any]] = ()


# Asked with the (project, incident) of each reply; answers at most 3 items for each of them.
Contribution = Callable[[Iterable[Key]], Mapping[Key, Related]]
_contributions: list[Contribution] = []


def contribute(function: Contribution) -> None:
    """Let the room that has the completion queue say what is in it; raises ValueError for a
    second."""
    if _contributions:
        raise ValueError("the completion queue is contributed already")
    _contributions.append(function)


@dataclass(frozen=True)
class CallbackFilters:
    """What the list is narrowed to; `''` is no filter. Made by `parse_filters`."""

    incident_id: str = ""
    callback_reply_status: str = ""

    def as_query(self) -> dict[str, str]:
        """Answer the filters that are set, as a query string holds them."""
        return {name: value for name, value in asdict(self).items() if value}


def parse_filters(given: Mapping[str, str | None]) -> CallbackFilters:
    """Check filters as they came from a query string; raises Invalid naming each."""
    values = {name: given.get(name) or "" for name in ("incident_id", "callback_reply_status")}
    errors = {}
    if values["incident_id"] and not is_incident_id(values["incident_id"]):
        errors["incident_id"] = _("must look like INC-20261121-7QX2")
    if values["callback_reply_status"] not in ("", *STATUSES):
        allowed = ", ".join(STATUSES)
        errors["callback_reply_status"] = _("must be one of %(values)s") % {"values": allowed}
    if errors:
        raise Invalid(errors)
    return CallbackFilters(**values)


def page_of_replies(
    filters: CallbackFilters, projects: Sequence[str], request: paging.PageRequest
) -> paging.Page:
    """Answer one page of replies as rows with their summaries, newest first; a fixed number of
    statements."""
    page = paging.paginate(filtered(filters), projects, NEWEST, request)
    page.items = as_rows(page.items)
    return page


def filtered(filters: CallbackFilters) -> QuerySet[OutboundMessage]:
    """Answer the replies that the filters leave, not yet restricted to projects, nor ordered."""
    found = OutboundMessage.objects.filter(message_type=MessageType.CALLBACK_REPLY)
    if filters.incident_id:
        found = found.filter(incident_id=filters.incident_id)
    if filters.callback_reply_status:
        found = found.filter(send_status__in=STATUSES[filters.callback_reply_status])
    return found.defer("content", "buttons")


def as_rows(messages: Sequence[OutboundMessage]) -> list[dict[str, Any]]:
    """Answer replies with what knowledge says to each; a fixed number of statements."""
    keys = {(one.project_id, one.incident_id) for one in messages if one.incident_id}
    related, failure = _related(keys)
    return [
        {
            "message_id": one.message_id,
            "project_id": one.project_id,
            "run_id": one.run_id,
            "status": _STATUS_OF[one.send_status],
            "action": one.callback_action,
            "incident_id": one.incident_id,
            "event_at": one.sent_at or one.queued_at,
            "content_preview": one.content_preview,
            "km_stale_completion_summary": _summary(
                one, related.get((one.project_id, one.incident_id or ""), Related()), failure
            ),
        }
        for one in messages
    ]


def _related(keys: set[Key]) -> tuple[Mapping[Key, Related], str]:
    """Ask the room above; answers the reason, too, where it cannot say."""
    if not keys:
        return {}, ""
    if not _contributions:
        return {}, "completion_queue_unavailable"
    try:
        with transaction.atomic():  # a failed statement must not spoil the rest of the page
            return _contributions[0](sorted(keys)), ""
    except Exception:
        log.exception("completion_queue_fetch_failed", replies=len(keys))
        return {}, "completion_queue_fetch_failed"


def _summary(message: OutboundMessage, related: Related, failure: str) -> dict[str, Any]:
    status, reason = _verdict(message, related, failure)
    needs_work = message.incident_id and not related.related_items
    items = list(related.related_items[:RELATED_AT_MOST])
    return {
        "schema_version": "km_stale_completion_summary_v1",
        "status": status,
        "project_id": message.project_id,
        "incident_id": message.incident_id,
        "reason": reason,
        "total": related.total,
        "returned": len(items),
        **{name: related.counts.get(name, 0) for name in COUNTS},
        **_PROMISES,
        "items_truncated": related.related_total > len(items),
        "related_total": related.related_total,
        "related_items": items,
        "work_item": _work_item(message, reason) if needs_work else None,
    }


_PROMISES = {
    "writes_on_read": False,
    "manual_review_required": True,
    "batch_writes_allowed": False,
}


def _verdict(message: OutboundMessage, related: Related, failure: str) -> tuple[str, str]:
    if not message.incident_id:
        return "no_incident", "no_incident"
    if failure:
        return "fetch_failed", failure
    if related.related_items:
        return "matched_owner_review", "matched_related_incident"
    return "no_related_owner_review", "no_matching_completion_item"


def _work_item(message: OutboundMessage, reason: str) -> dict[str, Any]:
    project_id, incident_id = message.project_id, message.incident_id
    query = {
        "project_id": project_id,
        "incident_id": incident_id,
        "callback_reply_status": "sent",
    }
    return {
        "schema_version": "km_stale_callback_owner_review_work_item_v1",
        "work_item_id": f"km-callback-owner-review:{project_id}:{incident_id}",
        "kind": "km_stale_callback_owner_review",
        "status": "open",
        "project_id": project_id,
        "incident_id": incident_id,
        "reason": reason,
        "title": _("No owner review is about %(incident)s") % {"incident": incident_id},
        "next_step": "review_or_queue_km_owner_review",
        "target_surface": "awooop_runs_callback_evidence",
        "target_href": f"/awooop/runs?{urlencode(query)}",
        **_PROMISES,
    }
