"""The kill switch as the gates ask about it: is this call stopped, and what is stopped now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from awooop import together
from awooop.errors import Conflict, NotFound
from awooop.models import Stop
from awooop.models.stop import StopScope

CODE = "stopped"
HISTORY_AT_MOST = 100
_HOLDING = "select * from awooop_stop_holding(%s, %s, %s)"


class Stopped(Conflict):
    """The kill switch stands in the way; `stop` is which, `stop_id` and `scope` tell of it."""

    code = CODE

    def __init__(self, stop: Stop) -> None:
        super().__init__(told(stop), stop_id=str(stop.stop_id), scope=stop.scope)
        self.stop = stop


def holding(project_id: str, *, agent_id: str = "", tool_name: str = "") -> Stop | None:
    """Answer the widest open stop of such a call, None where nothing holds it back.

    Until the caller's transaction ends no stop of it can be committed: one that comes now waits, so
    that after it nothing is admitted any more.
    """
    return next(iter(Stop.objects.raw(_HOLDING, [project_id, agent_id, tool_name])), None)


def check(project_id: str, *, agent_id: str = "", tool_name: str = "") -> None:
    """Raise Stopped where a stop holds such a call back; see `holding`."""
    stop = holding(project_id, agent_id=agent_id, tool_name=tool_name)
    if stop is not None:
        raise Stopped(stop)


def seen_from(projects: Sequence[str]) -> QuerySet[Stop]:
    """Answer the stops of these projects and those of every project, newest first."""
    rows = Stop.objects.filter(Q(project=None) | Q(project_id__in=list(projects)))
    return rows.order_by("-stopped_at", "-stop_id")


def open_in(projects: Sequence[str], scope: str = "") -> list[Stop]:
    """Answer what is stopped now in these projects, the widest first; '' is any scope."""
    return together.read(open_ones(projects, scope))[0]


@together.kept
def open_ones(projects: Sequence[str], scope: str = "") -> together.Read:
    """Ask for what is stopped now in these projects, the widest first; '' is any scope."""
    ranks = {scope: rank for rank, scope in enumerate(StopScope.values)}

    def widest_first(found: list[Stop]) -> list[Stop]:
        return sorted(found, key=lambda stop: (ranks[stop.scope], stop.project_id or ""))

    return together.objects(_of_scope(projects, scope).filter(lifted_at=None)).then(widest_first)


def history(projects: Sequence[str], scope: str = "", at_most: int = HISTORY_AT_MOST) -> list[Stop]:
    """Answer the newest stops that were lifted; '' is any scope."""
    return list(_of_scope(projects, scope).exclude(lifted_at=None)[:at_most])


def _of_scope(projects: Sequence[str], scope: str) -> QuerySet[Stop]:
    rows = seen_from(projects)
    return rows.filter(scope=scope) if scope else rows


def find(stop_id: UUID, projects: Sequence[str]) -> Stop:
    """Answer a stop; raises NotFound."""
    found = seen_from(projects).filter(pk=stop_id).first()
    if found is None:
        raise NotFound(_("No such stop, or none that you may see."))
    return found


def of_call(
    stops: Iterable[Stop], project_id: str, *, agent_id: str = "", tool_name: str = ""
) -> Stop | None:
    """Answer the first of these stops that covers such a call: to be shown; a gate asks `check`."""
    covering = (
        one for one in stops if one.covers(project_id, agent_id=agent_id, tool_name=tool_name)
    )
    return next(covering, None)


def told(stop: Stop) -> str:
    """Answer in a sentence what is stopped, why, and by whom."""
    facts: dict[str, Any] = {
        "project": stop.project_id,
        "agent": stop.agent_id,
        "tool": stop.tool_name,
        "reason": stop.reason,
        "who": stop.stopped_by,
    }
    return _sentence(stop) % facts


def _sentence(stop: Stop) -> str:
    if stop.scope == StopScope.ALL:
        return _("Everything is stopped (%(who)s): %(reason)s")
    if stop.scope == StopScope.PROJECT:
        return _("The project %(project)s is stopped (%(who)s): %(reason)s")
    if stop.scope == StopScope.AGENT:
        if stop.project_id is None:
            return _("The agent %(agent)s is stopped in every project (%(who)s): %(reason)s")
        return _("The agent %(agent)s is stopped in %(project)s (%(who)s): %(reason)s")
    if stop.project_id is None:
        return _("The tool %(tool)s is stopped in every project (%(who)s): %(reason)s")
    return _("The tool %(tool)s is stopped in %(project)s (%(who)s): %(reason)s")
