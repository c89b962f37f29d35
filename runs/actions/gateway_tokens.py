"""The approval gate's own part: use up the token that a call shows, once the other gates agree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from awooop.callers import Caller
from awooop.errors import NotFound
from awooop.models import ContractRevision
from runs.actions import tokens
from runs.gateway.gates import Question, judge, needs_token
from runs.models import ApprovalToken, Run

if TYPE_CHECKING:
    from runs.actions.gateway import Asked

NO_DIGEST = "A call with an approval token needs the digest of its arguments."


@dataclass(frozen=True)
class Shown:
    """The question with what became of the token, and what the call's record keeps of that."""

    question: Question
    details: dict[str, Any] = field(default_factory=dict)


def show(
    by: Caller, run: Run, contract: ContractRevision | None, asked: Asked, question: Question
) -> Shown:
    """Use the call's token up where a token is needed, is shown, and all that is missing.

    A token of a call that another gate refuses, or that needs none, stays as it is.
    """
    if not (asked.approval_token and needs_token(asked.required_scope)):
        return Shown(question)
    if judge(replace(question, has_token=True)).gate is not None:
        return Shown(question)
    try:
        token = _use_up(by, run, contract, asked)
    except tokens.TokenRefused as refused:
        details = {"token_refused": refused.code}
        if "jti" in refused.extra:
            details["approval_token_jti"] = str(refused.extra["jti"])
        return Shown(replace(question, token_refused=refused.detail), details)
    details = {"approval_token_jti": str(token.jti), "approval_id": str(token.approval_id)}
    return Shown(replace(question, has_token=True), details)


def _use_up(by: Caller, run: Run, contract: ContractRevision | None, asked: Asked) -> ApprovalToken:
    if asked.arguments_digest is None:
        raise tokens.TokenRefused(NO_DIGEST, code="arguments_missing")
    use = tokens.Use(
        tool_name=asked.tool_name,
        run_id=run.run_id,
        arguments_digest=asked.arguments_digest,
        contract_revision_id=contract.pk if contract else None,
    )
    try:
        with transaction.atomic():
            return tokens.use_up(by=by, text=asked.approval_token or "", use=use, run=run)
    except NotFound:
        raise tokens.TokenRefused("The token is unknown.", code="token_unknown") from None
