"""Which SLOs are in force: the built-in ones, and what administrators define instead or beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from awooop import tenancy
from governance.models import SloDefinition, SloDirection

_OWN_HINT = _("Its query answers nothing. Run it in Prometheus, and mend it.")


@dataclass(frozen=True)
class Slo:
    """An SLO: its query gives one number per project, held against the target and the red line."""

    name: str
    query: str
    target: Decimal
    hard_red_line: Decimal
    direction: str = SloDirection.ABOVE
    hint: str | Promise = _OWN_HINT

    def is_beyond_red_line(self, value: Decimal) -> bool:
        """Whether a value lies beyond the red line; on it is not beyond."""
        if self.direction == SloDirection.ABOVE:
            return value < self.hard_red_line
        return value > self.hard_red_line

    def meets_target(self, value: Decimal) -> bool:
        """Whether a value reaches the target."""
        above = self.direction == SloDirection.ABOVE
        return value >= self.target if above else value <= self.target


def _slo(name: str, query: str, target: str, red_line: str, direction: str, hint: Promise) -> Slo:
    return Slo(name, query, Decimal(target), Decimal(red_line), direction, hint)


BUILT_IN: dict[str, Slo] = {
    slo.name: slo
    for slo in (
        _slo(
            "autonomy_rate",
            "sli:autonomy_rate:5m",
            "0.80",
            "0.70",
            SloDirection.ABOVE,
            _("No operation finished in 24 hours. Do the agents report their executions?"),
        ),
        _slo(
            "decision_accuracy",
            "sli:decision_accuracy:5m",
            "0.90",
            "0.85",
            SloDirection.ABOVE,
            _("Nothing was verified in 24 hours. Do the agents report evidence with a result?"),
        ),
        _slo(
            "confidence_calibration",
            "sli:confidence_calibration:1h",
            "0.80",
            "0.70",
            SloDirection.ABOVE,
            _("No execution of 24 hours has a predicted_confidence. Do the agents report it?"),
        ),
        _slo(
            "km_growth_rate",
            "max(knowledge_entries_created_24h) or max(sli:km_growth_rate:24h)",
            "20",
            "5",
            SloDirection.ABOVE,
            _("Nothing says how many knowledge entries were created in 24 hours."),
        ),
        _slo(
            "truth_chain_quality_summary_latency",
            "max(awooop_truth_chain_quality_summary_last_duration_seconds"
            '{limit="8",success="true"})',
            "2.0",
            "8.0",
            SloDirection.BELOW,
            _("No truth-chain quality summary was measured yet."),
        ),
    )
}


def in_force(projects: Sequence[str]) -> dict[str, tuple[Slo, ...]]:
    """Answer each project's SLOs, with one statement: its own before those for all, and those
    before the built-in ones. One that is switched off is left out."""
    general, own = _defined(projects)
    return {project: _merged(general, own.get(project, {})) for project in projects}


def _merged(*layers: dict[str, Slo | None]) -> tuple[Slo, ...]:
    merged: dict[str, Slo | None] = dict(BUILT_IN)
    for layer in layers:
        merged.update(layer)
    return tuple(slo for slo in merged.values() if slo is not None)


def _defined(
    projects: Sequence[str],
) -> tuple[dict[str, Slo | None], dict[str, dict[str, Slo | None]]]:
    general: dict[str, Slo | None] = {}
    own: dict[str, dict[str, Slo | None]] = {}
    for row in _rows(projects):
        layer = general if row.project_id is None else own.setdefault(row.project_id, {})
        layer[row.name] = _of(row) if row.enabled else None
    return general, own


def _rows(projects: Sequence[str]) -> Iterable[SloDefinition]:
    # What is for every project belongs to none, and is visible in the registry's scope only.
    with tenancy.registry():
        wanted = Q(project_id__in=list(projects)) | Q(project_id=None)
        return list(SloDefinition.objects.filter(wanted).order_by("name"))


def _of(row: SloDefinition) -> Slo:
    hints = {"hint": BUILT_IN[row.name].hint} if row.name in BUILT_IN else {}
    return Slo(row.name, row.query, row.target, row.hard_red_line, row.direction, **hints)
