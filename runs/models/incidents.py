from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class Severity(models.TextChoices):
    CRITICAL = "critical", _("critical")
    WARNING = "warning", _("warning")
    INFO = "info", _("info")


class IncidentStatus(models.TextChoices):
    OPEN = "open", _("open")
    INVESTIGATING = "investigating", _("investigating")
    RESOLVED = "resolved", _("resolved")


class ResolutionType(models.TextChoices):
    AUTO_REPAIR = "auto_repair", _("auto-repair")
    HUMAN_APPROVED = "human_approved", _("human approved")
    MANUAL = "manual", _("manual")
    ALERT_CLEARED = "alert_cleared", _("alert cleared")
    TIMEOUT = "timeout", _("timeout")


class Disposition(models.TextChoices):
    AUTO_REPAIRED = "auto_repaired", _("auto-repaired")
    HUMAN_APPROVED = "human_approved", _("human approved")
    MANUAL = "manual", _("manual")
    CLEARED = "cleared", _("cleared")
    TIMEOUT_IGNORED = "timeout_ignored", _("ignored until timeout")


DISPOSITION_OF: dict[str, str] = {
    ResolutionType.AUTO_REPAIR: Disposition.AUTO_REPAIRED,
    ResolutionType.HUMAN_APPROVED: Disposition.HUMAN_APPROVED,
    ResolutionType.MANUAL: Disposition.MANUAL,
    ResolutionType.ALERT_CLEARED: Disposition.CLEARED,
    ResolutionType.TIMEOUT: Disposition.TIMEOUT_IGNORED,
}


class Incident(models.Model):
    """What went wrong, from open to resolved."""

    incident_id = models.CharField(primary_key=True, max_length=64)
    project = project_key("incidents")
    title = models.CharField(max_length=255)
    severity = models.CharField(max_length=16, choices=Severity, default=Severity.WARNING)
    status = models.CharField(max_length=16, choices=IncidentStatus, default=IncidentStatus.OPEN)
    source = models.CharField(max_length=64, default="api")
    fingerprint = models.CharField(
        max_length=255, default="", blank=True, help_text=_("The alert group it stands for.")
    )
    labels = models.JSONField(default=dict, blank=True)
    annotations = models.JSONField(default=dict, blank=True)
    recurrence_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution_type = models.CharField(max_length=16, choices=ResolutionType, null=True, blank=True)
    disposition = models.CharField(max_length=16, choices=Disposition, null=True, blank=True)

    class Meta:
        constraints = [
            choices_constraint("severity", Severity, "incident_severity"),
            choices_constraint("status", IncidentStatus, "incident_status"),
            models.CheckConstraint(
                condition=Q(incident_id__regex=r"^INC-[0-9]{8}-[A-Z0-9]{4,}$"), name="incident_id"
            ),
            models.CheckConstraint(
                condition=Q(
                    status="resolved",
                    resolved_at__isnull=False,
                    resolution_type__isnull=False,
                    resolution_type__in=ResolutionType.values,
                    disposition__isnull=False,
                    disposition__in=Disposition.values,
                )
                | (
                    ~Q(status="resolved")
                    & Q(
                        resolved_at__isnull=True,
                        resolution_type__isnull=True,
                        disposition__isnull=True,
                    )
                ),
                name="incident_resolution_whole",
            ),
            # A firing alert recurs the open incident of its group: there is at most one.
            models.UniqueConstraint(
                fields=["project", "fingerprint"],
                condition=~Q(status="resolved") & ~Q(fingerprint=""),
                name="incident_one_open_per_group",
            ),
        ]
        indexes = [
            models.Index(
                "project", F("opened_at").desc(), F("incident_id").desc(), name="incident_newest"
            ),
            models.Index(
                "project",
                "status",
                F("opened_at").desc(),
                F("incident_id").desc(),
                name="incident_by_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.title}"
