"""Who calls, and what they may see: one shape for people, keys, Telegram and the system itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from awooop import tenancy
from awooop.models.audit import ActorKind

if TYPE_CHECKING:
    from awooop.models import ApiKey, TelegramAccount, User


@dataclass(frozen=True)
class Caller:
    """The one who acts. `ident` is stable and unique (`user:7`, `api_key:ab12`), `label` is for
    people.

    `projects` are those visible; `roles` a person's role in each; `scopes` an API key's;
    `confirmed_at` is when a person last showed in this session that it is them.
    """

    kind: str
    ident: str
    label: str
    projects: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()
    is_superuser: bool = False
    home_project: str | None = None
    user: User | None = None
    api_key: ApiKey | None = None
    confirmed_at: datetime | None = None

    @property
    def is_person(self) -> bool:
        """Whether a human decides here: on a page, or by a linked Telegram account."""
        return self.user is not None


def for_user(user: User, *, kind: str = ActorKind.USER, label: str = "") -> Caller:
    """Answer a signed-in person as a caller, with the projects and roles of now: one statement."""
    roles = {} if user.is_superuser else tenancy.roles_of(user.pk)
    projects = tenancy.every_project() if user.is_superuser else roles
    return Caller(
        kind=kind,
        ident=f"user:{user.pk}",
        label=label or user.email,
        projects=tuple(projects),
        roles=roles,
        is_superuser=user.is_superuser,
        user=user,
    )


def for_telegram(account: TelegramAccount) -> Caller:
    """Answer the person behind a linked Telegram account: by `ident` the same as on the page."""
    label = f"{account.user.email} (Telegram)"
    return for_user(account.user, kind=ActorKind.TELEGRAM, label=label)


def for_api_key(key: ApiKey) -> Caller:
    """Answer an API key as a caller; an all-project key sees those that exist now."""
    projects = tenancy.every_project() if key.project_id is None else (key.project_id,)
    return Caller(
        kind=ActorKind.API_KEY,
        ident=f"api_key:{key.origin}",
        label=f"{key.name} (awp_{key.prefix})",
        projects=projects,
        scopes=frozenset(key.scopes),
        home_project=key.project_id,
        api_key=key,
    )


def system(what: str = "system", projects: Iterable[str] = ()) -> Caller:
    """Answer the application itself as a caller: a sweep, a policy, a command."""
    return Caller(
        kind=ActorKind.SYSTEM, ident=f"system:{what}", label=what, projects=tuple(projects)
    )
