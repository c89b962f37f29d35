"""Reads of the audit record for its page: who did what to which object, and whether it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from awooop import audit, objects, paging
from awooop.errors import Invalid
from awooop.models import AuditHead, AuditRecord

NEWEST = paging.Ordering("audit.newest", ("created_at", "seq", "id"))
_BOUNDS = {"actor": 254, "action": 64, "object": 200, "since": 10, "until": 10, "seq": 18}
_OBJECT = re.compile(r"[a-z_]{1,64}:.{1,128}")
# Each step jumps over all records of an action to the next one.
_ACTIONS = """
with recursive step(project_id, action) as (
  select visible.project_id, (
    select r.action from awooop_auditrecord r where r.project_id = visible.project_id
     order by r.action limit 1)
    from unnest(%s::text[]) as visible(project_id)
  union all
  select step.project_id, (
    select r.action from awooop_auditrecord r
     where r.project_id = step.project_id and r.action > step.action order by r.action limit 1)
    from step where step.action is not null
) select distinct action from step where action is not null order by action limit 200
"""


@dataclass(frozen=True)
class AuditFilters:
    """What the records are narrowed to; '' and None are no filter. Made by `parse_filters`."""

    actor: str = ""
    action: str = ""
    object: str = ""
    since: str = ""
    until: str = ""
    seq: str = ""

    def as_query(self) -> dict[str, str]:
        """Answer the filters that are set, as a query string holds them."""
        return {name: value for name in _BOUNDS if (value := getattr(self, name))}


def parse_filters(given: Mapping[str, Any]) -> AuditFilters:
    """Check filters as they came from a query string; raises Invalid naming each.

    Days are in the reader's time zone, the last one included.
    """
    values = {name: str(given.get(name) or "").strip() for name in _BOUNDS}
    errors = {
        name: _("must have at most %(n)d characters") % {"n": most}
        for name, most in _BOUNDS.items()
        if len(values[name]) > most
    }
    if values["object"] and not _OBJECT.fullmatch(values["object"]):
        errors["object"] = _("must be like run:0b8f… or project:demo")
    for name in ("since", "until"):
        if values[name] and _day(values[name]) is None:
            errors[name] = _("must be a day, such as 2026-11-21")
    if values["seq"] and not (values["seq"].isascii() and values["seq"].isdigit()):
        errors["seq"] = _("must be a whole number")
    if errors:
        raise Invalid(errors)
    return AuditFilters(**values)


def filtered(filters: AuditFilters) -> QuerySet[AuditRecord]:
    """Answer the records that the filters leave, not yet restricted to projects, nor ordered."""
    rows = AuditRecord.objects.all()
    if filters.actor:
        rows = rows.filter(actor=filters.actor)
    if filters.action:
        rows = rows.filter(action=filters.action)
    if filters.object:
        kind, _colon, ident = filters.object.partition(":")
        rows = rows.filter(resource_type=kind, resource_id=ident)
    if filters.since:
        rows = rows.filter(created_at__gte=_midnight(filters.since))
    if filters.until:
        rows = rows.filter(created_at__lt=_midnight(filters.until, days=1))
    if filters.seq:
        rows = rows.filter(seq=int(filters.seq))
    return rows


def newest(
    filters: AuditFilters, projects: Sequence[str], request: paging.PageRequest
) -> paging.Page:
    """Answer one page of records as `shown` has them, newest first."""
    page = paging.paginate(filtered(filters), projects, NEWEST, request)
    page.items = shown(page.items)
    return page


def shown(records: Sequence[AuditRecord]) -> list[dict[str, Any]]:
    """Answer each record with where its object is, its place in the chain, and what is wrong with
    its link ('' where nothing is); two statements."""
    before = _predecessors(records)
    heads = dict(
        AuditHead.objects.filter(project_id__in=_projects(records)).values_list("project_id", "seq")
    )
    return [
        {
            "record": record,
            "href": objects.href(record.resource_type, record.resource_id),
            "fault": _fault(record, before),
            "of": heads.get(record.project_id),
        }
        for record in records
    ]


def actions(projects: Sequence[str]) -> list[str]:
    """Answer the actions that are on record, at most 200; each costs a look into the index."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIONS, [list(projects)])
        return [row[0] for row in cursor.fetchall()]


def _predecessors(records: Sequence[AuditRecord]) -> dict[tuple[str, int], str]:
    """Answer the hash before each record, by project and number."""
    wanted = [
        Q(project_id=project, seq__in=[r.seq - 1 for r in records if r.project_id == project])
        for project in _projects(records)
    ]
    if not wanted:
        return {}
    rows = AuditRecord.objects.filter(reduce(or_, wanted)).values_list("project_id", "seq", "hash")
    return {(project, seq): hash_ for project, seq, hash_ in rows}


def _fault(record: AuditRecord, before: Mapping[tuple[str, int], str]) -> str:
    """Answer what is wrong with a record's link to the one before it, by the chain's own rule."""
    previous = audit.GENESIS if record.seq == 1 else before.get((record.project_id, record.seq - 1))
    if previous is None:
        return f"record {record.seq - 1} is missing"
    return audit.Walk(seq=record.seq - 1, hash=previous).step(record)


def _projects(records: Iterable[AuditRecord]) -> list[str]:
    return sorted({record.project_id for record in records})


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _midnight(text: str, days: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(_day(text), time.min) + timedelta(days=days))
