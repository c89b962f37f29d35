"""The rules of an entry that hold wherever one is read or written."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from awooop import clock
from awooop.errors import Conflict
from governance.thresholds import DEFAULTS
from knowledge.models import EntryStatus, KnowledgeEntry

# Of the lists over all projects; what a project's own check counts, its threshold says.
STALE_DAYS = int(DEFAULTS["knowledge_degradation.stale_days"].default)
# What changes by itself refreshes nothing; only these two do.
CONTENT = ("title", "content")


def stale_before() -> datetime:
    """Answer the moment before which an entry must have been updated last to be stale."""
    return clock.now() - timedelta(days=STALE_DAYS)


def is_stale(entry: KnowledgeEntry) -> bool:
    """Whether an entry is in use and was not updated for 7 days."""
    return entry.status != EntryStatus.ARCHIVED and entry.updated_at < stale_before()


def check_version(entry: KnowledgeEntry, version: int) -> None:
    """Raise Conflict where the entry is not at the version that the writer has read."""
    if entry.version != version:
        raise Conflict(
            _(
                "Somebody changed it meanwhile: you read version %(version)s, "
                "it is at version %(current)s."
            )
            % {"version": version, "current": entry.version},
            code="version_conflict",
            current_version=entry.version,
        )
