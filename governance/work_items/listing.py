"""The rows of the page. The sources ask together; where one fails, each by itself: it leaves the
others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from awooop import together
from awooop.clock import now
from governance.work_items.registry import Context, Found, WorkItem, registered

BLOCKED, IN_PROGRESS, WATCHING, DONE = "blocked", "in_progress", "watching", "done"
# In the order of the page: what a person is wanted for comes first.
STATUSES = (BLOCKED, IN_PROGRESS, WATCHING, DONE)
log = structlog.get_logger(__name__)


def rows(projects: Sequence[str], *, project_id: str | None = None) -> list[dict[str, Any]]:
    """Answer every work item over these projects, with a fixed number of statements."""
    context, items = Context(tuple(projects), now(), project_id), registered()
    try:
        with transaction.atomic():
            found = together.answers(*(item.asking(context) for item in items))
    except Exception:
        log.warning("work_items_read_one_by_one", exc_info=True)
        return [_row(item, context) for item in items]
    return [_read(item, context, one) for item, one in zip(items, found, strict=True)]


def _read(item: WorkItem, context: Context, found: Found) -> dict[str, Any]:
    return _told(item, context, IN_PROGRESS if found.open else WATCHING, found)


def _row(item: WorkItem, context: Context) -> dict[str, Any]:
    try:
        with transaction.atomic():  # a statement that fails spoils only this row
            return _read(item, context, together.answer(item.asking(context)))
    except Exception as error:
        log.exception("work_item_failed", kind=item.kind)
        return _told(item, context, BLOCKED, _unread(item, context, error))


def _unread(item: WorkItem, context: Context, error: Exception) -> Found:
    why = _("Its source could not be read (%(error)s).") % {"error": type(error).__name__}
    step = _("See the server's log for work_item_failed, and mend the source.")
    return Found(0, why, context.href(item.surface), step, {"error": type(error).__name__})


def _told(item: WorkItem, context: Context, status: str, found: Found) -> dict[str, Any]:
    return {
        "id": f"{item.kind}:{context.project_id or 'all'}",
        "kind": item.kind,
        "title": str(item.title),
        "gate": str(item.gate),
        "status": status,
        "phase": item.phase,
        "source": item.source,
        "surface": item.surface,
        "evidence": found.evidence,
        "evidence_details": {"open": None if status == BLOCKED else found.open, **found.details},
        "next_step": found.next_step if status != WATCHING else "",
        "href": found.href,
        "owner": found.owner,
        "updated_at": found.updated_at or context.at,
        "writes_on_read": False,
    }
