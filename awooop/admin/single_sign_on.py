from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from awooop.actions import people
from awooop.admin_base import Act, PlatformAdmin
from awooop.models import SingleSignOnIdentity


@admin.register(SingleSignOnIdentity)
class SingleSignOnIdentityAdmin(PlatformAdmin):
    """Who is who at the provider; forgotten where it changed there on purpose."""

    list_display = ("user", "issuer", "subject", "created_at")
    list_select_related = ("user",)
    search_fields = ("=user__email", "=subject")
    ordering = ("-created_at",)
    acts = (
        Act(
            "forget",
            _("Forget"),
            "",
            lambda by, identity, data: people.forget_identity(by=by, identity=identity),
            is_danger=True,
        ),
    )
