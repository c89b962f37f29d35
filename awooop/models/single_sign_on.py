from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from awooop.clock import now


class SingleSignOnIdentity(models.Model):
    """Who a person is at the provider of single sign-on, kept at the first sign-in: an address that
    is given to somebody else there does not give them the account here."""

    user = models.ForeignKey("awooop.User", on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("single sign-on identity")
        verbose_name_plural = _("single sign-on identities")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="sso_subject_once"),
            models.UniqueConstraint(fields=["user", "issuer"], name="sso_issuer_once"),
        ]

    def __str__(self) -> str:
        return self.subject
