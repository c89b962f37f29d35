"""What the API answers about status chains and their quality."""

from __future__ import annotations

from datetime import datetime

from awooop.rest import Answer


class ProofOut(Answer):
    """A record that a stage rests on; `href` is the page that shows it."""

    kind: str
    id: str
    href: str


class StageOut(Answer):
    """A stage: `done`, `missing`, `waiting`, `blocked` or `not_needed`.

    A gap without a `next_step` is one that nobody can close any more.
    """

    stage: str
    status: str
    why: str
    at: datetime | None
    evidence: list[ProofOut]
    next_step: str


class StatusChain(Answer):
    """An incident from the alert to what was learned; see docs/status-chain.md for the grades."""

    schema_version: str
    project_id: str
    incident_id: str
    grade: str | None
    score: float | None
    next_step: str
    stages: list[StageOut]
    generated_at: datetime
    writes_on_read: bool = False


class IncidentQuality(Answer):
    """One incident's grade; `missing` are its gaps: stages that are missing or blocked."""

    incident_id: str
    grade: str | None
    score: float | None
    done: list[str]
    missing: list[str]
    next_step: str


class QualitySummary(Answer):
    """The chains of a project's latest incidents, newest first; null is unknown, not zero.

    `project_id` is null where several projects are summed up together.
    """

    schema_version: str
    project_id: str | None
    limit: int
    generated_at: datetime
    duration_ms: float
    cached: bool
    incidents: list[IncidentQuality]
    stage_coverage: dict[str, float | None]
    quality_score: float | None
    writes_on_read: bool = False
