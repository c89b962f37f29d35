from __future__ import annotations

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from awooop.models.fields import validate_time_zone


class UserManager(BaseUserManager):
    """Makes accounts; the e-mail address is the name."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **extra) -> User:
        """Create an account; raises ValueError without an e-mail address."""
        if not email:
            raise ValueError("an account needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra) -> User:
        """Create an administrator who sees every project."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, email: str) -> User:
        return self.get(email=email.lower())


class User(AbstractUser):
    """A person: signs in by e-mail; sees the projects of the memberships, a superuser all."""

    username = None
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Asia/Taipei", validators=[validate_time_zone]
    )
    language = models.CharField(
        _("language"),
        max_length=16,
        blank=True,
        default="",
        choices=[("", _("as the browser asks")), ("en", "English"), ("zh-hant", "繁體中文")],
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="awooop_user_email_ci"),
        ]

    def __str__(self) -> str:
        return self.email
