"""What administrators set: a project's thresholds, and its SLOs or those of all projects."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from awooop import permissions, tenancy
from awooop.actions import audit
from awooop.actions.projects import check_fields
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotAllowed
from awooop.models.audit import ActorKind
from governance.models import CheckThreshold, SloDefinition, SloDirection
from governance.slo import promql
from governance.thresholds import DEFAULTS

OPERATION = "project.edit"
MOST = 100_000
_SLO = ("name", "query", "direction", "target", "hard_red_line", "enabled")


@transaction.atomic
def save_threshold(*, by: Caller, threshold: CheckThreshold) -> CheckThreshold:
    """Keep a project's own value; raises NotAllowed, Invalid, or Conflict for a second one."""
    permissions.check_can(by, OPERATION, threshold.project_id)
    check_fields(threshold)
    _check_value(threshold)
    before = CheckThreshold.objects.select_for_update().filter(pk=threshold.pk).first()
    _check_once(CheckThreshold, threshold, threshold.project_id)
    threshold.updated_at = now()
    threshold.save()
    details = {"from": _plain(before), "to": _plain(threshold)}
    _record(by, [threshold.project_id], "check_threshold.set", threshold.name, details)
    return threshold


@transaction.atomic
def remove_threshold(*, by: Caller, threshold: CheckThreshold) -> None:
    """Go back to the default; raises NotAllowed."""
    permissions.check_can(by, OPERATION, threshold.project_id)
    details = {"from": _plain(threshold), "to": None}
    _record(by, [threshold.project_id], "check_threshold.remove", threshold.name, details)
    threshold.delete()


@transaction.atomic
def save_slo(*, by: Caller, slo: SloDefinition) -> SloDefinition:
    """Keep an SLO; one without a project is for all, and for superusers to set.

    Raises NotAllowed, Invalid, or Conflict where the name is defined there already.
    """
    _check_may_define(by, slo.project_id)
    with _visible(slo.project_id):
        check_fields(slo)
        _check_lines(slo)
        before = SloDefinition.objects.select_for_update().filter(pk=slo.pk).first()
        _check_once(SloDefinition, slo, slo.project_id)
        slo.save()
    details = {"from": _slo_plain(before), "to": _slo_plain(slo)}
    _record(by, _concerned(by, slo.project_id), "slo_definition.set", slo.name, details)
    return slo


@transaction.atomic
def remove_slo(*, by: Caller, slo: SloDefinition) -> None:
    """Go back to the built-in SLO of the name, or to none; raises NotAllowed."""
    _check_may_define(by, slo.project_id)
    details = {"from": _slo_plain(slo), "to": None}
    _record(by, _concerned(by, slo.project_id), "slo_definition.remove", slo.name, details)
    with _visible(slo.project_id):
        slo.delete()


def _check_value(threshold: CheckThreshold) -> None:
    known = DEFAULTS.get(threshold.name)
    if known is None:
        raise Invalid({"name": _("must be one of: %(allowed)s") % {"allowed": ", ".join(DEFAULTS)}})
    if known.is_share and not 0 <= threshold.value <= 1:
        raise Invalid({"value": _("is a share: from 0 to 1")})
    if not known.is_share and not 1 <= threshold.value <= MOST:
        raise Invalid({"value": _("must be from 1 to %(most)s") % {"most": MOST}})
    if threshold.name.endswith(".window") and threshold.value % 1:
        raise Invalid({"value": _("must be a whole number")})


def _check_lines(slo: SloDefinition) -> None:
    promql.check(slo.query)
    is_above = slo.direction == SloDirection.ABOVE
    within = slo.target >= slo.hard_red_line if is_above else slo.target <= slo.hard_red_line
    if not within:
        raise Invalid(
            {"hard_red_line": _("must be the worse of the two: beyond it is a violation")}
        )


def _check_once(model: type[models.Model], row: Any, project_id: str | None) -> None:
    same = model._default_manager.filter(project_id=project_id, name=row.name)
    if same.exclude(pk=row.pk).exists():
        raise Conflict(
            _("%(name)s is set there already; edit that one.") % {"name": row.name},
            code="name_taken",
        )


def _check_may_define(by: Caller, project_id: str | None) -> None:
    if project_id is not None:
        permissions.check_can(by, OPERATION, project_id)
    elif by.kind != ActorKind.SYSTEM and not by.is_superuser:
        raise NotAllowed(_("Only a superuser defines SLOs for every project."))


def _visible(project_id: str | None) -> AbstractContextManager[Any]:
    """A row of no project is the registry's; one of a project is visible by it."""
    return tenancy.registry() if project_id is None else nullcontext()


def _concerned(by: Caller, project_id: str | None) -> Iterable[str]:
    return by.projects if project_id is None else [project_id]


def _plain(threshold: CheckThreshold | None) -> str | None:
    return None if threshold is None else f"{Decimal(threshold.value).normalize():f}"


def _slo_plain(slo: SloDefinition | None) -> dict[str, str] | None:
    return None if slo is None else {name: str(getattr(slo, name)) for name in _SLO}


def _record(
    by: Caller, projects: Iterable[str], action: str, name: str, details: dict[str, Any]
) -> None:
    entry = audit.Entry(action, action.partition(".")[0], name, details)
    with tenancy.scope(by.projects):
        audit.append_projects(by=by, entries={project: [entry] for project in projects})
