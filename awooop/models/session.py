from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from awooop.clock import now

if TYPE_CHECKING:
    from awooop.sessions import SessionStore


class Session(AbstractBaseSession):
    """A browser's session: whose it is, from where, since when, and when a person last did
    something in it.

    The columns beside the data are for reading: the store writes them from the data
    (`awooop.sessions`).
    """

    # Not the primary key, as Django has it: the administration's addresses hold that.
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    expire_date = models.DateTimeField(_("ends at"), db_index=True)
    user = models.ForeignKey(
        "awooop.User", on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    ident = models.UUIDField(null=True, db_index=True)
    signed_in_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(default=now)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, default="", blank=True)
    method = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"{self.user_id} · {self.ident}"

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        """Answer the store, as Django's base class asks."""
        from awooop.sessions import SessionStore

        return SessionStore

    def ends_at(self) -> datetime:
        """Answer when it ends if nobody does anything in it until then."""
        ends = [self.expire_date]
        if self.signed_in_at is not None:
            ends.append(self.signed_in_at + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        if settings.SESSION_IDLE_S:
            ends.append(self.last_seen_at + timedelta(seconds=settings.SESSION_IDLE_S))
        return min(ends)
