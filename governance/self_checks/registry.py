"""What a self-check is, and which there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.module_loading import autodiscover_modules

from governance.thresholds import Thresholds


@dataclass(frozen=True)
class Context:
    """What a check is asked about: all these projects at once, at one moment.

    Where `may_write` is false it only looks: nothing is to be changed or stored.
    """

    projects: tuple[str, ...]
    at: datetime
    thresholds: Thresholds
    may_write: bool = True


@dataclass(frozen=True)
class Finding:
    """Something that is off. `subject` tells two findings of one type apart (an SLO's name).

    `details` hold `status`, `impact`, `remediation` (`items`, `next_action`, `hint`), `actionable`
    (`items`) and what is special to the check. A `suppressed` finding opens and notifies nothing;
    it is counted on an event that is open already. A `quiet` one opens an event and tells nobody:
    the one who asked for it knows.
    """

    event_type: str
    details: dict[str, Any]
    subject: str = ""
    suppressed: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Checked:
    """What a check answers for one project: its result, and what it found off."""

    result: dict[str, Any]
    findings: tuple[Finding, ...] = field(default_factory=tuple)


Function = Callable[[Context], Mapping[str, Checked]]


@dataclass(frozen=True)
class SelfCheck:
    """A check: one question in set-based SQL over all projects.

    `owns` are the event types that it opens: those of a project that it no longer finds are
    resolved.
    """

    name: str
    owns: frozenset[str]
    function: Function
    order: int = 50

    def ask(self, context: Context) -> dict[str, Checked]:
        """Answer for each project; raises TypeError for an answer of another shape."""
        found = self.function(context)
        for project in context.projects:
            checked = found.get(project) if isinstance(found, Mapping) else None
            if not isinstance(checked, Checked):
                raise TypeError(f"{self.name} answered no Checked for {project}")
            if strange := {one.event_type for one in checked.findings} - self.owns:
                raise TypeError(f"{self.name} does not own {', '.join(sorted(strange))}")
        return {project: found[project] for project in context.projects}


_registered: dict[str, SelfCheck] = {}


def self_check(name: str, *, owns: tuple[str, ...], order: int = 50) -> Callable[..., Function]:
    """Register a function as a check; raises ValueError for a second of the name, or of an event
    type."""

    def decorate(function: Function) -> Function:
        _register(SelfCheck(name, frozenset(owns), function, order))
        return function

    return decorate


def _register(check: SelfCheck) -> None:
    if check.name in _registered:
        raise ValueError(f"the check {check.name} is registered already")
    for other in _registered.values():
        if shared := other.owns & check.owns:
            raise ValueError(f"{other.name} owns {', '.join(sorted(shared))} already")
    _registered[check.name] = check


def registered() -> tuple[SelfCheck, ...]:
    """Answer all checks, in their order."""
    return tuple(sorted(_registered.values(), key=lambda check: (check.order, check.name)))


def names() -> tuple[str, ...]:
    """Answer the names of all checks, in their order."""
    return tuple(check.name for check in registered())


def discover() -> None:
    """Import each app's `self_checks`, as the admin does with `admin`."""
    autodiscover_modules("self_checks")


@contextmanager
def registered_for_test(*checks: SelfCheck, alone: bool = False) -> Iterator[None]:
    """Have these checks registered within the block, beside the others or `alone`."""
    before = dict(_registered)
    if alone:
        _registered.clear()
    try:
        for check in checks:
            _register(check)
        yield
    finally:
        _registered.clear()
        _registered.update(before)
