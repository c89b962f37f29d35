from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key

BODY_MOST = 4_000


class NoteSubject(models.TextChoices):
    RUN = "run", _("run")
    INCIDENT = "incident", _("incident")
    GOVERNANCE_EVENT = "governance_event", _("governance event")


class Note(models.Model):
    """What somebody wrote beside a run, an incident or a governance event, as Markdown.

    Nothing is taken back without a trace: an edit keeps the words before it, a deletion strikes
    them out. It goes with what it is about.
    """

    note_id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    project = project_key()
    subject_type = models.CharField(max_length=24, choices=NoteSubject)
    subject_id = models.CharField(max_length=64)
    body = models.CharField(max_length=BODY_MOST)
    author = models.CharField(max_length=64, help_text=_("Who may change it."))
    author_label = models.CharField(max_length=254)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    edited_at = models.DateTimeField(null=True, blank=True)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.CharField(max_length=254, default="", blank=True)

    class Meta:
        constraints = [
            choices_constraint("subject_type", NoteSubject, "note_subject"),
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True, struck_by="")
                | (Q(struck_at__isnull=False) & ~Q(struck_by="")),
                name="note_struck_whole",
            ),
        ]
        indexes = [
            models.Index(
                "project",
                "subject_type",
                "subject_id",
                "created_at",
                "note_id",
                name="note_of_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_label}: {self.body[:60]}"


class NoteVersion(models.Model):
    """What a note said before an edit."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="versions")
    project = project_key()
    version = models.PositiveIntegerField()
    body = models.CharField(max_length=BODY_MOST)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "version"], name="note_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.note_id} {self.version}"
