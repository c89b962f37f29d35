"""`manage.py decide`: see what waits and decide on one of it, where the pages cannot be reached."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from awooop import callers, paging, tenancy
from awooop.callers import Caller
from awooop.management.base import Report, ReportCommand
from awooop.models import User
from runs.actions import approvals as actions
from runs.models import Approval, Decision
from runs.selectors import approvals
from runs.views.decision_cards import arguments_text, title_of

LISTED = 200
LEAST_OF_DIGEST = 8


class Command(ReportCommand):
    """List what waits for a decision; approve or reject one."""

    help = (
        "List what waits for a decision; approve or reject one in the name of an operator, by the "
        "same rules as the page. A critical one is decided on the page: it asks who you are. "
        "Give the digest that the list shows, so that just this action is decided."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("what", choices=["list", *Decision.values])
        parser.add_argument("approval_id", nargs="?", type=UUID)
        parser.add_argument("--digest", default="", help="as the list shows it (its beginning)")
        parser.add_argument("--by", default="", metavar="EMAIL", help="the operator who decides")
        parser.add_argument("--reason", default="", help="why; kept with the decision")
        parser.add_argument("--project", help="only of this project")
        super().add_arguments(parser)

    def report(self, **options: Any) -> Report:
        """List, or decide."""
        if options["what"] == "list":
            return _listed(options["project"])
        if not (options["approval_id"] and options["by"] and options["digest"]):
            raise CommandError("Give the approval's id, --digest and --by.")
        by = _caller(options["by"])
        with tenancy.scope(by.projects):
            return _decided(by, options)


def _listed(project_id: str | None) -> Report:
    with tenancy.all_projects() as visible:
        projects = [one for one in visible if project_id in (None, one)]
        page = approvals.waiting(projects, request=paging.PageRequest(1, LISTED))
        lines = [line for one in page.items for line in _lines(one)]
        rows = [approvals.as_row(one, None) for one in page.items]
    return Report(lines or ["Nothing waits for a decision."], {"approvals": rows})


def _lines(approval: Approval) -> list[str]:
    ends = f"{approval.expires_at:%Y-%m-%d %H:%M}Z" if approval.expires_at else "never"
    return [
        f"{approval.pk}  {approval.digest[:16]}  {approval.risk_level}  ends {ends}  "
        f"{approval.project_id}/{approval.agent_id}",
        f"    {title_of(approval)}",
        f"    {approval.tool_name} {' '.join(arguments_text(approval.arguments).split())}",
    ]


def _caller(email: str) -> Caller:
    with tenancy.registry():
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account {email}.")
        return callers.for_user(user, label=f"{user.email} (terminal)")


def _decided(by: Caller, options: dict[str, Any]) -> Report:
    approval = approvals.get(by.projects, options["approval_id"])
    if len(options["digest"]) < LEAST_OF_DIGEST or not approval.digest.startswith(
        options["digest"]
    ):
        raise CommandError("The digest is another: look at it again with `decide list`.")
    done = actions.decide(
        by=by,
        approval_id=approval.pk,
        decision=options["what"],
        reason=options["reason"],
        digest=approval.digest,
    )
    state = {"approval_id": approval.pk, "status": done.approval.status, "state": done.new_state}
    return Report([f"{done.approval.status}: {title_of(approval)}"], state)
