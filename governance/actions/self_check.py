"""The hourly self-check: ask every check, keep what each answered, open and resolve events."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from awooop import counters, leases, tenancy
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Invalid
from awooop.languages import kept_in_english
from awooop.models import Project
from governance import aggregate_alerts, thresholds
from governance.actions import events, intake
from governance.models import CheckTrigger, GovernanceEvent, SelfCheckCycle
from governance.self_checks import Checked, Context, SelfCheck, registered

log = structlog.get_logger(__name__)
INTERVAL_S = 3_600
COOL_DOWN_S = 60
# A bell that rings a little early finds the lease of the last hour run out.
_LEASE_S = max(COOL_DOWN_S, INTERVAL_S - 60)


@dataclass
class Asked:
    """What the checks answered: results by project and check, times, and who was not asked.

    `skipped` are projects whose lease somebody holds: they were checked a moment ago.
    """

    at: datetime
    projects: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    checked: dict[str, dict[str, Checked]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)
    cycles: list[SelfCheckCycle] = field(default_factory=list)
    opened: list[GovernanceEvent] = field(default_factory=list)
    resolved: list[GovernanceEvent] = field(default_factory=list)

    def results(self, project_id: str) -> dict[str, dict[str, Any]]:
        """Answer one project's results by check; a check in error answers `{"error": …}`."""
        found = {name: {"error": text} for name, text in self.errors.items()}
        for name, by_project in self.checked.items():
            found[name] = by_project[project_id].result
        return {name: found[name] for name in self.timings_ms}


def run(
    *,
    by: Caller,
    trigger: str,
    project_ids: Sequence[str] | None = None,
    check: str | None = None,
    alert: bool = True,
) -> Asked:
    """Run the checks over the active projects (or those named) that nobody checks right now.

    With one `check` named, or without `alert`, no cycle is kept and no lease taken; without `alert`
    nothing at all is written. Raises Invalid for an unknown check or project.
    """
    checks = _chosen(check)
    asked = Asked(at=now())
    with tenancy.all_projects():
        active = _active(project_ids)
        is_cycle = alert and check is None
        free = _take(active, trigger, by) if is_cycle else active
    asked.projects, asked.skipped = free, tuple(one for one in active if one not in free)
    if not free:
        return asked
    _ask(checks, asked, may_write=alert)
    if alert:
        _act_on(asked, checks, by=by, trigger=trigger, is_cycle=is_cycle)
    return asked


def _chosen(name: str | None) -> tuple[SelfCheck, ...]:
    checks = registered()
    if name is None:
        return checks
    found = tuple(check for check in checks if check.name == name)
    if not found:
        known = ", ".join(check.name for check in checks)
        raise Invalid({"check": _("must be one of: %(known)s") % {"known": known}})
    return found


def _active(project_ids: Sequence[str] | None) -> tuple[str, ...]:
    rows = Project.objects.filter(is_active=True).order_by("project_id")
    active = tuple(rows.values_list("project_id", flat=True))
    if project_ids is None:
        return active
    for project in project_ids:
        if project not in active:
            raise Invalid(
                {"project_id": _("'%(project)s' is no active project") % {"project": project}}
            )
    return tuple(project_ids)


def _take(projects: Sequence[str], trigger: str, by: Caller) -> tuple[str, ...]:
    """Take the lease of each project; where the store is down the check runs all the same."""
    keys = {f"governance:self_check:{project}": project for project in projects}
    asked_for = trigger != CheckTrigger.SCHEDULE
    try:
        with transaction.atomic():
            taken = leases.take_many(
                list(keys),
                holder=by.label[:200],
                seconds=COOL_DOWN_S if asked_for else _LEASE_S,
                even_if_held_for=COOL_DOWN_S if asked_for else None,
            )
    except DatabaseError:
        log.exception("self_check_lease_failed")
        counters.add("awooop_self_check_lease_failures")
        return tuple(projects)
    return tuple(keys[key] for key in keys if key in taken)


@kept_in_english
def _ask(checks: Sequence[SelfCheck], asked: Asked, *, may_write: bool) -> None:
    """Ask each check in a transaction of its own: one that fails leaves the others alone."""
    with tenancy.scope(asked.projects):
        values = thresholds.read(asked.projects)
    context = Context(asked.projects, asked.at, values, may_write)
    for check in checks:
        clock = time.perf_counter()
        try:
            with tenancy.scope(asked.projects):
                asked.checked[check.name] = check.ask(context)
        except Exception as error:
            log.exception("self_check_failed", check=check.name)
            asked.errors[check.name] = f"{type(error).__name__}: {error}"[:500]
        asked.timings_ms[check.name] = round((time.perf_counter() - clock) * 1000, 1)


@kept_in_english
def _act_on(
    asked: Asked, checks: Sequence[SelfCheck], *, by: Caller, trigger: str, is_cycle: bool
) -> None:
    """Open, repeat and resolve events, and keep the cycle: one transaction."""
    found = {
        project: [finding for each in asked.checked.values() for finding in each[project].findings]
        for project in asked.projects
    }
    # A check in error does not know whether what it found before is gone.
    kinds = {kind for check in checks if check.name in asked.checked for kind in check.owns}
    if is_cycle:
        failure = aggregate_alerts.self_failure(asked.errors)
        kinds.add(aggregate_alerts.SELF_FAILURE)
        for findings in found.values():
            findings.extend(failure)
    with tenancy.scope(asked.projects):
        reported = events.report(by=by, found=found)
        asked.opened = reported.opened
        intake.open_for(reported.opened, by=by)
        owned = dict.fromkeys(asked.projects, kinds)
        asked.resolved = events.resolve_gone(by=by, found=found, owned=owned)
        if is_cycle:
            asked.cycles = _keep(asked, trigger)
        _count(asked)


def _keep(asked: Asked, trigger: str) -> list[SelfCheckCycle]:
    finished = now()
    return SelfCheckCycle.objects.bulk_create(
        SelfCheckCycle(
            project_id=project,
            started_at=asked.at,
            finished_at=finished,
            trigger=trigger,
            results=asked.results(project),
            timings_ms=asked.timings_ms,
            failed_checks=sorted(asked.errors),
        )
        for project in asked.projects
    )


def _count(asked: Asked) -> None:
    rows = [(name, "error" if name in asked.errors else "done") for name in asked.timings_ms]
    counters.add_many(
        [("awooop_self_checks", 1, {"check": name, "result": result}) for name, result in rows]
    )
