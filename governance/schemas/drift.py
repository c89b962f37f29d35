"""What the API takes and answers about drift."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AnyHttpUrl, Field, StringConstraints

from awooop.rest import Answer, Body, ProjectId
from governance.actions.drift import NOTE_MOST, OWNER_MOST

_Name = Annotated[str, StringConstraints(min_length=1, max_length=253)]


class DriftItemIn(Body):
    """A resource and its changed fields; an empty diff says that there is no difference."""

    resource: _Name
    kind: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    diff: dict[str, Any]
    pr_url: Annotated[AnyHttpUrl, Field(max_length=500)] | None = None


class DriftReportIn(Body):
    """What a drift detector found in a namespace."""

    project_id: ProjectId | None = None
    namespace: _Name
    items: Annotated[list[DriftItemIn], Field(min_length=1, max_length=1_000)]


class DriftSeen(Answer):
    id: UUID
    resource: str
    kind: str
    fingerprint: str
    state: str
    occurrences: int
    is_new: bool


class DriftReported(Answer):
    project_id: str
    namespace: str
    received: int
    new: int
    again: int
    gone: int
    ignored: int
    items: list[DriftSeen]


class Condition(Answer):
    name: str
    ok: bool
    why: str


class AutoAdopt(Answer):
    eligible: bool
    conditions: list[Condition]


class Recurrence(Answer):
    total: int
    last_24h: int


class Handoff(Answer):
    handed_off: bool
    owner: str | None


class Drift(Answer):
    id: UUID
    project_id: str
    namespace: str
    fingerprint: str
    resource: str
    kind: str
    state: str
    occurrences: int
    recurrence: Recurrence
    first_seen_at: datetime
    last_seen_at: datetime
    diff: dict[str, Any]
    pr_url: str | None
    zero_diff: bool
    handoff: Handoff
    open_incidents: list[str] | None
    next_step: str
    auto_adopt: AutoAdopt


class Drifts(Answer):
    items: list[Drift]
    total: int
    total_is_exact: bool
    page: int
    size: int
    next_cursor: str | None


class SettleIn(Body):
    """Preview first (`dry_run`), then the same with the preview's fingerprint."""

    dry_run: bool = True
    owner: Annotated[str, StringConstraints(max_length=OWNER_MOST)] = ""
    note: Annotated[str, StringConstraints(max_length=NOTE_MOST)] = ""
    dry_run_plan_fingerprint: Annotated[str, StringConstraints(max_length=64)] | None = None


class SettledOut(Answer):
    id: UUID
    status: str
    state: str
    dry_run: bool
    owner: str
    note: str
    next_step: str
    auto_adopt: AutoAdopt
    dry_run_plan_fingerprint: str
