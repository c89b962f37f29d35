"""What the checks measure against: the defaults, and a project's own values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.models import CheckThreshold


@dataclass(frozen=True)
class Threshold:
    """A threshold's default, what it means, and whether it is a share (0 to 1) or a number."""

    default: Decimal
    label: str | Promise
    is_share: bool = False


DEFAULTS: dict[str, Threshold] = {
    "trust_drift.minimum_score": Threshold(
        Decimal("0.2"), _("Playbooks below this trust score have drifted"), is_share=True
    ),
    "trust_drift.unused_days": Threshold(
        Decimal(30), _("Drifted playbooks unused for so many days are deprecated")
    ),
    "knowledge_degradation.ratio": Threshold(
        Decimal("0.2"), _("Share of stale entries that is too much"), is_share=True
    ),
    "knowledge_degradation.stale_days": Threshold(
        Decimal(7), _("An entry not updated for so many days is stale")
    ),
    "llm_hallucination.rate": Threshold(
        Decimal("0.1"), _("Share of failed verifications that is too much"), is_share=True
    ),
    "llm_hallucination.window": Threshold(Decimal(100), _("Of so many latest verifications")),
    "execution_blast_radius.rate": Threshold(
        Decimal("0.15"), _("Share of failed executions that is too much"), is_share=True
    ),
    "execution_blast_radius.window": Threshold(Decimal(100), _("Of so many latest executions")),
    "silent_approval.minutes": Threshold(
        Decimal(15), _("A pending approval is silent after so many minutes")
    ),
}


class Thresholds:
    """The values in force for some projects; made by `read`."""

    def __init__(self, own: dict[tuple[str, str], Decimal]) -> None:
        self._own = own

    def value(self, project_id: str, name: str) -> Decimal:
        """Answer a project's value; raises KeyError for a name that no check has."""
        return self._own.get((project_id, name), DEFAULTS[name].default)

    def values(self, projects: Sequence[str], name: str) -> list[Decimal]:
        """Answer the value of each project, in their order: for `unnest` beside the ids."""
        return [self.value(project, name) for project in projects]


def read(projects: Sequence[str]) -> Thresholds:
    """Answer the thresholds of these projects, in one statement."""
    rows = CheckThreshold.objects.filter(project_id__in=list(projects))
    return Thresholds({(row.project_id, row.name): row.value for row in rows})
