from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from awooop.clock import now


class ApiScope(models.TextChoices):
    READ = "read", _("read")
    INGEST = "ingest", _("ingest")
    DECIDE = "decide", _("decide")
    GOVERN = "govern", _("govern")


class ApiKey(models.Model):
    """An integration's key, `awp_<prefix>_<secret>`: the secret is shown once and kept as
    SHA-256."""

    name = models.CharField(max_length=200)
    project = models.ForeignKey(
        "awooop.Project",
        on_delete=models.PROTECT,
        related_name="api_keys",
        null=True,
        blank=True,
        help_text=_("Empty: every project (only a superuser makes such a key)."),
    )
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    hash = models.CharField(max_length=64, editable=False)
    origin_prefix = models.CharField(max_length=16, default="", blank=True, editable=False)
    successor = models.OneToOneField(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="predecessor",
    )
    scopes = ArrayField(models.CharField(max_length=16, choices=ApiScope), size=4)
    created_by = models.ForeignKey(
        "awooop.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=now, editable=False)
    last_used_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("The last write, to the minute; a read writes nothing, not even this."),
    )
    rate_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("Requests a second; empty: as many as API_RATE_LIMIT says, 0: any number."),
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=ApiScope.values)
                & models.Q(scopes__len__gt=0),
                name="api_key_scopes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (awp_{self.prefix}_…)"

    @property
    def origin(self) -> str:
        """The prefix of the first of the keys that replaced each other: in all but the secret they
        are one."""
        return self.origin_prefix or self.prefix

    def is_usable(self, at: datetime) -> bool:
        """Whether the key is neither revoked nor expired at that time."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
