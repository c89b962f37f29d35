"""The list of calls that asked the gateway, and one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from awooop import paging
from awooop.errors import Invalid, NotFound
from runs.gateway.gates import GATES, STOP
from runs.gateway.totals import GATEWAY
from runs.models import ApprovalToken, McpCall, McpStatus

NEWEST = paging.Ordering("gateway.newest", ("created_at", "call_id"))
BLOCK_GATES = (*GATES, STOP, GATEWAY)
_ALLOWED = {"result_status": tuple(McpStatus.values), "block_gate": BLOCK_GATES}
_MOST = 128


@dataclass(frozen=True)
class CallFilters:
    """What the list is narrowed to; `''` is no filter. Made by `parse_filters`."""

    agent_id: str = ""
    tool_name: str = ""
    result_status: str = ""
    block_gate: str = ""

    def as_query(self) -> dict[str, str]:
        """Answer the filters that are set, as a query string holds them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value}


def parse_filters(given: Mapping[str, str | None]) -> CallFilters:
    """Check filters as they came from a query string; raises Invalid naming what is allowed."""
    values = {field.name: given.get(field.name) or "" for field in fields(CallFilters)}
    errors = {name: text for name, value in values.items() if (text := _refusal(name, value))}
    if errors:
        raise Invalid(errors)
    return CallFilters(**values)


def _refusal(name: str, value: str) -> str | None:
    if value and name in _ALLOWED and value not in _ALLOWED[name]:
        return _("must be one of %(allowed)s") % {"allowed": ", ".join(_ALLOWED[name])}
    if len(value) > _MOST:
        return _("must have at most %(n)d characters") % {"n": _MOST}
    return None


def page_of_calls(
    filters: CallFilters, projects: Sequence[str], request: paging.PageRequest
) -> paging.Page:
    """Answer one page of calls, newest first."""
    return paging.paginate(filtered(filters), projects, NEWEST, request)


def filtered(filters: CallFilters) -> QuerySet[McpCall]:
    """Answer the calls that the filters leave, not yet restricted to projects, nor ordered."""
    return McpCall.objects.filter(**filters.as_query())


def find(call_id: UUID, projects: Sequence[str]) -> McpCall:
    """Answer a call with its run; raises NotFound."""
    rows = McpCall.objects.select_related("run").filter(call_id=call_id)
    call = paging.restrict(rows, projects).first()
    if call is None:
        raise NotFound(_("No such call, or none that you may see."))
    return call


def approval_of_token(project_id: str, jti: UUID) -> UUID | None:
    """Answer the approval that a token came of, None where it is unknown."""
    rows = ApprovalToken.objects.filter(project_id=project_id, jti=jti)
    return rows.values_list("approval_id", flat=True).first()
