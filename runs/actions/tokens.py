"""Approval tokens: single use, signed, bound to project, run, tool and the approved action.

The signed text (a JWT, RFC 7519, HS256) is made from the token's row and not stored.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings
from django.db import transaction

from awooop import bulk, permissions, stops
from awooop.actions import audit
from awooop.callers import Caller
from awooop.canonical import fingerprint
from awooop.clock import now
from awooop.errors import Conflict, NotFound
from runs import policies
from runs.actions.transitions import lock_run, open_run
from runs.digests import digest_of
from runs.models import Approval, ApprovalStatus, ApprovalToken, Run, RunState

_ISSUER, _ALGORITHM = "awooop", "HS256"


@dataclass(frozen=True)
class Use:
    """What a token is shown for; what is None is not compared."""

    tool_name: str
    run_id: UUID | None = None
    arguments_digest: str | None = None
    contract_revision_id: UUID | None = None


class TokenRefused(Conflict):
    """A token that does not open what it was shown for; `code` says why."""

    code = "token_refused"


def issue(approval: Approval, by: Caller) -> ApprovalToken:
    """Issue the token of an approval that was just given."""
    at = now()
    token = ApprovalToken(
        approval=approval,
        project_id=approval.project_id,
        tool_name=approval.tool_name,
        approver_id=by.ident,
        issued_at=at,
        expires_at=at + timedelta(seconds=settings.APPROVAL_TOKEN_TTL_S),
    )
    bulk.insert([token])
    return token


def signed(token: ApprovalToken) -> str:
    """Answer the signed text of a token: the same text each time."""
    claims = {
        "iss": _ISSUER,
        "jti": str(token.jti),
        "project": token.project_id,
        "run": str(token.approval.run_id) if token.approval.run_id else None,
        "tool": token.tool_name,
        "approver": token.approver_id,
        "digest": token.approval.digest,
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
    }
    return jwt.encode(claims, _key(), algorithm=_ALGORITHM)


def fetch(
    *, by: Caller, run_id: UUID, worker_id: str | None = None, project_id: str | None = None
) -> tuple[ApprovalToken, str]:
    """Answer the run's latest unredeemed token and its text, to the worker that holds the run.

    Raises NotFound, or Conflict where the run is another's, has no token, or is stopped.
    """
    with transaction.atomic():
        run = open_run(by, "ingest", run_id, project_id)
        worker_key = by.api_key.origin if by.api_key else ""
        policies.check_holds(run, worker_key=worker_key, worker_id=worker_id)
        token = (
            ApprovalToken.objects.select_related("approval")
            .filter(approval__run=run, redeemed_at=None, expires_at__gt=now())
            .order_by("-issued_at")
            .first()
        )
        if token is None:
            raise Conflict(
                "The run has no approval token to redeem.", code="no_token", state=run.state
            )
        stops.check(run.project_id, agent_id=run.agent_id, tool_name=token.tool_name)
        return token, signed(token)


def redeem(
    *,
    by: Caller,
    token: str,
    tool_name: str,
    run_id: UUID | None = None,
    arguments: dict[str, Any] | None = None,
) -> ApprovalToken:
    """Use a token up; exactly one redemption of a token succeeds.

    Raises TokenRefused with the reason as its code; a refusal is audited in a transaction of its
    own.
    """
    digest = None if arguments is None else fingerprint(arguments)
    try:
        with transaction.atomic():
            return use_up(by=by, text=token, use=Use(tool_name, run_id, digest))
    except TokenRefused as refused:
        _record_refusal(by, refused, tool_name)
        raise


def use_up(*, by: Caller, text: str, use: Use, run: Run | None = None) -> ApprovalToken:
    """Redeem a token in the caller's transaction; `run` is its run where that is locked already.

    Raises NotFound, NotAllowed or TokenRefused; records the redemption, but no refusal.
    """
    claims = _claims(text)
    project_id = claims["project"]
    if project_id not in by.projects:
        raise NotFound("No such token, or none of a project that you may see.")
    permissions.check_can(by, "ingest", project_id)
    if run is None and claims.get("run"):
        run = lock_run(UUID(claims["run"]), by.projects)
    elif run is not None and claims.get("run") != str(run.run_id):
        # Before anything else is locked: two runs locked in no order could wait for each other.
        raise TokenRefused("The token is for another run.", code="wrong_run", jti=claims["jti"])
    token = (
        ApprovalToken.objects.select_related("approval", "project")
        .select_for_update(of=("self",))
        .filter(jti=claims["jti"], project_id=project_id)
        .first()
    )
    if token is None:
        raise TokenRefused("The token is unknown.", code="token_unknown")
    _check_bound(token, run, by, use)
    _check_not_stopped(token, run)
    token.redeemed_at = now()
    token.save(update_fields=["redeemed_at"])
    _record(by, token, "run.approval.redeem", {"tool_name": use.tool_name})
    return token


def _check_not_stopped(token: ApprovalToken, run: Run | None) -> None:
    agent_id = run.agent_id if run else ""
    stop = stops.holding(token.project_id, agent_id=agent_id, tool_name=token.tool_name)
    if stop is not None:
        raise TokenRefused(
            stops.told(stop), code=stops.CODE, jti=str(token.jti), stop_id=str(stop.stop_id)
        )


def _claims(text: str) -> dict[str, Any]:
    """Answer what a token says: signed with the secret key, or with an earlier one."""
    for secret in settings.SECRET_KEY_FALLBACKS:
        try:
            return _signed_with(_key(secret), text)
        except TokenRefused:
            continue
    return _signed_with(_key(), text)


def _signed_with(key: bytes, text: str) -> dict[str, Any]:
    try:
        claims = jwt.decode(
            text,
            key,
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            # Expiry is checked against our own clock, on the row.
            options={"verify_exp": False, "verify_iat": False, "require": ["jti", "exp", "iss"]},
        )
    except jwt.InvalidTokenError:
        raise TokenRefused(
            "The token is not one of ours, or was altered.", code="token_invalid"
        ) from None
    return claims


def _check_bound(token: ApprovalToken, run: Run | None, by: Caller, use: Use) -> None:
    approval, at = token.approval, now()
    contracts = {None, use.contract_revision_id or approval.contract_revision_id}
    checks = (
        (token.redeemed_at is not None, "token_redeemed", "The token was redeemed already."),
        (token.expires_at <= at, "token_expired", "The token has expired."),
        (not token.project.is_active, "project_inactive", "The project is not active."),
        (token.tool_name != use.tool_name, "wrong_tool", "The token is for another tool."),
        (
            use.run_id is not None and use.run_id != approval.run_id,
            "wrong_run",
            "The token is for another run.",
        ),
        (
            approval.status != ApprovalStatus.APPROVED,
            "not_approved",
            "The approval behind the token does not stand.",
        ),
        (
            run is not None and run.state != RunState.RUNNING,
            "run_not_running",
            "The run does not run any more.",
        ),
        (_is_anothers(run, by), "not_your_run", "The run is held by another worker."),
        (
            digest_of(approval) != approval.digest,
            "digest_mismatch",
            "The approved action was altered.",
        ),
        (
            use.arguments_digest is not None
            and use.arguments_digest != fingerprint(approval.arguments),
            "arguments_changed",
            "These are not the arguments that were approved.",
        ),
        (
            approval.contract_revision_id not in contracts,
            "contract_changed",
            "The contract was changed since the approval was asked for.",
        ),
    )
    for refused, code, detail in checks:
        if refused:
            raise TokenRefused(detail, code=code, jti=str(token.jti))


def _is_anothers(run: Run | None, by: Caller) -> bool:
    return run is not None and by.api_key is not None and run.worker_key != by.api_key.origin


def _key(secret: str = "") -> bytes:
    secret = secret or settings.SECRET_KEY
    return hmac.new(secret.encode(), b"awooop approval token", hashlib.sha256).digest()


def _record(by: Caller, token: ApprovalToken, action: str, details: dict[str, Any]) -> None:
    entry = audit.Entry(
        action, "approval_token", str(token.jti), details, run_id=token.approval.run_id
    )
    audit.append(project_id=token.project_id, by=by, entry=entry)


def _record_refusal(by: Caller, refused: TokenRefused, tool_name: str) -> None:
    """A refused token is on record in the caller's own project, whatever the token said of its
    own."""
    project_id = by.home_project or (by.projects[0] if by.projects else None)
    if project_id is None:
        return
    details = {"reason": refused.code, "tool_name": tool_name}
    ident = str(refused.extra.get("jti", "unknown"))
    entry = audit.Entry("run.approval.redeem_refused", "approval_token", ident, details)
    audit.append(project_id=project_id, by=by, entry=entry)
