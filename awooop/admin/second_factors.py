from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from awooop.admin_base import PlatformAdmin
from awooop.models import AuthenticatorApp, RecoveryCode, SecurityKey


class SecondFactorAdmin(PlatformAdmin):
    """That it is there, and since when; nothing that would be one. A person's are reset as an act
    on the account."""

    list_select_related = ("user",)
    search_fields = ("=user__email",)
    ordering = ("-created_at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.list_display)


@admin.register(AuthenticatorApp)
class AuthenticatorAppAdmin(SecondFactorAdmin):
    """Authenticator apps."""

    list_display = ("user", "created_at")


@admin.register(SecurityKey)
class SecurityKeyAdmin(SecondFactorAdmin):
    """Security keys."""

    list_display = ("user", "name", "created_at", "last_used_at")


@admin.register(RecoveryCode)
class RecoveryCodeAdmin(SecondFactorAdmin):
    """Recovery codes that are not used yet."""

    list_display = ("user", "created_at")
