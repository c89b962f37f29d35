"""Tags of the pages of owner reviews."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from awooop import permissions
from knowledge import nav, policies, wording
from knowledge.actions.queue_reviews import NOTE_MOST, OWNER_MOST
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from knowledge.selectors import reviews

register = template.Library()
register.filter("review_word", wording.word)


@register.inclusion_tag("knowledge/_tabs.html", takes_context=True)
def knowledge_tabs(context: Context, here: str) -> dict[str, Any]:
    """Show the tabs between the pages of knowledge."""
    return {"tabs": nav.tabs(context["request"], here, context.get("project_id") or "")}


@register.inclusion_tag("knowledge/_tier.html")
def tier(name: object, score: object = None) -> dict[str, Any]:
    """Show a tier of urgency with its score; nothing where it is not known."""
    return {"tier": name, "score": score}


@register.inclusion_tag("knowledge/_ties.html")
def ties(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Show what a stale entry is tied to, with links."""
    return {
        "row": row,
        "playbook": names.get(str(row.get("related_playbook_id"))),
        "approval": names.get(str(row.get("related_approval_id"))),
    }


@register.inclusion_tag("knowledge/_entry_review.html", takes_context=True)
def entry_review(context: Context, entry: KnowledgeEntry) -> dict[str, Any]:
    """Show the newest owner review of an entry, and the way to queue one where it is stale."""
    caller = context["request"].caller
    review = reviews.latest_of(entry)
    is_open = review is not None and review.completed_at is None
    may_queue = (
        not is_open
        and policies.is_stale(entry)
        and entry.entry_type != EntryType.REVIEW_DRAFT
        and permissions.can_write(caller, "knowledge.review", entry.project_id)
    )
    return {
        "entry": entry,
        "review": review,
        "is_shown": review is not None and review.dispatch_status in reviews.LISTED,
        "is_open": is_open,
        "is_draft": entry.entry_type == EntryType.REVIEW_DRAFT
        and entry.status != EntryStatus.ARCHIVED,
        "may_queue": may_queue,
    }


@register.simple_tag
def blocker_words(code: str) -> str:
    """Answer what a blocker is, in a sentence."""
    return wording.blocker(code)["what"]


@register.simple_tag
def owner_most() -> int:
    """Answer how long an owner's name may be."""
    return OWNER_MOST


@register.simple_tag
def owner_note_most() -> int:
    """Answer how long a note to the owner may be."""
    return NOTE_MOST
