"""The projects, and who asks: an API key of each kind, an operator with a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.rows.runs import AGENTS, TOOLS
from bench.world import World

SCOPES = ("read", "ingest", "decide", "govern")


@dataclass(frozen=True)
class Callers:
    """The keys of the first project and of all, and the session of an operator of all."""

    key: str
    key_of_all: str
    session: str


def make(world: World) -> None:
    """Make the projects by the product's own action."""
    from awooop import callers
    from awooop.actions import projects

    by = callers.system("bench")
    for project in world.projects:
        projects.create(by=by, project_id=project, display_name=project)


def callers_of(world: World) -> Callers:
    """Make the keys and the session that the measures use."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from awooop import callers, tenancy
    from awooop.actions import api_keys
    from awooop.models import User
    from awooop.sessions import SessionStore

    user, _ = User.objects.get_or_create(
        email="bench@example.org", defaults={"is_superuser": True, "is_staff": True}
    )
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    with tenancy.all_projects() as ids:
        by = callers.system("bench", ids)
        _, key = api_keys.create(by=by, project_id=world.projects[0], name="bench", scopes=SCOPES)
        _contracts(world.projects[0], by)
        _, every = api_keys.create(by=by, project_id=None, name="bench all", scopes=SCOPES)
    return Callers(key, every, str(session.session_key))


def _contracts(project_id: str, by: Any) -> None:
    """Give each agent of a project a contract: every tool, for reading."""
    from awooop.actions import contracts
    from awooop.models import ContractRevision

    if ContractRevision.objects.filter(project_id=project_id).exists():
        return
    for agent in AGENTS:
        body = {"agent": agent, "tools": {tool: {"scope": "read"} for tool in TOOLS}}
        revision = contracts.draft(
            by=by, project_id=project_id, contract_id=agent, family="agent", body=body,
            version=(1, 0),
        )  # fmt: skip
        contracts.set_status(by=by, revision=revision, status="active")
