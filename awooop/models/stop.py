from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint


class StopScope(models.TextChoices):
    ALL = "all", _("everything")
    PROJECT = "project", _("a project")
    AGENT = "agent", _("an agent")
    TOOL = "tool", _("a tool")


class Stop(models.Model):
    """A kill switch that was thrown, and what became of it; kept for good.

    One without a project holds in every project: everybody's gate sees it, only the registry's
    scope writes it. Which stop holds a call back, `awooop_stop_holding` says in the database.
    """

    stop_id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    scope = models.CharField(max_length=16, choices=StopScope)
    project = models.ForeignKey(
        "awooop.Project",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        help_text=_("Empty: every project (only a superuser places such a stop)."),
    )
    agent_id = models.CharField(max_length=128, blank=True, default="")
    tool_name = models.CharField(max_length=128, blank=True, default="")
    reason = models.CharField(max_length=500)
    stopped_by = models.CharField(max_length=254)
    stopped_at = models.DateTimeField(default=now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=254, blank=True, default="")
    lift_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        constraints = [
            choices_constraint("scope", StopScope, "stop_scope"),
            models.CheckConstraint(
                condition=Q(scope="all", project=None, agent_id="", tool_name="")
                | Q(scope="project", project__isnull=False, agent_id="", tool_name="")
                | (Q(scope="agent", tool_name="") & ~Q(agent_id=""))
                | (Q(scope="tool", agent_id="") & ~Q(tool_name="")),
                name="stop_target",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="stop_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by="", lift_reason="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by="") & ~Q(lift_reason="")),
                name="stop_lifted",
            ),
            models.UniqueConstraint(
                Coalesce("project", Value("")),
                "agent_id",
                "tool_name",
                condition=Q(lifted_at=None),
                name="stop_one_open",
            ),
        ]
        indexes = [
            models.Index(F("stopped_at").desc(), F("stop_id").desc(), name="stop_newest"),
        ]

    def __str__(self) -> str:
        what = {"agent": self.agent_id, "tool": self.tool_name}.get(self.scope, "")
        where = self.project_id or "*"
        return f"{where} · {what}" if what else where

    def covers(self, project_id: str, *, agent_id: str = "", tool_name: str = "") -> bool:
        """Whether this stop is about such a call; `awooop_stop_holding` asks the same."""
        return (
            self.project_id in (None, project_id)
            and self.agent_id in ("", agent_id)
            and self.tool_name in ("", tool_name)
        )
