"""One batch of one rule: some rows found, locked and deleted in a transaction of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from awooop import counters, metrics, tenancy
from awooop.retention.registry import Rule

SIZE = 1_000
DELETED = metrics.counter(
    "awooop_retention_deleted", "Rows that retention deleted.", ("project_id", "table")
)


@dataclass
class Walk:
    """How far one rule has come in one project (None: the platform's own rows)."""

    rule: Rule
    project_id: str | None
    cutoff: datetime
    after: tuple[datetime, Any] | None = None
    is_done: bool = False
    error: str = ""
    deleted: Counter[str] = field(default_factory=Counter)


def step(walk: Walk, size: int | None = None) -> int:
    """Delete the next rows, the oldest first; answers how many rows of all tables went.

    Commits by itself. What somebody else holds is left for another night. Each step begins where
    the last one ended, so that neither what is kept nor what was just deleted is read again.
    """
    size = size or SIZE
    with _scope(walk.project_id):
        found = list(_next(walk, size))
        deleted = _delete(walk, [key for key, _ in found])
        _count(walk.project_id, deleted)
    walk.deleted.update(deleted)
    walk.is_done = len(found) < size
    if found:
        key, moment = found[-1]
        walk.after = (moment, key)
    return sum(deleted.values())


def waiting(walk: Walk) -> int:
    """Answer how many rows of the rule's own table may go; changes nothing."""
    with _scope(walk.project_id):
        return _candidates(walk).count()


def _candidates(walk: Walk) -> QuerySet:
    rule = walk.rule
    rows = rule.rows(walk.cutoff).filter(**{f"{rule.time}__lt": walk.cutoff})
    return rows if walk.project_id is None else rows.filter(project_id=walk.project_id)


def _next(walk: Walk, size: int) -> QuerySet:
    time, rows = walk.rule.time, _candidates(walk)
    if walk.after:
        moment, key = walk.after
        # The first condition alone is one range of the index; the second is exact.
        rows = rows.filter(**{f"{time}__gte": moment}).filter(
            Q(**{f"{time}__gt": moment}) | Q(pk__gt=key)
        )
    rows = rows.order_by(time, "pk").select_for_update(skip_locked=True, of=("self",))
    return rows.values_list("pk", time)[:size]


def _delete(walk: Walk, keys: Sequence[Any]) -> Counter[str]:
    deleted: Counter[str] = Counter()
    if keys:
        own = walk.rule.model._base_manager.filter(pk__in=keys)
        for rows in (*walk.rule.first(walk.project_id or "", keys), own):
            deleted.update(rows.only("pk").delete()[1])
    return +deleted


def _count(project_id: str | None, deleted: Mapping[str, int]) -> None:
    if deleted:
        counters.add_many(
            [
                (DELETED.name, count, {"project_id": project_id or "", "table": table})
                for table, count in deleted.items()
            ]
        )


@contextmanager
def _scope(project_id: str | None) -> Iterator[None]:
    with transaction.atomic():
        if project_id is None:
            yield
        else:
            with tenancy.scope([project_id]):
                yield
