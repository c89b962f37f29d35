"""What the API answers about work items."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from awooop.rest import Answer


class WorkItemOut(Answer):
    """One gap in the evidence, tracked: `blocked` (its source could not be read), `in_progress`
    (gaps are open), `watching` (none is) or `done`. `href` is the page where it is mended."""

    id: str
    kind: str
    title: str
    gate: str
    status: str
    phase: str
    source: str
    surface: str
    evidence: str
    evidence_details: dict[str, Any]
    next_step: str
    href: str
    owner: str
    updated_at: datetime
    writes_on_read: bool = False


class WorkItems(Answer):
    """Every work item, in the page's order; `counts` by status."""

    items: list[WorkItemOut]
    total: int
    counts: dict[str, int]
    project_id: str | None
    generated_at: datetime
    writes_on_read: bool = False
