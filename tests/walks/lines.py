"""What a line of the tables says: of an operation, a page, a model's admin pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.walks.world import World

OPEN, STAFF, SUPERUSER = "open", "staff", "superuser"
# An operation that asks for a secret of its own, and takes no key for it.
SECRET = "secret"
# An operation for a key of whatever scope.
ANY_KEY = "any"
# Parameters that take any text; every other one refuses what it does not know.
FREE = frozenset(
    {
        "action",
        "actor",
        "agent_id",
        "approver",
        "category",
        "channel",
        "channel_type",
        "event_type",
        "executor_type",
        "namespace",
        "owner",
        "provider_prefix",
        "q",
        "tag",
        "tool_name",
    }
)


@dataclass(frozen=True)
class Op:
    """An operation of the API: the scope it asks for (or SECRET), a body that it takes and what it
    answers (to a key).

    `rows` says which row of the world each name of the path is (the first where it says nothing).
    """

    scope: str = "read"
    body: Any = None
    status: int = 200
    rows: Mapping[str, int] = field(default_factory=dict)

    def body_in(self, world: World) -> Any:
        """Answer the body for a world."""
        return self.body(world) if callable(self.body) else self.body


@dataclass(frozen=True)
class Page:
    """A page: the operation of the role table (or OPEN, STAFF) to look at it, and to submit it.

    `form` is what it takes when submitted, `query` what its address must have, `filters` are the
    names that its address may have, `tabs` its parts. A `pulse` is asked by machines, and may say
    that all is not well.
    """

    look: str | None = "read"
    act: str | None = None
    form: Any = field(default_factory=dict)
    query: Callable[[World], dict[str, Any]] = lambda world: {}
    filters: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    is_pulse: bool = False

    def form_in(self, world: World) -> dict[str, Any]:
        """Answer the form for a world."""
        return self.form(world) if callable(self.form) else self.form


@dataclass(frozen=True)
class Admin:
    """A model's admin pages: who may view, add, change, delete rows, and do each act.

    Names an operation of the role table, SUPERUSER, or None for nobody.
    """

    view: str = "read"
    add: str | None = None
    change: str | None = None
    delete: str | None = None
    acts: Mapping[str, str] = field(default_factory=dict)
