"""What a retention rule is, and which there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.module_loading import autodiscover_modules


def _nothing(project_id: str, keys: Sequence[Any]) -> Iterable[QuerySet]:
    return ()


@dataclass(frozen=True)
class Rule:
    """Which rows of one table may go, and when.

    `time` is the column by which rows are walked, the oldest first: with the project and the
    primary key it has an index. `rows` answers what may go at a cutoff and leaves out what is
    open. What refers to a row goes, or is let go, as its foreign key says (`on_delete`); `first`
    answers what else goes with a project's rows of these keys, before them. `days` is None for
    RETENTION_DAYS; `least_days` is how far back some page or check looks.
    """

    name: str
    model: type[Model]
    time: str
    rows: Callable[[datetime], QuerySet]
    what: str
    keeps: str
    days: int | None = None
    least_days: int = 1
    first: Callable[[str, Sequence[Any]], Iterable[QuerySet]] = _nothing

    @property
    def has_project(self) -> bool:
        """Whether its rows belong to projects; the others are the platform's own."""
        return any(field.name == "project" for field in self.model._meta.concrete_fields)


_registered: dict[str, Rule] = {}


def add(rule: Rule) -> Rule:
    """Register a rule; raises ValueError for a second of the name."""
    if rule.name in _registered:
        raise ValueError(f"the retention rule {rule.name} is registered already")
    _registered[rule.name] = rule
    return rule


def rules() -> tuple[Rule, ...]:
    """Answer all rules, in the order of their names."""
    return tuple(_registered[name] for name in sorted(_registered))


def discover() -> None:
    """Import each app's `retention`, as the admin does with `admin`, and the kernel's own rules."""
    from awooop.retention import own  # noqa: F401 - registers them

    autodiscover_modules("retention")


@contextmanager
def registered_for_test(*some: Rule) -> Iterator[None]:
    """Have only these rules registered within the block."""
    before = dict(_registered)
    _registered.clear()
    try:
        for rule in some:
            add(rule)
        yield
    finally:
        _registered.clear()
        _registered.update(before)
