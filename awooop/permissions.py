"""The role table: who may do what. Pages, API and admin ask here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from awooop import together
from awooop.callers import Caller
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound
from awooop.models.api_key import ApiScope
from awooop.models.audit import ActorKind
from awooop.models.project import Project, Role

_ALL = frozenset(Role.values)
_OPERATORS = frozenset({Role.OPERATOR, Role.PROJECT_ADMIN})
_OWNERS = frozenset({Role.KNOWLEDGE_OWNER, Role.PROJECT_ADMIN})
_WRITERS = _OPERATORS | _OWNERS  # of knowledge
_ADMINS = frozenset({Role.PROJECT_ADMIN})


@dataclass(frozen=True)
class Permission:
    """The roles (of a person) and the scope (of an API key) that an operation asks for."""

    roles: frozenset[str]
    scope: str | None


TABLE: dict[str, Permission] = {
    "read": Permission(_ALL, ApiScope.READ),
    "ingest": Permission(frozenset(), ApiScope.INGEST),
    "approval.decide": Permission(_OPERATORS, ApiScope.DECIDE),
    "approval.extend": Permission(_OPERATORS, ApiScope.DECIDE),
    "run.cancel": Permission(_OPERATORS, ApiScope.INGEST),
    "incident.resolve": Permission(_OPERATORS, ApiScope.INGEST),
    "message.retry": Permission(_OPERATORS, ApiScope.GOVERN),
    "governance.act": Permission(_OPERATORS, ApiScope.GOVERN),
    "audit.read": Permission(_OPERATORS, ApiScope.GOVERN),
    "audit.export": Permission(_OPERATORS, ApiScope.GOVERN),
    "webhook.edit": Permission(_ADMINS, ApiScope.GOVERN),
    "knowledge.edit": Permission(_WRITERS, ApiScope.GOVERN),
    "knowledge.review": Permission(_OWNERS, ApiScope.GOVERN),
    "stop.place": Permission(_ADMINS, ApiScope.GOVERN),
    "stop.lift": Permission(_ADMINS, ApiScope.GOVERN),
    "note.write": Permission(_WRITERS, ApiScope.INGEST),
    "note.moderate": Permission(_ADMINS, None),
    "view.share": Permission(_WRITERS, None),
    "view.moderate": Permission(_ADMINS, None),
    "playbook.edit": Permission(_ADMINS, None),
    "contract.edit": Permission(_ADMINS, None),
    "project.edit": Permission(_ADMINS, None),
    "member.edit": Permission(_ADMINS, None),
    "api_key.edit": Permission(_ADMINS, None),
}


def check_can(caller: Caller, operation: str, project_id: str) -> None:
    """Raise NotFound where the caller does not see the project, NotAllowed where the role is too
    low."""
    if project_id not in caller.projects:
        raise NotFound(_("No such project, or none that you may see."))
    permission = TABLE[operation]
    if caller.kind == ActorKind.SYSTEM or caller.is_superuser:
        return
    if caller.user is not None:
        if caller.roles.get(project_id) not in permission.roles:
            raise NotAllowed(
                _("Your role in %(project_id)s does not allow this (%(operation)s).")
                % {"project_id": project_id, "operation": operation},
                needed=sorted(permission.roles),
            )
        return
    check_scope(caller, permission.scope)


def check_can_everywhere(caller: Caller, operation: str) -> None:
    """Raise NotAllowed unless the caller may do it in every project: a superuser, the application
    itself, or a key for every project with the operation's scope."""
    if caller.kind == ActorKind.SYSTEM or caller.is_superuser:
        return
    if caller.api_key is None or caller.home_project is not None:
        raise NotAllowed(_("Only a superuser does this in every project at once."))
    check_scope(caller, TABLE[operation].scope)


def check_can_write(caller: Caller, operation: str, project_id: str) -> None:
    """Raise as `check_can` does, and Conflict `project_inactive` where the project is switched off.

    Nothing starts or ends there, whoever asks; its own settings can still be edited (`check_can`).
    """
    check_can(caller, operation, project_id)
    if not together.read(is_active(project_id))[0]:
        raise Conflict(
            _("The project %(project_id)s is not active.") % {"project_id": project_id},
            code="project_inactive",
        )


def is_active(project_id: str) -> together.Read:
    """Ask whether the project is on."""
    rows = Project.objects.filter(project_id=project_id, is_active=True)
    return together.count(rows).then(bool)


def check_scope(caller: Caller, scope: str | None) -> None:
    """Raise NotAllowed where an API key lacks the scope (None: no key may)."""
    if scope is None or scope not in caller.scopes:
        raise NotAllowed(
            f"This API key lacks the scope '{scope}'." if scope else "No API key may do this.",
            code="scope_missing",
        )


def can(caller: Caller | None, operation: str, project_id: str) -> bool:
    """Whether the caller may; for templates, derived from `check_can`."""
    return caller is not None and _passes(check_can, caller, operation, project_id)


def can_write(caller: Caller | None, operation: str, project_id: str) -> bool:
    """Whether the caller may, and the project is on; derived from `check_can_write`."""
    return caller is not None and _passes(check_can_write, caller, operation, project_id)


def can_everywhere(caller: Caller | None, operation: str) -> bool:
    """Whether the caller may, in every project at once; derived from `check_can_everywhere`."""
    return caller is not None and _passes(check_can_everywhere, caller, operation)


def _passes(check: Callable[..., None], caller: Caller, operation: str, *about: str) -> bool:
    try:
        check(caller, operation, *about)
    except (Conflict, NotAllowed, NotFound):
        return False
    return True


def readable_projects(caller: Caller, project_id: str | None) -> tuple[str, ...]:
    """Answer the projects that a read is about: the named one, or every visible one; raises
    NotFound."""
    if not project_id:
        return caller.projects
    if project_id not in caller.projects:
        raise NotFound(_("No such project, or none that you may see."))
    return (project_id,)


def writable_project(caller: Caller, project_id: str | None) -> str:
    """Answer the project that a write is about: the named one, or the key's own.

    Raises NotFound for one that the caller may not see, Invalid where none is named or implied.
    """
    named = project_id or caller.home_project
    if named is None:
        if len(caller.projects) == 1:
            return caller.projects[0]
        raise Invalid({"project_id": _("must be named: this key is for every project")})
    if named not in caller.projects:
        raise NotFound(_("No such project, or none that you may see."))
    return named
