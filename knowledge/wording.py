"""The words of owner reviews for people: why an entry is stale, what blocks its review."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from knowledge.actions.complete_review import Outcome
from knowledge.priorities import Action, Reason

Words = str | Promise
WORDS: dict[str, Words] = {
    **dict(Reason.choices),
    **dict(Action.choices),
    **dict(Outcome.choices),
    # what becomes of an item of a batch
    "would_queue": _("Would be queued"),
    "queued": _("Queued"),
    "already_queued": _("In review already"),
    "skipped": _("Left out"),
    "review_drafts_are_deduplicated": _("A review draft is settled on the page of drafts."),
    # what a review is tied to
    "incident": _("Incident"),
    "playbook": _("Playbook"),
    "approval": _("Approval"),
    # what is asked of the owner
    "owner": _("the owner"),
    "owner_approved": _("the owner's approval"),
    "updated_content": _("the new text"),
    "owner_note": _("a note of the evidence, or the reason"),
    "superseded_by_entry_id": _("the entry that takes its place"),
    # which draft of a group stays, and why
    "dispatch_context": _("named by the health check"),
    "latest_review_draft": _("the latest"),
}
# What blocks a review: what it is, and what to do next.
BLOCKERS: dict[str, tuple[Words, Words]] = {
    "entry_missing": (
        _("The entry is gone."),
        _("There is nothing left to review: an operator cancels it in the queue of governance."),
    ),
    "entry_archived": (
        _("The entry is archived meanwhile."),
        _("Bring it back if it is still needed; else an operator cancels the review in the queue."),
    ),
    "refreshed_since_queued": (
        _("The entry was refreshed since it was queued."),
        _("So it is no longer stale: an operator cancels the review in the queue of governance."),
    ),
    "no_owner": (
        _("Nobody owns the entry."),
        _("Say below who completes the review, or give the entry an owner."),
    ),
}
UNKNOWN = (_("Something else is in the way."), "")


def word(code: object) -> str:
    """Answer the word for a code; one that nobody listed is made legible."""
    known = WORDS.get(str(code))
    return str(known) if known else str(code).replace("_", " ").strip()


def blocker(code: str) -> dict[str, str]:
    """Answer what a blocker is and what to do next."""
    what, then = BLOCKERS.get(code, UNKNOWN)
    return {"code": code, "what": str(what), "then": str(then)}
