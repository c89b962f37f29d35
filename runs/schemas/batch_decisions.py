"""Several decisions at once: what is asked, and what came of each."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from awooop.rest import Body
from runs.actions.batch_decisions import AT_MOST
from runs.models import Decision
from runs.schemas.input_fields import Flag, InProject, Text500

Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ChosenIn(Body):
    """An approval as it was shown: its id and its digest."""

    approval_id: UUID
    digest: Hex64


class BatchDecideIn(InProject):
    """One decision on several approvals: first with `dry_run`, then the items that it would decide,
    with its fingerprint."""

    items: Annotated[list[ChosenIn], Field(min_length=1, max_length=AT_MOST)]
    decision: Decision
    reason: Text500 = ""
    dry_run: Flag = True
    dry_run_plan_fingerprint: Hex64 | None = None


class BatchItemOut(Schema):
    """What became of one of them; `code` and `detail` say why it was refused.

    `approval_token_jti` is of the token that it was given: its run's worker fetches the token.
    """

    approval_id: UUID
    digest: str
    project_id: str | None
    run_id: UUID | None
    tool_name: str | None
    status: str
    code: str | None
    detail: str | None
    decided_by: str | None
    new_state: str | None
    approval_token_jti: UUID | None


class BatchDecideOut(Schema):
    """The preview (`dry_run`) or the outcome (`decided`), in the order asked for."""

    status: str
    decision: str
    would_decide: int
    decided: int
    refused: int
    items: list[BatchItemOut]
    dry_run_plan_fingerprint: str | None
