"""Reads about approvals: what waits, what became of it, and the evidence beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from awooop import paging, together
from awooop.clock import now
from awooop.errors import NotFound
from awooop.together import Asking
from runs import status_chain
from runs.models import Approval, ApprovalStatus, ApprovalToken, ApprovalVote, Run
from runs.selectors import approval_changes, approval_evidence, approval_record

# What waits is worked off from its oldest end; what is over: `runs.selectors.approval_history`.
WAITING = paging.Ordering("approvals.waiting", ("requested_at", "id"), descending=False)
ENDS_SOON = timedelta(minutes=15)
COUNT_AT_MOST = 1_000
_WITH = ("run", "project", "playbook")


def waiting(projects: Sequence[str], *, request: paging.PageRequest, **filters: Any) -> paging.Page:
    """Answer one page of what waits, oldest first, with runs; overdue ones included. Votes and
    evidence are asked for by themselves.

    Of the filters (see `_waiting`), `since` leaves out what was asked before.
    """
    return paging.paginate(waiting_ones(**filters), projects, WAITING, request)


def waiting_ones(**filters: Any) -> QuerySet[Approval]:
    """Answer what waits under these filters (see `_waiting`), with runs."""
    return _waiting(**filters).select_related(*_WITH)


def _waiting(
    *,
    run_id: UUID | None = None,
    remediation_status: str | None = None,
    risk_level: str | None = None,
    since: datetime | None = None,
) -> QuerySet[Approval]:
    conditions = {
        "run_id": run_id,
        "run__remediation_status": remediation_status,
        "risk_level": risk_level,
        "requested_at__gt": since,
    }
    given = {name: value for name, value in conditions.items() if value}
    return Approval.objects.filter(status=ApprovalStatus.PENDING, **given)


def get(projects: Sequence[str], approval_id: UUID) -> Approval:
    """Answer one approval as the database has it now, with run and votes; raises NotFound."""
    rows = Approval.objects.filter(pk=approval_id).select_related(*_WITH)
    approval = paging.restrict(rows, projects).first()
    if approval is None:
        raise NotFound(_("No such approval, or none that you may see."))
    add_votes([approval], projects)
    return approval


def asking_of_run(run: Run) -> Asking[Approval | None]:
    """Ask for the approval that a run waits for, with votes and evidence, or None."""
    rows = Approval.objects.filter(
        project_id=run.project_id, run=run, status=ApprovalStatus.PENDING
    )
    first = rows.select_related(*_WITH).order_by("pk")[:1]
    (found,) = yield (together.objects(first),)
    if not found:
        return None
    yield from together.join(asking_votes(found, [run.project_id]), asking_evidence(found))
    return found[0]


def add_evidence(approvals: Sequence[Approval]) -> None:
    """Set `evidence`, `changes` and `record` on each approval: what stands beside a decision, in
    one statement for all of them together."""
    together.answer(asking_evidence(approvals))


def asking_evidence(approvals: Sequence[Approval]) -> Asking[None]:
    """Ask for what `add_evidence` sets, and set it."""
    found, (changes, records) = yield from together.join(
        approval_evidence.asking(approvals),
        together.all_of(approval_changes.known_of(approvals), approval_record.known_of(approvals)),
    )
    for approval in approvals:
        approval.evidence = found[approval.pk]
        approval.changes, approval.record = changes[approval.pk], records[approval.pk]


def count_waiting(projects: Sequence[str]) -> int:
    """Answer how many approvals wait, counted no further than 1,000 (a badge, not a report)."""
    return together.read(number_waiting(projects))[0]


@together.kept
def number_waiting(projects: Sequence[str]) -> together.Read:
    """Ask what `count_waiting` answers."""
    rows = Approval.objects.filter(status=ApprovalStatus.PENDING)
    return together.count(paging.restrict(rows, projects), COUNT_AT_MOST)


def most_urgent(
    projects: Sequence[str], *, at_most: int, within: timedelta | None = None
) -> list[Approval]:
    """Answer what can still be decided, the first to expire first; what never expires, last."""
    return together.read(urgent_ones(projects, at_most=at_most, within=within))[0]


def urgent_ones(
    projects: Sequence[str], *, at_most: int, within: timedelta | None = None
) -> together.Read:
    """Ask what `most_urgent` answers."""
    at = now()
    open_ended = Q(expires_at=None) if within is None else Q()
    rows = Approval.objects.filter(open_ended | Q(expires_at__gt=at), status=ApprovalStatus.PENDING)
    if within is not None:
        rows = rows.filter(expires_at__lte=at + within)
    order = (F("expires_at").asc(nulls_last=True), "pk")
    # Whole rows of these few only: a thousand that wait would be sorted with their arguments.
    first = paging.restrict(rows, projects).order_by(*order).values("pk")[:at_most]
    whole = paging.restrict(Approval.objects.filter(pk__in=first), projects)
    return together.objects(whole.select_related(*_WITH).order_by(*order))


def ending_soon(approvals: Sequence[Approval], *, at_most: int) -> list[Approval]:
    """Answer which of these, all that wait, are about to end: the first to expire first."""
    at = now()
    soon = [one for one in approvals if one.expires_at and at < one.expires_at <= at + ENDS_SOON]
    return sorted(soon, key=lambda one: (one.expires_at, one.pk))[:at_most]


def count_new(projects: Sequence[str], *, shown: Collection[UUID], **filters: Any) -> int:
    """Answer how many wait under the inbox's filters that are not among those shown already."""
    return _unseen(projects, shown, filters).values("pk")[:COUNT_AT_MOST].count()


def new(
    projects: Sequence[str], *, shown: Collection[UUID], at_most: int, **filters: Any
) -> list[Approval]:
    """Answer what waits under the inbox's filters and is not among those shown, oldest first."""
    rows = _unseen(projects, shown, filters).select_related(*_WITH)
    found = list(rows.order_by(*WAITING.order_by())[:at_most])
    add_votes(found, projects)
    return found


def _unseen(
    projects: Sequence[str], shown: Collection[UUID], filters: dict[str, Any]
) -> QuerySet[Approval]:
    return paging.restrict(_waiting(**filters).exclude(pk__in=shown), projects)


def version_of(approval: Approval) -> str:
    """Answer what tells whether an approval is still as it was shown: its digest's beginning, and
    how many have voted (votes are those read with it)."""
    return f"{approval.digest[:12]}.{len(approval.votes.all())}"


def news_among(
    projects: Sequence[str], shown: Mapping[UUID, str], *, not_by: str
) -> tuple[list[Approval], list[Approval]]:
    """Answer which of those shown have ended meanwhile, but not by the vote of `not_by`; and which
    still wait, but are no longer what was shown.

    `shown` has the version of each by its id, '' where it is not known.
    """
    if not shown:
        return [], []
    rows = paging.restrict(Approval.objects.filter(pk__in=list(shown)), projects)
    found = list(rows.order_by("requested_at", "pk"))
    add_votes(found, projects)
    over = [one for one in found if one.status != ApprovalStatus.PENDING]
    ended = [one for one in over if (vote := last_vote(one)) is None or vote.approver != not_by]
    changed = [
        one
        for one in found
        if one.status == ApprovalStatus.PENDING and shown[one.pk] not in ("", version_of(one))
    ]
    return ended, changed


def last_vote(approval: Approval) -> ApprovalVote | None:
    """Answer the vote that ended it, or the latest so far (votes are those read with it)."""
    votes = list(approval.votes.all())
    return votes[-1] if votes else None


def who_ended(approval: Approval) -> str:
    """Answer the label of who cast the last vote, read now; empty where nobody did."""
    rows = ApprovalVote.objects.filter(approval=approval).order_by("-created_at", "-pk")
    return rows.values_list("approver_label", flat=True).first() or ""


def is_token_unused(approval: Approval) -> bool:
    """Whether the token that it was given has not been redeemed: nothing was done by it yet."""
    return ApprovalToken.objects.filter(
        approval=approval, project_id=approval.project_id, redeemed_at=None
    ).exists()


def asking_chains(approvals: Sequence[Approval]) -> Asking[dict[UUID, dict[str, Any]]]:
    """Ask for the status chain of each approval's incident, by the approval's id; what names no
    incident has none."""
    keys = {one.pk: (one.project_id, one.incident_id) for one in approvals if one.incident_id}
    found = yield from status_chain.asking(keys.values())
    return {pk: found[key].as_dict() for pk, key in keys.items()}


def as_row(
    approval: Approval,
    summary: dict[str, Any] | None,
    chain: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Answer an approval as the API lists it; `summary` is its run's remediation summary, `chain`
    its incident's status chain."""
    votes = list(approval.votes.all())
    run = approval.run
    return {
        "run_id": approval.run_id,
        "approval_id": approval.pk,
        "project_id": approval.project_id,
        "agent_id": run.agent_id if run else None,
        "tool_name": approval.tool_name,
        "arguments": approval.arguments,
        "digest": approval.digest,
        "suggested_action": approval.suggested_action,
        "risk_level": approval.risk_level,
        "incident_id": approval.incident_id,
        "created_at": approval.requested_at,
        "expires_at": approval.expires_at,
        "timeout_at": run.timeout_at if run else None,
        "is_overdue": approval.is_overdue(now()),
        "required_approvals": approval.required_approvals,
        "votes": sum(vote.decision == "approve" for vote in votes),
        "votes_detail": votes_detail(approval),
        "remediation_summary": summary,
        "awooop_status_chain": chain,
    }


def votes_detail(approval: Approval) -> list[dict[str, Any]]:
    """Answer the votes read with an approval, as the API lists them."""
    return [
        {
            "approver": vote.approver_label,
            "decision": vote.decision,
            "reason": vote.reason,
            "created_at": vote.created_at,
        }
        for vote in approval.votes.all()
    ]


def add_votes(approvals: Sequence[Approval], projects: Sequence[str]) -> None:
    """Read the votes of these approvals with them, oldest first: one statement."""
    together.answer(asking_votes(approvals, projects))


def asking_votes(approvals: Sequence[Approval], projects: Sequence[str]) -> Asking[None]:
    """Ask for the votes of these approvals, and keep them as `votes.all()`, oldest first."""
    rows = ApprovalVote.objects.filter(approval__in=[approval.pk for approval in approvals])
    ordered = paging.restrict(rows, projects).order_by("created_at", "pk")
    (found,) = yield (together.objects(ordered),)
    together.keep_related(approvals, "votes", "approval_id", found)
