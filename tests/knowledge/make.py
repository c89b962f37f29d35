"""Make entries for tests: by the action, or many at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from awooop.callers import Caller
from awooop.clock import now
from knowledge.actions import entries, writing
from knowledge.models import KnowledgeEntry

CONTENT = "# Disk full\n\n## Mitigation\n\nRotate the logs, then grow the volume.\n"


def entry(by: Caller, project_id: str = "awoooi", **values: Any) -> KnowledgeEntry:
    """Write an entry by the action."""
    given = {"title": "Disk of a node is full", "content": CONTENT, "status": "approved"} | values
    return entries.create(by=by, project_id=project_id, **given)


def many(count: int, project_id: str = "awoooi", **values: Any) -> list[KnowledgeEntry]:
    """Insert entries of which each is a minute older than the one before."""
    at = now()
    rows = []
    for number in range(count):
        moment = at - timedelta(minutes=number)
        given = {
            "title": f"Entry {number}",
            "content": f"About service-{number}.",
            "status": "approved",
            "created_at": moment,
            "updated_at": moment,
        }
        rows.append(KnowledgeEntry(project_id=project_id, **{**given, **values}))
    return writing.insert(rows, editor="tests", reason="")
