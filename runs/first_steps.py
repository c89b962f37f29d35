"""What to do in a project in which nothing has happened yet; higher rooms add their own steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

_DONE = """
select exists (select 1 from awooop_apikey
                where project_id = any(%(projects)s) and revoked_at is null
                  and 'ingest' = any(scopes)),
       exists (select 1 from awooop_contractrevision
                where project_id = any(%(projects)s) and lifecycle_status = 'active'
                  and contract_family = 'agent'),
       exists (select 1 from awooop_contractrevision
                where project_id = any(%(projects)s) and lifecycle_status = 'active'
                  and contract_family = 'channel'),
       exists (select 1 from unnest(%(projects)s::text[]) as visible(project_id)
                cross join lateral (
                  select 1 from runs_channelevent where project_id = visible.project_id
                   order by received_at desc limit 1) newest)
"""


@dataclass(frozen=True)
class Step:
    """One thing to do: whether it is done, what it is for, a command to run or a page to open."""

    title: str
    text: str
    is_done: bool = False
    command: str = ""
    href: str = ""


Read = Callable[[Sequence[str], str], list[Step]]
_contributed: dict[str, Read] = {}


def contribute(name: str, read: Read) -> None:
    """Let a higher room add steps: `(projects, the name for commands) -> steps`, one statement at
    most. Raises ValueError for a second of the name."""
    if name in _contributed:
        raise ValueError(f"the steps of {name} are contributed already")
    _contributed[name] = read


def of(projects: Sequence[str]) -> list[Step]:
    """Answer the steps in their order; two statements, asked only where there never was a run."""
    if not projects:
        return [_no_project()]
    named = projects[0] if len(projects) == 1 else "PROJECT"
    more = [step for read in _contributed.values() for step in read(projects, named)]
    return [*_own(projects, named), *more]


def _no_project() -> Step:
    return Step(
        title=_("Make a project, or become a member of one"),
        text=_("You see no project yet. An administrator makes one and gives people their roles."),
        command='manage.py createproject my-project --name "My project"',
    )


def _own(projects: Sequence[str], named: str) -> list[Step]:
    with connection.cursor() as cursor:
        cursor.execute(_DONE, {"projects": list(projects)})
        has_key, has_contract, has_chat, has_event = cursor.fetchone()
    webhook = f"{settings.PUBLIC_URL}/api/v1/webhooks/alertmanager"
    claim = f"{settings.PUBLIC_URL}/api/v1/platform/runs/claim"
    return [
        Step(
            title=_("Make a key for your agents"),
            text=_("Agents and Alertmanager report with it. It is printed once."),
            is_done=has_key,
            command=f"manage.py createapikey --project {named} --name agent --scopes read,ingest",
        ),
        Step(
            title=_("Say what the agent may do"),
            text=_("An agent contract is the gateway's policy: which tools, in which scope."),
            is_done=has_contract,
            href=reverse("contract-new"),
        ),
        Step(
            title=_("Say where operators are told"),
            text=_("A channel contract names their chat. Without one, approvals wait here only."),
            is_done=has_chat,
            href=reverse("contract-new"),
        ),
        Step(
            title=_("Send the first alert"),
            text=_("An Alertmanager with that key opens an incident and queues a run: %(url)s")
            % {"url": webhook},
            is_done=has_event,
        ),
        Step(
            title=_("Let an agent claim its first run"),
            text=_("It asks for work here, reports its steps, and asks before it writes: %(url)s")
            % {"url": claim},
        ),
    ]
