"""The words of the daily report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from awooop.models import Project

Numbers = Mapping[str, Any]


def write(project: Project, day: date, numbers: Numbers, more: Sequence[str]) -> str:
    """Answer the report about a day: a line for each subject, and where to see more."""
    heading = _("Daily automation report · %(project)s · %(day)s") % {
        "project": project.pk,
        "day": day.isoformat(),
    }
    lines = [heading, _runs(numbers), _approvals(numbers), _incidents(numbers), _events(numbers)]
    return "\n".join([*lines, *more, _spend(project, numbers), page_of(project)])


def page_of(project: Project) -> str:
    """Answer the address of the page that shows what stands now."""
    return f"{settings.PUBLIC_URL}/?{urlencode({'project_id': project.pk})}"


def _runs(numbers: Numbers) -> str:
    return (
        _(
            "Runs: %(runs)d (%(completed)d completed, %(failed)d failed, %(timed_out)d timed out,"
            " %(cancelled)d cancelled, %(at_work)d at work)"
        )
        % numbers
    )


def _approvals(numbers: Numbers) -> str:
    return (
        _(
            "Approvals: %(asked)d (%(approved)d approved, %(rejected)d rejected, %(ignored)d"
            " ignored, %(waiting)d waiting)"
        )
        % numbers
    )


def _incidents(numbers: Numbers) -> str:
    return _("Incidents: %(opened)d opened, %(resolved)d resolved, %(open)d open now") % numbers


def _events(numbers: Numbers) -> str:
    if not numbers["events"]:
        return _("Governance: no event is open")
    return _("Governance: open events %(events)d, of them critical %(critical)d") % numbers


def _spend(project: Project, numbers: Numbers) -> str:
    spent = _money(numbers["cost_usd"])
    if project.budget_limit_usd is None:
        return _("Spend: US$%(spent)s") % {"spent": spent}
    limit = _money(project.budget_limit_usd)
    return _("Spend: US$%(spent)s; the month's budget is US$%(limit)s") % {
        "spent": spent,
        "limit": limit,
    }


def _money(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.01')):f}"
