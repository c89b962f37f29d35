"""Decide on several approvals of low and medium risk at once, exactly as they were previewed.

What is chosen is a fixed snapshot: each approval with the digest of its action as it was shown.
Each is a decision of its own, with its own token, step and audit record; one that somebody else
decided or changed in between is refused by itself and named, and the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import permissions, stops, two_phase
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from awooop.models import Stop
from awooop.two_phase import Plan
from runs import policies
from runs.actions import approval_locks, approvals
from runs.models import Approval, ApprovalStatus, Decision
from runs.selectors import approvals as selectors

AT_MOST = 50
WOULD, DECIDED, REFUSED = "would_decide", "decided", "refused"


@dataclass(frozen=True)
class Chosen:
    """One approval as it was shown: its id, and the digest of its action."""

    approval_id: UUID
    digest: str


@dataclass(frozen=True)
class Item:
    """What would be (`would_decide`) or was (`decided`, `refused`) done with one of those chosen.

    `approval` is None where there is none that the caller may see; `code` and `detail` say why it
    was refused, `decided_by` who had ended it.
    """

    chosen: Chosen
    approval: Approval | None
    status: str
    code: str = ""
    detail: str = ""
    decided_by: str = ""
    outcome: approvals.Outcome | None = None


@dataclass(frozen=True)
class Batch:
    """A batch that was decided, or the preview of it (`dry_run`), its items in the order chosen.

    `fingerprint` is of those that would be decided: they, and no others, are sent to confirm.
    """

    status: str
    decision: str
    items: list[Item]
    fingerprint: str | None

    def with_status(self, status: str) -> list[Item]:
        """Answer the items that have this status."""
        return [item for item in self.items if item.status == status]


@transaction.atomic
def decide(
    *,
    by: Caller,
    chosen: Sequence[Chosen],
    decision: str,
    reason: str = "",
    project_id: str | None = None,
    dry_run: bool = True,
    fingerprint: str | None = None,
) -> Batch:
    """Decide on those chosen, after a preview; each has its own outcome.

    Raises Invalid, NotFound, NotAllowed where the caller may decide on none of them, and Conflict
    as `awooop.two_phase.confirm` does.
    """
    _check(chosen, decision)
    projects = permissions.readable_projects(by, project_id)
    if dry_run:
        items = _looked_at(by, chosen, _seen(chosen, projects), decision)
        would = [item.chosen for item in items if item.status == WOULD]
        plan = _plan(by, would, decision) if would else None
        return Batch("dry_run", decision, items, plan and plan.fingerprint)
    plan = _plan(by, chosen, decision)
    two_phase.confirm(plan, given=fingerprint)
    held = approval_locks.hold([one.approval_id for one in chosen], projects)
    items = _looked_at(by, chosen, held, decision)
    done = {item.chosen: _decided(by, item, decision, reason, plan) for item in _in_order(items)}
    return Batch("decided", decision, [done[item.chosen] for item in items], plan.fingerprint)


def _check(chosen: Sequence[Chosen], decision: str) -> None:
    errors = {}
    if not 1 <= len(chosen) <= AT_MOST:
        errors["items"] = _("must be from 1 to %(most)s approvals") % {"most": AT_MOST}
    elif len({one.approval_id for one in chosen}) < len(chosen):
        errors["items"] = _("must name each approval once")
    if decision not in Decision.values:
        allowed = ", ".join(Decision.values)
        errors["decision"] = _("must be one of %(allowed)s") % {"allowed": allowed}
    if errors:
        raise Invalid(errors)


def _plan(by: Caller, chosen: Sequence[Chosen], decision: str) -> Plan:
    return Plan(
        kind="runs.approvals.batch",
        inputs={"by": by.ident, "decision": decision},
        rows={f"approval:{one.approval_id}": one.digest for one in chosen},
    )


def _seen(chosen: Sequence[Chosen], projects: Sequence[str]) -> dict[UUID, Approval]:
    ids = [one.approval_id for one in chosen]
    rows = Approval.objects.filter(pk__in=ids, project_id__in=list(projects))
    return {row.pk: row for row in rows.select_related("run")}


def _looked_at(
    by: Caller, chosen: Sequence[Chosen], found: dict[UUID, Approval], decision: str
) -> list[Item]:
    """Answer what each would come to; raises NotAllowed where the caller may decide on none."""
    projects = {name: _barred(by, name) for name in {one.project_id for one in found.values()}}
    refusals = [why for why in projects.values() if isinstance(why, NotAllowed)]
    if projects and len(refusals) == len(projects):
        raise refusals[0]
    stopped = stops.open_in(list(projects)) if decision == Decision.APPROVE else []
    look = _Look(by, projects, stopped)
    return [look.at(one, found.get(one.approval_id)) for one in chosen]


def _barred(by: Caller, project_id: str) -> Refused | None:
    try:
        permissions.check_can_write(by, "approval.decide", project_id)
    except (Conflict, NotAllowed) as refused:
        return refused
    return None


@dataclass(frozen=True)
class _Look:
    """What is the same for all of them: who decides, why not in a project, what is stopped."""

    by: Caller
    projects: dict[str, Refused | None]
    stopped: list[Stop]

    def at(self, one: Chosen, approval: Approval | None) -> Item:
        """Answer what one of them would come to."""
        try:
            self._check(one, approval)
        except (Conflict, NotAllowed, NotFound) as refused:
            return _refused(one, approval, refused)
        return Item(one, approval, WOULD)

    def _check(self, one: Chosen, approval: Approval | None) -> None:
        if approval is None:
            raise NotFound(_("No such approval, or none that you may see."))
        if barred := self.projects[approval.project_id]:
            raise barred
        approvals.check_decidable(self.by, approval.run, approval, now())
        policies.check_can_decide_in_batch(approval)
        approvals.check_same(approval, one.digest)
        call = {"agent_id": approval.agent_id, "tool_name": approval.tool_name}
        if stop := stops.of_call(self.stopped, approval.project_id, **call):
            raise stops.Stopped(stop)


def _refused(one: Chosen, approval: Approval | None, refused: Refused) -> Item:
    decided_by = ""
    if approval is not None and approval.status in (
        ApprovalStatus.APPROVED,
        ApprovalStatus.REJECTED,
    ):
        decided_by = selectors.who_ended(approval)
    return Item(one, approval, REFUSED, refused.code, refused.detail, decided_by)


def _in_order(items: Sequence[Item]) -> list[Item]:
    """Answer the items project by project: each project's audit chain is locked in turn, by any
    two batches in the same order."""
    return sorted(items, key=lambda item: item.approval.project_id if item.approval else "")


def _decided(by: Caller, item: Item, decision: str, reason: str, plan: Plan) -> Item:
    if item.status != WOULD or item.approval is None:
        return item
    try:
        with transaction.atomic():
            outcome = approvals.decide_locked(
                by, item.approval.run, item.approval, decision, reason, batch=plan.fingerprint
            )
    except (Conflict, NotAllowed) as refused:
        return _refused(item.chosen, item.approval, refused)
    return replace(item, status=DECIDED, outcome=outcome)
