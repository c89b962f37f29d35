"""The reasons offered where an approval is decided: a project's own, else the usual ones."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from awooop.models import Project
from awooop.models.fields import lines_of
from runs.models import Approval, Decision


def offered(approval: Approval) -> list[str]:
    """Answer the reasons for one approval, those for approving first: what its project says, where
    it says something, else those that fit the situation."""
    project = approval.project
    approving = lines_of(project.approve_reasons) or _for_approving(approval)
    rejecting = lines_of(project.reject_reasons) or _for_rejecting(approval)
    return list(dict.fromkeys([*approving, *rejecting]))


def offered_together(projects: Iterable[Project], decision: str) -> list[str]:
    """Answer the reasons for a decision about approvals of these projects: each project's own, and
    the usual ones where one has none."""
    found: dict[str, None] = {}
    for project in projects:
        is_approval = decision == Decision.APPROVE
        own = lines_of(project.approve_reasons if is_approval else project.reject_reasons)
        found |= dict.fromkeys(own or _usual(decision))
    return list(found) or _usual(decision)


def _usual(decision: str) -> list[str]:
    if decision == Decision.APPROVE:
        return [_("Matches the runbook"), _("The evidence is enough")]
    return [_("Wait for the owner"), _("No longer needed")]


def _for_approving(approval: Approval) -> list[str]:
    beside, record = getattr(approval, "evidence", None), getattr(approval, "record", None)
    tried = beside and beside.dry_run
    has_succeeded = bool(tried and tried.success)
    return [
        _("Matches the runbook"),
        *([_("The dry run shows what I expect")] if has_succeeded else []),
        *([_("It has worked before")] if record and record.has_worked else []),
        *([] if has_succeeded else [_("The evidence is enough")]),
    ]


def _for_rejecting(approval: Approval) -> list[str]:
    beside = getattr(approval, "evidence", None)
    return [
        _("Wrong target"),
        _("Wait for the owner"),
        *([] if beside and beside.dry_run else [_("Dry run first")]),
        *([_("Mend the cause instead")] if beside and beside.has_come_back else []),
    ]
