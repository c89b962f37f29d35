from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key, validate_lines, validate_time_zone

PROJECT_ID = r"[a-z0-9][a-z0-9-]{0,63}"


class MigrationMode(models.TextChoices):
    LEGACY = "legacy", _("legacy")
    SHADOW = "shadow", _("shadow")
    CANARY = "canary", _("canary")
    ACTIVE = "active", _("active")


class Role(models.TextChoices):
    VIEWER = "viewer", _("viewer")
    OPERATOR = "operator", _("operator")
    KNOWLEDGE_OWNER = "knowledge_owner", _("knowledge owner")
    PROJECT_ADMIN = "project_admin", _("project administrator")


class MessageLanguage(models.TextChoices):
    """The language of a project's messages to its chat."""

    INSTALLATION = "", _("as the installation says")
    ENGLISH = "en", "English"
    CHINESE = "zh-hant", "繁體中文"


class Project(models.Model):
    """The tenant: the unit of isolation."""

    project_id = models.CharField(
        primary_key=True,
        max_length=64,
        validators=[
            RegexValidator(rf"\A{PROJECT_ID}\Z", _("Lower-case letters, digits and hyphens."))
        ],
    )
    display_name = models.CharField(max_length=200)
    migration_mode = models.CharField(
        max_length=16, choices=MigrationMode, default=MigrationMode.ACTIVE
    )
    budget_limit_usd = models.DecimalField(
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Per calendar month; empty: no limit."),
    )
    is_active = models.BooleanField(default=True)
    timezone = models.CharField(
        max_length=64, default="Asia/Taipei", validators=[validate_time_zone]
    )
    message_language = models.CharField(
        max_length=16,
        choices=MessageLanguage,
        default=MessageLanguage.INSTALLATION,
        db_default="",
        blank=True,
        help_text=_("Of cards, reminders, alerts and reports to its chat."),
    )
    default_agent_id = models.CharField(
        max_length=128,
        default="sre-agent",
        help_text=_("The agent that a run is queued for when an alert opens an incident."),
    )
    requires_second_factor = models.BooleanField(
        default=False,
        help_text=_("Members sign in with a second factor, or add one before anything else."),
    )
    approve_reasons = models.TextField(
        default="",
        db_default="",
        blank=True,
        validators=[validate_lines],
        help_text=_("Offered where an approval is approved, one on a line; empty: the usual ones."),
    )
    reject_reasons = models.TextField(
        default="",
        db_default="",
        blank=True,
        validators=[validate_lines],
        help_text=_("Offered where an approval is rejected, one on a line; empty: the usual ones."),
    )
    is_demo = models.BooleanField(
        default=False, help_text=_("Made by the demo command: its history is invented.")
    )
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints = [
            choices_constraint("migration_mode", MigrationMode, "project_migration_mode"),
            choices_constraint("message_language", MessageLanguage, "project_message_language"),
            models.CheckConstraint(
                condition=models.Q(project_id__regex=rf"^{PROJECT_ID}$"), name="project_id_slug"
            ),
            models.CheckConstraint(
                condition=models.Q(budget_limit_usd__gte=0), name="project_budget_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.project_id


class Membership(models.Model):
    """What a person may do in a project."""

    user = models.ForeignKey("awooop.User", on_delete=models.CASCADE, related_name="memberships")
    project = project_key("memberships")
    role = models.CharField(max_length=24, choices=Role)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints = [
            choices_constraint("role", Role, "membership_role"),
            models.UniqueConstraint(fields=["user", "project"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.project_id} · {self.role}"
