"""What a work item is, and which there are."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from awooop.together import Asking

# The rows of the page, in their order; each is contributed by the room that owns the data.
KINDS = (
    "approval_backlog",
    "undelivered_messages",
    "run_heartbeats",
    "remediation_queue",
    "truth_chain_gaps",
    "telegram_callbacks",
    "callback_owner_review",
    "knowledge_healthcheck",
    "knowledge_stale_review",
    "governance_dispatch",
    "config_drift_fsm",
    "slo_data_gap",
    "secret_hygiene",
    "kill_switch",
)
# Where in the loop from alert to knowledge the gap lies.
PHASES = ("notify", "run", "decide", "verify", "learn", "govern")


@dataclass(frozen=True)
class Context:
    """What is asked about: these projects together, at one moment. `project_id` is the one that the
    reader narrowed it to."""

    projects: tuple[str, ...]
    at: datetime
    project_id: str | None = None

    def href(self, path: str, **query: Any) -> str:
        """Answer a page's address; the chosen project stays."""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        if self.project_id:
            given["project_id"] = self.project_id
        return f"{path}?{urlencode(given)}" if given else path


@dataclass(frozen=True)
class Found:
    """What a work item's source says: how many gaps are open, and where they are mended.

    `evidence` is one line, `details` the numbers behind it; `href` leads to the page where the gap
    is mended, or, where none is open, where it would show.
    """

    open: int
    evidence: str
    href: str
    next_step: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    owner: str = "operator"
    updated_at: datetime | None = None


# A source that has something to read asks for it: see `awooop.together`.
Function = Callable[[Context], Found | Asking[Found]]


@dataclass(frozen=True)
class WorkItem:
    """A row of the page: `gate` says what must hold for it to be watched only, `surface` which page
    mends it, `href` where that is when the source cannot be read."""

    kind: str
    title: str | Promise
    gate: str | Promise
    phase: str
    source: str
    surface: str
    function: Function

    def asking(self, context: Context) -> Asking[Found]:
        """Ask what its source says; raises TypeError for an answer of another shape."""
        found = self.function(context)
        if isinstance(found, Generator):
            found = yield from found
        if not isinstance(found, Found):
            raise TypeError(f"{self.kind} answered {type(found).__name__}, not Found")
        return found


_registered: dict[str, WorkItem] = {}


def work_item(
    kind: str,
    *,
    title: str | Promise,
    gate: str | Promise,
    phase: str,
    source: str,
    surface: str,
) -> Callable[[Function], Function]:
    """Register a function as a row; raises ValueError for an unknown kind or phase, or a second of
    the kind. `surface` is the path of the page that mends it."""

    def decorate(function: Function) -> Function:
        _register(WorkItem(kind, title, gate, phase, source, surface, function))
        return function

    return decorate


def _register(item: WorkItem) -> None:
    if item.kind not in KINDS:
        raise ValueError(f"unknown work item: {item.kind}; known are {', '.join(KINDS)}")
    if item.phase not in PHASES:
        raise ValueError(f"unknown phase: {item.phase}; known are {', '.join(PHASES)}")
    if item.kind in _registered:
        raise ValueError(f"the work item {item.kind} is registered already")
    _registered[item.kind] = item


def registered() -> tuple[WorkItem, ...]:
    """Answer all rows, in their order."""
    return tuple(_registered[kind] for kind in KINDS if kind in _registered)


def discover() -> None:
    """Import each app's `work_items`, as the admin does with `admin`."""
    import governance.work_items.own  # noqa: F401 - this room's rows; the registry has the name

    autodiscover_modules("work_items")


@contextmanager
def registered_for_test(*items: WorkItem, alone: bool = False) -> Iterator[None]:
    """Have these rows within the block in place of those of their kinds, or `alone`."""
    before = dict(_registered)
    if alone:
        _registered.clear()
    try:
        for item in items:
            _registered.pop(item.kind, None)
            _register(item)
        yield
    finally:
        _registered.clear()
        _registered.update(before)
