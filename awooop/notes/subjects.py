"""What notes may be about: a room registers its kind of things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from awooop import objects
from awooop.models.note import NoteSubject


@dataclass(frozen=True)
class Subject:
    """A kind of things to note on.

    `project_of(projects, ident)` answers the project of one of these projects' things and raises
    NotFound; `href(ident)` answers its page.
    """

    kind: str
    project_of: Callable[[Sequence[str], str], str]
    href: Callable[[str], str]


_subjects: dict[str, Subject] = {}


def add(subject: Subject) -> None:
    """Register a kind; raises ValueError for one that the table does not know, or a second."""
    if subject.kind not in NoteSubject.values:
        raise ValueError(f"{subject.kind} is none of {', '.join(NoteSubject.values)}")
    if subject.kind in _subjects:
        raise ValueError(f"{subject.kind} is registered already")
    _subjects[subject.kind] = subject
    objects.add(subject.kind, subject.href)


def get(kind: str) -> Subject:
    """Answer a kind; raises KeyError for one that nobody registered."""
    return _subjects[kind]


def href(kind: str, ident: str) -> str:
    """Answer the page of what a note is about."""
    return _subjects[kind].href(ident)
