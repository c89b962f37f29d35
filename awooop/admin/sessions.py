from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop.actions import people
from awooop.admin_base import Act, PlatformAdmin
from awooop.models import Session


@admin.register(Session)
class SessionAdmin(PlatformAdmin):
    """Who is signed in, from where; not the key that a browser shows."""

    list_display = ("id", "user", "address", "method", "signed_in_at", "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("=user__email", "=address")
    ordering = ("-last_seen_at",)
    acts = (
        Act(
            "end",
            _("End"),
            "",
            lambda by, session, data: people.end_session(by=by, session=session),
            is_danger=True,
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Without the key and the data."""
        facts = ["user", "address", "user_agent", "method"]
        return [*facts, "signed_in_at", "last_seen_at", "expire_date"]
