"""What stands in the way of completing a review."""

from __future__ import annotations

from governance.models import Dispatch
from knowledge.models import EntryStatus, KnowledgeEntry


def blockers_of(dispatch: Dispatch, entry: KnowledgeEntry | None, *, owner: str) -> list[str]:
    """Answer the codes of what blocks a pending review: `entry_missing`, `entry_archived`,
    `refreshed_since_queued`, `no_owner`.

    `owner` is whoever would complete it.
    """
    if entry is None:
        return ["entry_missing"]
    found = []
    if entry.status == EntryStatus.ARCHIVED:
        found.append("entry_archived")
    elif entry.updated_at > dispatch.created_at:
        found.append("refreshed_since_queued")
    if not owner:
        found.append("no_owner")
    return found
