"""What a person shows beside the password: a code of an app, a security key, a recovery code."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from awooop.clock import now


class AuthenticatorApp(models.Model):
    """The secret that a person's app makes codes from (TOTP, RFC 6238), sealed; and the time step
    of the last code that was used, so that none is used twice."""

    user = models.OneToOneField(
        "awooop.User", on_delete=models.CASCADE, related_name="authenticator_app"
    )
    sealed_secret = models.TextField(editable=False)
    last_step = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")

    def __str__(self) -> str:
        return f"{self.user_id}"


class SecurityKey(models.Model):
    """A security key or passkey of a person (WebAuthn): its public key, which opens nothing."""

    user = models.ForeignKey("awooop.User", on_delete=models.CASCADE, related_name="security_keys")
    name = models.CharField(max_length=100)
    credential_id = models.BinaryField(unique=True, editable=False)
    public_key = models.BinaryField(editable=False)
    sign_count = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("security key")
        verbose_name_plural = _("security keys")

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A code for who has lost the rest, kept as SHA-256; used once, then gone."""

    user = models.ForeignKey("awooop.User", on_delete=models.CASCADE, related_name="recovery_codes")
    hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")

    def __str__(self) -> str:
        return f"{self.user_id}"
