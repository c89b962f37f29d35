from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class GateScope(models.TextChoices):
    READ = "read", _("read")
    WRITE = "write", _("write")
    ADMIN = "admin", _("admin")


class McpStatus(models.TextChoices):
    ALLOWED = "allowed", _("allowed")
    BLOCKED = "blocked", _("blocked")
    SUCCESS = "success", _("success")
    FAILED = "failed", _("failed")


_NEWEST = (F("created_at").desc(), F("call_id").desc())


class McpCall(models.Model):
    """One tool call that went through the policy gates, with the gate's verdict."""

    call_id = models.UUIDField(primary_key=True, default=uuid4)
    run = models.ForeignKey(
        "runs.Run",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="mcp_calls",
        db_index=False,
    )
    project = project_key()
    agent_id = models.CharField(max_length=128)
    tool_name = models.CharField(max_length=128)
    result_status = models.CharField(max_length=16, choices=McpStatus)
    block_gate = models.CharField(max_length=32, null=True, blank=True)
    block_reason = models.CharField(max_length=500, null=True, blank=True)
    gate_result = models.JSONField(default=dict, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    by_gateway = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Judged here, by authorize; otherwise the worker's own account of it."),
    )
    created_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("MCP call")
        verbose_name_plural = _("MCP calls")
        constraints = [choices_constraint("result_status", McpStatus, "mcp_call_status")]
        indexes = [
            models.Index(
                "run",
                "created_at",
                "call_id",
                condition=Q(run__isnull=False),
                name="mcp_call_in_time",
            ),
            # The list of calls, whole and by each of its filters; what was blocked is rare.
            models.Index("project", *_NEWEST, name="mcp_call_newest"),
            models.Index("project", "agent_id", *_NEWEST, name="mcp_call_by_agent"),
            models.Index("project", "tool_name", *_NEWEST, name="mcp_call_by_tool"),
            models.Index("project", "result_status", *_NEWEST, name="mcp_call_by_status"),
            models.Index(
                "project",
                "block_gate",
                *_NEWEST,
                condition=Q(block_gate__isnull=False),
                name="mcp_call_by_gate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tool_name} ({self.result_status})"


class ProjectSpend(models.Model):
    """What the runs made in a project's calendar month have cost, in USD: the budget gate's ledger.

    The database keeps it itself, by triggers on the runs (`0002_policies`), so that no path that
    writes a cost can forget it. A month is in several rows (`slot`, from the run's id), so that
    writers seldom wait for one another; their sum is the month's.
    """

    project = project_key()
    month = models.DateField(help_text=_("Its first day, in the project's time zone."))
    slot = models.PositiveSmallIntegerField()
    amount_usd = models.DecimalField(max_digits=18, decimal_places=6, default=0)

    class Meta:
        verbose_name = _("project's spend")
        verbose_name_plural = _("projects' spend")
        constraints = [
            models.UniqueConstraint(fields=["project", "month", "slot"], name="project_spend_once")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.month}"


class LegacyMcpRecord(models.Model):
    """A tool call made outside the gateway, known by its incident."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    project = project_key()
    session_id = models.CharField(max_length=128, default="", blank=True)
    flywheel_node = models.CharField(max_length=128, default="", blank=True)
    mcp_server = models.CharField(max_length=128)
    tool_name = models.CharField(max_length=128)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    success = models.BooleanField(null=True)
    error_message = models.CharField(max_length=2000, null=True, blank=True)
    incident_id = models.CharField(max_length=64, default="", blank=True)
    agent_role = models.CharField(max_length=128, default="", blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("legacy MCP record")
        verbose_name_plural = _("legacy MCP records")
        indexes = [
            models.Index(
                "project",
                "incident_id",
                F("created_at").desc(),
                F("id").desc(),
                name="legacy_mcp_of_incident",
            ),
            # Retention: the oldest first.
            models.Index("project", "created_at", "id", name="legacy_mcp_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.mcp_server} {self.tool_name}"
