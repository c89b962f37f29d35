"""What confirming a completion does, in sentences."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from knowledge import policies
from knowledge.actions.complete_review import Completed, Outcome
from knowledge.models import KnowledgeEntry
from knowledge.selectors.staleness import Snapshot


def sentences(completed: Completed, other: KnowledgeEntry | None) -> list[str]:
    """Answer the plan, one sentence for each thing that is written."""
    return [
        *_of_entry(completed, other),
        _("This review ends as succeeded, and its governance event is resolved."),
        _("The decision stands in the audit record: who confirmed it, the owner, the note."),
        _("The stale ratio is measured again within minutes."),
    ]


def _of_entry(completed: Completed, other: KnowledgeEntry | None) -> list[str]:
    entry, wish = completed.entry, completed.wish
    if wish.outcome == Outcome.REFRESH:
        is_same = wish.content == entry.content and wish.title in (None, entry.title)
        text = (
            _("The entry keeps its text, confirmed as still right: version %(new)d.")
            if is_same
            else _(
                "The entry gets this text: version %(new)d; what it says now stays in its history."
            )
        ) % {"new": entry.version + 1}
        return [text, _("It counts as updated now: it is no longer stale.")]
    if wish.outcome == Outcome.SUPERSEDE and other is not None:
        text = _("The entry is archived, and its page leads to “%(title)s”.") % {
            "title": other.title
        }
    else:
        text = _("The entry is archived: a search no longer finds it; it can be brought back.")
    return [text, _("It no longer counts: neither as stale nor as in use.")]


def expected(completed: Completed) -> Snapshot:
    """Answer how stale the project's knowledge is once this is done, all else as it is now."""
    before, entry = completed.snapshot, completed.entry
    stale = before.stale_count - (1 if policies.is_stale(entry) else 0)
    is_kept = completed.wish.outcome == Outcome.REFRESH
    total = before.total_count - (0 if is_kept else 1)
    ratio = round(stale / total, 3) if total else 0.0
    return replace(before, stale_count=stale, total_count=total, stale_ratio=ratio)
