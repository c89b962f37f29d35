"""What a stage is, and who says how it stands.

@stage("learning")
def learning(subjects: Sequence[Subject]) -> dict[Key, Stage]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from awooop.together import Read
from runs.status_chain.facts import Facts, Key

STAGES = (
    "received",
    "incident",
    "run",
    "investigation",
    "decision",
    "execution",
    "verification",
    "learning",
)
# done: it is on record. waiting: its turn is now or still to come. blocked: it came and went wrong.
# missing: its turn is over and nothing is on record. not_needed: this incident does without.
DONE, MISSING, WAITING, BLOCKED, NOT_NEEDED = (
    "done",
    "missing",
    "waiting",
    "blocked",
    "not_needed",
)
STATUSES = (DONE, MISSING, WAITING, BLOCKED, NOT_NEEDED)


@dataclass(frozen=True)
class Proof:
    """A record that a stage rests on, and the address of the page that shows it."""

    kind: str
    id: str
    href: str


@dataclass(frozen=True)
class Stage:
    """How a stage stands: why, since when, by which records, and what to do next ('': nothing).

    A gap that nobody can close any more has no next step.
    """

    status: str
    why: str = ""
    at: datetime | None = None
    evidence: tuple[Proof, ...] = ()
    next_step: str = ""

    @property
    def is_gap(self) -> bool:
        """Whether something is wrong here."""
        return self.status in (MISSING, BLOCKED)


@dataclass(frozen=True)
class Subject:
    """An incident, what is on record about it, and its stages so far."""

    facts: Facts
    so_far: dict[str, Stage] = field(default_factory=dict)


Function = Callable[..., Mapping[Key, Stage]]
Contribution = Callable[[Sequence[Key]], Read]
_registered: dict[str, tuple[Function, Contribution | None]] = {}


def stage(name: str, read: Contribution | None = None) -> Callable[[Function], Function]:
    """Register who answers a stage, for all subjects at once, and what it has to `read` for them:
    then it is given that, too. Raises ValueError for an unknown stage or a second answer."""

    def decorate(function: Function) -> Function:
        if name not in STAGES:
            raise ValueError(f"unknown stage: {name}; known are {', '.join(STAGES)}")
        if name in _registered:
            raise ValueError(f"the stage {name} is registered already")
        _registered[name] = (function, read)
        return function

    return decorate


def contributions(keys: Sequence[Key]) -> dict[str, Read]:
    """Answer what the stages have to read of these incidents, by the stage's name."""
    return {name: read(keys) for name, (_function, read) in _registered.items() if read}


def contributed() -> tuple[str, ...]:
    """Answer the stages that some room answers, in the chain's order."""
    return tuple(name for name in STAGES if name in _registered)


def each(function: Callable[[Subject], Stage]) -> Function:
    """Lift a function of one subject to one of all: for stages that need no statement of their
    own."""

    def lifted(subjects: Sequence[Subject]) -> dict[Key, Stage]:
        return {subject.facts.key: function(subject) for subject in subjects}

    return lifted


def ask(name: str, subjects: Sequence[Subject], read: Any = None) -> Mapping[Key, Stage]:
    """Answer a stage of each subject, with what was read for it; nothing where no room contributes
    it.

    Raises TypeError for an answer of another shape.
    """
    function, contribution = _registered.get(name, (None, None))
    if function is None:
        return {}
    found = function(subjects, read) if contribution else function(subjects)
    for subject in subjects:
        answer = found.get(subject.facts.key) if isinstance(found, Mapping) else None
        if not isinstance(answer, Stage) or answer.status not in STATUSES:
            raise TypeError(f"{name} answered no Stage for {subject.facts.incident_id}")
    return found


@contextmanager
def registered_for_test(**functions: Function) -> Iterator[None]:
    """Have these functions answer their stages within the block, in place of what is registered."""
    before = dict(_registered)
    for name, function in functions.items():
        _registered.pop(name, None)
        stage(name)(function)
    try:
        yield
    finally:
        _registered.clear()
        _registered.update(before)
