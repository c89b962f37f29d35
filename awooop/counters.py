"""Running totals in the database, so that every process answers `/metrics` alike.

A writer inserts a delta (no hot row to wait for); a task folds deltas into totals each minute; a
reader adds both up, which costs the same at a million rows as at ten.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from django.db import connection, transaction

from awooop import bulk
from awooop.models import CounterDelta

_FOLD = """
with taken as (
  delete from awooop_counterdelta where id in (
    select id from awooop_counterdelta order by id limit %s for update skip locked)
  returning name, labels, value
), sums as (
  select name, labels, sum(value) as value from taken group by name, labels order by name, labels
), folded as (
  insert into awooop_countertotal (name, labels, value) select name, labels, value from sums
  on conflict (name, labels) do update set value = awooop_countertotal.value + excluded.value
)
select count(*) from taken
"""

_READ = """
select name, labels, sum(value) from (
  select name, labels, value from awooop_countertotal
  union all
  select name, labels, value from awooop_counterdelta
) added group by name, labels order by name, labels
"""


def add(name: str, value: int | Decimal = 1, **labels: str) -> None:
    """Raise a running total in the current transaction; `labels` are those of the metric."""
    add_many([(name, value, labels)])


def add_many(rows: list[tuple[str, int | Decimal, Mapping[str, str]]]) -> None:
    """Raise several running totals with one statement; each row is (name, value, labels)."""
    bulk.insert(
        [CounterDelta(name=name, value=value, labels=dict(labels)) for name, value, labels in rows]
    )


def fold(batch: int = 10_000) -> int:
    """Fold waiting deltas into the totals, batch by batch; answers how many."""
    folded = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FOLD, [batch])
            (count,) = cursor.fetchone()
        folded += count
        if count < batch:
            return folded


def read() -> list[tuple[str, dict[str, str], Decimal]]:
    """Answer every total as (name, labels, value)."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        rows = cursor.fetchall()
    return [
        (name, json.loads(labels) if isinstance(labels, str) else labels, value)
        for name, labels, value in rows
    ]
