from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import project_key

QUERY_MOST = 2_000


class _View(models.Model):
    """A list as somebody wants to see it again: its filters and columns, under a name."""

    view_id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.ForeignKey("awooop.User", on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=64)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=QUERY_MOST, default="", blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Can be undone for 30 days.")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.page}: {self.name}"


class OwnView(_View):
    """A view that only its owner sees."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                condition=Q(deleted_at__isnull=True),
                name="own_view_name_once",
            ),
        ]


class SharedView(_View):
    """A view that everybody in a project sees; its owner or an administrator takes it away."""

    project = project_key()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "page", "name"],
                condition=Q(deleted_at__isnull=True),
                name="shared_view_name_once",
            ),
        ]


class ListPreference(models.Model):
    """How a person wants a list: its columns, and the view that it opens with."""

    user = models.ForeignKey(
        "awooop.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    page = models.CharField(max_length=64)
    columns = ArrayField(models.CharField(max_length=32), null=True, blank=True)
    default_view = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page"], name="list_preference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.page}"
