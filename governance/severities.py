"""How grave each type of event is: one table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    CRITICAL = "critical", _("critical")
    WARNING = "warning", _("warning")
    INFO = "info", _("info")


_CRITICAL = frozenset(
    {"slo_violation", "conservative_mode", "governance_slo_data_gap", "governance_self_failure"}
)
_WARNING = frozenset(
    {
        "trust_drift",
        "kb_stale",
        "knowledge_degradation",
        "execution_blast_radius",
        "silent_approval",
    }
)
_ORDER = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}


def known() -> frozenset[str]:
    """Answer the event types that the table names."""
    return _CRITICAL | _WARNING


def severity_of(event_type: str) -> Severity:
    """Answer the severity of an event type; what the table does not name is `info`."""
    is_slo = event_type.startswith("slo_") and event_type.endswith("_violation")
    if event_type in _CRITICAL or is_slo:
        return Severity.CRITICAL
    return Severity.WARNING if event_type in _WARNING else Severity.INFO


def is_graver(one: str, other: str) -> bool:
    """Whether severity `one` stands above `other`."""
    return _ORDER[Severity(one)] > _ORDER[Severity(other)]
