from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class RunState(models.TextChoices):
    PENDING = "pending", _("pending")
    RUNNING = "running", _("running")
    WAITING_APPROVAL = "waiting_approval", _("waiting for approval")
    COMPLETED = "completed", _("completed")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    TIMED_OUT = "timed_out", _("timed out")


class RemediationStatus(models.TextChoices):
    MCP_OBSERVED = "mcp_observed", _("MCP observed")
    NO_EVIDENCE = "no_evidence", _("no evidence")
    READ_ONLY_DRY_RUN = "read_only_dry_run", _("read-only dry run")
    WRITE_OBSERVED = "write_observed", _("write observed")
    BLOCKED = "blocked", _("blocked")
    OBSERVED = "observed", _("observed")


class LinkSource(models.TextChoices):
    """Where an incident's id was found, in the order of discovery."""

    TRIGGER_REF = "trigger_ref", _("trigger")
    ERROR_DETAIL = "error_detail", _("error detail")
    INBOUND = "inbound", _("inbound event")
    OUTBOUND = "outbound", _("outbound message")


class Run(models.Model):
    """One agent's work on one trigger."""

    run_id = models.UUIDField(primary_key=True, default=uuid4)
    project = project_key("runs")
    agent_id = models.CharField(max_length=128)
    state = models.CharField(max_length=20, choices=RunState, default=RunState.PENDING)
    is_shadow = models.BooleanField(default=False)
    trace_id = models.CharField(max_length=64, default="", blank=True)
    trigger_type = models.CharField(max_length=32, default="api")
    trigger_ref = models.CharField(max_length=255, default="", blank=True)
    worker_id = models.CharField(max_length=128, null=True, blank=True)
    worker_key = models.CharField(
        max_length=64,
        default="",
        blank=True,
        help_text=_("The API key that the worker claimed by."),
    )
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    step_count = models.PositiveIntegerField(default=0)
    attempt_count = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=3)
    error_code = models.CharField(max_length=64, null=True, blank=True)
    error_detail = models.CharField(max_length=10_000, null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    timeout_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    remediation_status = models.CharField(
        max_length=20, choices=RemediationStatus, default=RemediationStatus.NO_EVIDENCE
    )
    body_fingerprint = models.CharField(
        max_length=64, default="", blank=True, help_text=_("Of the request that made it.")
    )

    class Meta:
        constraints = [
            choices_constraint("state", RunState, "run_state"),
            choices_constraint("remediation_status", RemediationStatus, "run_remediation_status"),
            models.CheckConstraint(condition=Q(cost_usd__gte=0), name="run_cost_positive"),
            models.CheckConstraint(condition=Q(max_attempts__gte=1), name="run_max_attempts"),
        ]
        indexes = [
            models.Index("project", F("created_at").desc(), F("run_id").desc(), name="run_newest"),
            models.Index(
                "project", "state", F("created_at").desc(), F("run_id").desc(), name="run_by_state"
            ),
            models.Index(
                "project",
                "remediation_status",
                F("created_at").desc(),
                F("run_id").desc(),
                name="run_by_remediation",
            ),
            models.Index(
                "project",
                "agent_id",
                F("created_at").desc(),
                F("run_id").desc(),
                name="run_by_agent",
            ),
            # An inbound event finds the run that it triggered.
            models.Index(
                "project", "trigger_ref", condition=~Q(trigger_ref=""), name="run_by_trigger_ref"
            ),
            # Claims: the oldest pending run of an agent.
            models.Index(
                "project",
                "agent_id",
                "created_at",
                condition=Q(state="pending"),
                name="run_to_claim",
            ),
            # Sweeps: lost heartbeats and time-outs among the few that are not final.
            models.Index(
                "project", "heartbeat_at", condition=Q(state="running"), name="run_heartbeats"
            ),
            models.Index(
                "project",
                "timeout_at",
                condition=Q(state__in=["pending", "running", "waiting_approval"]),
                name="run_timeouts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {str(self.run_id)[:8]}"


class RunIncident(models.Model):
    """Which incident a run belongs to, and where that was found; see `runs.actions.links`."""

    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="incident_links", db_index=False
    )
    project = project_key()
    incident_id = models.CharField(max_length=64)  # text: the incident may be unknown here
    source = models.CharField(max_length=16, choices=LinkSource)
    found_at = models.DateTimeField()
    source_id = models.UUIDField()
    ordinal = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            choices_constraint("source", LinkSource, "run_incident_source"),
            models.UniqueConstraint(fields=["run", "incident_id"], name="run_incident_once"),
        ]
        indexes = [models.Index("project", "incident_id", "run", name="runs_of_incident")]

    def __str__(self) -> str:
        return self.incident_id


class Step(models.Model):
    """One journalled action of a run, numbered within it."""

    step_id = models.UUIDField(primary_key=True, default=uuid4)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps", db_index=False)
    project = project_key()
    step_seq = models.PositiveIntegerField()
    tool_name = models.CharField(max_length=128)
    result_status = models.CharField(max_length=32, default="success")
    summary = models.CharField(max_length=500, default="", blank=True)
    was_blocked = models.BooleanField(default=False)
    block_reason = models.CharField(max_length=500, null=True, blank=True)
    error_code = models.CharField(max_length=64, null=True, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "step_seq"], name="step_seq_once"),
        ]
        indexes = [models.Index("run", "created_at", "step_id", name="step_in_time")]

    def __str__(self) -> str:
        return f"{self.step_seq} {self.tool_name}"
