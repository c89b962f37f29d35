from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key

TITLE_AT_MOST = 255
CONTENT_AT_MOST = 200_000
TAGS_AT_MOST = 20


class EntryType(models.TextChoices):
    RUNBOOK = "runbook", _("runbook")
    INCIDENT_LEARNING = "incident_learning", _("incident learning")
    ANTI_PATTERN = "anti_pattern", _("anti-pattern")
    PLAYBOOK_NOTE = "playbook_note", _("playbook note")
    REFERENCE = "reference", _("reference")
    REVIEW_DRAFT = "review_draft", _("review draft")


class EntryStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    REVIEW = "review", _("in review")
    APPROVED = "approved", _("approved")
    ARCHIVED = "archived", _("archived")


class KnowledgeEntry(models.Model):
    """One piece of knowledge. `updated_at` is set by the domain: a touch of a tag refreshes
    nothing."""

    entry_id = models.UUIDField(primary_key=True, default=uuid4)
    project = project_key()
    title = models.CharField(_("title"), max_length=TITLE_AT_MOST)
    content = models.TextField(
        _("content"), max_length=CONTENT_AT_MOST, blank=True, help_text=_("Markdown.")
    )
    entry_type = models.CharField(
        _("type"), max_length=20, choices=EntryType, default=EntryType.RUNBOOK
    )
    category = models.CharField(_("category"), max_length=128, default="", blank=True)
    tags = ArrayField(
        models.CharField(max_length=64), verbose_name=_("tags"), default=list, blank=True
    )
    status = models.CharField(
        _("status"), max_length=16, choices=EntryStatus, default=EntryStatus.DRAFT
    )
    alertname = models.CharField(
        _("alert"),
        max_length=255,
        default="",
        blank=True,
        help_text=_("The name of the alert that it is about."),
    )
    source = models.CharField(
        _("source"),
        max_length=255,
        default="",
        blank=True,
        help_text=_("Where it comes from: a repository, an incident; empty: written here."),
    )
    source_path = models.CharField(_("path"), max_length=500, default="", blank=True)
    source_digest = models.CharField(
        max_length=64, default="", blank=True, help_text=_("Of what was imported last.")
    )
    metadata = models.JSONField(
        default=dict, blank=True, help_text=_("What its source says beside, such as its licence.")
    )
    owner = models.CharField(_("owner"), max_length=128, default="", blank=True)
    view_count = models.PositiveIntegerField(default=0)
    related_incident_id = models.CharField(_("incident"), max_length=64, null=True, blank=True)
    related_playbook = models.ForeignKey(
        "runs.Playbook",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("playbook"),
    )
    related_approval = models.ForeignKey(
        "runs.Approval",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("approval"),
    )
    # Set on review drafts. The event may be pruned before its drafts: no foreign key.
    governance_event_id = models.UUIDField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("superseded by"),
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("knowledge entry")
        verbose_name_plural = _("knowledge entries")
        constraints = [
            choices_constraint("entry_type", EntryType, "knowledge_entry_type"),
            choices_constraint("status", EntryStatus, "knowledge_status"),
            models.CheckConstraint(condition=Q(version__gte=1), name="knowledge_version_positive"),
            models.CheckConstraint(condition=~Q(title=""), name="knowledge_title_given"),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True) | Q(status="archived"),
                name="knowledge_superseded_is_archived",
            ),
            # An import, and the draft of an incident, find what they wrote before.
            models.UniqueConstraint(
                fields=["project", "source", "source_path"],
                condition=~Q(source_path=""),
                name="knowledge_source_once",
            ),
        ]
        indexes = [
            models.Index(
                "project", F("updated_at").desc(), F("entry_id").desc(), name="knowledge_newest"
            ),
            models.Index(
                "project",
                "status",
                F("updated_at").desc(),
                F("entry_id").desc(),
                name="knowledge_by_status",
            ),
            models.Index(
                "project",
                "entry_type",
                F("updated_at").desc(),
                F("entry_id").desc(),
                name="knowledge_by_type",
            ),
            models.Index(
                "project",
                "category",
                F("updated_at").desc(),
                F("entry_id").desc(),
                name="knowledge_by_category",
            ),
            # Staleness: what was not updated for long, of what is in use. All that its priority is
            # reckoned from is in the index: the list scores every stale entry to find the first.
            models.Index(
                fields=["project", "updated_at", "entry_id"],
                include=[
                    "view_count",
                    "related_incident_id",
                    "related_playbook",
                    "related_approval",
                ],
                condition=~Q(status="archived"),
                name="knowledge_stale",
            ),
            models.Index("project", "created_at", name="knowledge_created"),
            models.Index(
                "project",
                "related_incident_id",
                condition=Q(related_incident_id__isnull=False),
                name="knowledge_of_incident",
            ),
            # An approval that is deleted asks who refers to it.
            models.Index(
                "related_approval",
                condition=Q(related_approval__isnull=False),
                name="knowledge_of_approval",
            ),
            # What may take an entry's place: the freshest about the same alert.
            models.Index(
                "project",
                "alertname",
                F("updated_at").desc(),
                condition=~Q(alertname=""),
                name="knowledge_of_alert",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class KnowledgeRevision(models.Model):
    """What an entry said at one version, who wrote it and why."""

    entry = models.ForeignKey(
        KnowledgeEntry, on_delete=models.CASCADE, related_name="revisions", db_index=False
    )
    project = project_key()
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE_AT_MOST)
    content = models.TextField(blank=True)
    editor = models.CharField(max_length=254)
    reason = models.CharField(max_length=500, default="", blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("knowledge revision")
        constraints = [
            models.UniqueConstraint(fields=["entry", "version"], name="knowledge_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"
