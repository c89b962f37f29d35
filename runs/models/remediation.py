from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key
from runs.models.gateway import GateScope

_RECORDED_SCOPES = [(scope.value, scope.label) for scope in (GateScope.READ, GateScope.WRITE)]
_SHARE = Q(trust_score__gte=0, trust_score__lte=1)


class RemediationMode(models.TextChoices):
    DRY_RUN = "dry_run", _("dry run")
    REPLAY = "replay", _("replay")
    REVERIFY = "reverify", _("re-verify")
    EXECUTE = "execute", _("execute")


class PlaybookStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    DEPRECATED = "deprecated", _("deprecated")
    ARCHIVED = "archived", _("archived")


class VerificationResult(models.TextChoices):
    SUCCESS = "success", _("success")
    DEGRADED = "degraded", _("degraded")
    FAILED = "failed", _("failed")
    TIMEOUT = "timeout", _("timeout")


class RemediationRecord(models.Model):
    """One dry run or execution of a remedy, from the alert operation log."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    project = project_key()
    incident_id = models.CharField(max_length=64)
    work_item_id = models.CharField(max_length=128, default="", blank=True)
    mode = models.CharField(max_length=16, choices=RemediationMode)
    agent_id = models.CharField(max_length=128, default="", blank=True)
    tool_name = models.CharField(max_length=128, default="", blank=True)
    required_scope = models.CharField(max_length=8, choices=_RECORDED_SCOPES, null=True, blank=True)
    allowed = models.BooleanField(null=True)
    success = models.BooleanField(null=True)
    verification_result_preview = models.CharField(max_length=500, default="", blank=True)
    writes_incident_state = models.BooleanField(null=True)
    writes_auto_repair_result = models.BooleanField(null=True)
    details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            choices_constraint("mode", RemediationMode, "remediation_mode"),
            models.CheckConstraint(
                condition=Q(required_scope__isnull=True) | Q(required_scope__in=["read", "write"]),
                name="remediation_scope",
            ),
        ]
        indexes = [
            models.Index(
                "project",
                "incident_id",
                F("created_at").desc(),
                F("id").desc(),
                name="remediation_of_incident",
            ),
            models.Index(
                "project",
                F("created_at").desc(),
                F("id").desc(),
                condition=Q(work_item_id__startswith="adr100:"),
                name="remediation_of_queue",
            ),
            # Retention: the oldest first.
            models.Index("project", "created_at", "id", name="remediation_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.tool_name or self.incident_id}"


class Playbook(models.Model):
    """A repair recipe with a trust score: (s + 1) / (n + 2), unless an administrator pinned it."""

    playbook_id = models.UUIDField(primary_key=True, default=uuid4)
    project = project_key()
    name = models.CharField(max_length=255)
    status = models.CharField(max_length=16, choices=PlaybookStatus, default=PlaybookStatus.DRAFT)
    trust_score = models.DecimalField(max_digits=4, decimal_places=3, default=Decimal("0.5"))
    is_trust_pinned = models.BooleanField(default=False)
    success_count = models.PositiveIntegerField(default=0)
    failure_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=128, default="", blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            choices_constraint("status", PlaybookStatus, "playbook_status"),
            models.CheckConstraint(condition=_SHARE, name="playbook_trust"),
            models.UniqueConstraint(fields=["project", "name"], name="playbook_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def earned_trust(self) -> Decimal:
        """Answer the trust that the record of executions earns (rule of succession)."""
        total = self.success_count + self.failure_count
        return (Decimal(self.success_count + 1) / Decimal(total + 2)).quantize(Decimal("0.001"))


class Execution(models.Model):
    """One execution of a repair."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    project = project_key()
    incident_id = models.CharField(max_length=64)
    run = models.ForeignKey(
        "runs.Run",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="executions",
        db_index=False,
    )
    playbook = models.ForeignKey(
        Playbook,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="executions",
        db_index=False,
    )
    success = models.BooleanField()
    error_message = models.CharField(max_length=2000, null=True, blank=True)
    human_approved = models.BooleanField(default=False)
    predicted_confidence = models.DecimalField(
        max_digits=4, decimal_places=3, null=True, blank=True
    )
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(predicted_confidence__isnull=True)
                | Q(predicted_confidence__gte=0, predicted_confidence__lte=1),
                name="execution_confidence",
            ),
        ]
        indexes = [
            models.Index(
                "project",
                "incident_id",
                F("created_at").desc(),
                F("id").desc(),
                name="execution_of_incident",
            ),
            models.Index(
                "project", F("created_at").desc(), F("id").desc(), name="execution_newest"
            ),
            # A run that is deleted asks who refers to it.
            models.Index("run", condition=Q(run__isnull=False), name="execution_of_run"),
            models.Index(
                "playbook",
                F("created_at").desc(),
                F("id").desc(),
                condition=Q(playbook__isnull=False),
                name="execution_of_playbook",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {str(self.id)[:8]}"


class Evidence(models.Model):
    """The verification of an execution."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    project = project_key()
    incident_id = models.CharField(max_length=64)
    run = models.ForeignKey(
        "runs.Run",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="evidence",
        db_index=False,
    )
    execution = models.ForeignKey(
        Execution,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="evidence",
        db_index=False,
    )
    verification_result = models.CharField(
        max_length=16, choices=VerificationResult, null=True, blank=True
    )
    snapshot = models.JSONField(default=dict, blank=True)
    collected_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(verification_result__isnull=True)
                | Q(verification_result__in=VerificationResult.values),
                name="evidence_result",
            ),
        ]
        indexes = [
            models.Index(
                "project",
                "incident_id",
                F("collected_at").desc(),
                F("id").desc(),
                name="evidence_of_incident",
            ),
            models.Index(
                "project",
                F("collected_at").desc(),
                F("id").desc(),
                name="evidence_verified",
                condition=Q(verification_result__isnull=False),
            ),
            models.Index(
                "project",
                F("collected_at").desc(),
                F("id").desc(),
                name="evidence_bad",
                condition=Q(verification_result__in=["degraded", "failed", "timeout"]),
            ),
            # Retention: the oldest first.
            models.Index("project", "collected_at", "id", name="evidence_oldest"),
            # A run or an execution that is deleted asks who refers to it.
            models.Index("run", condition=Q(run__isnull=False), name="evidence_of_run"),
            models.Index(
                "execution", condition=Q(execution__isnull=False), name="evidence_of_execution"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.verification_result or ''}".strip()
