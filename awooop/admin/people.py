from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop.actions import people, second_factors
from awooop.admin_base import Act, PlatformAdmin
from awooop.admin_base.acting import ActingAdmin
from awooop.admin_base.platform import SuperuserOnly, is_superuser
from awooop.models import User
from awooop.second_factors import of_user as factors_of

# Permissions come of the role table; a group's would have no effect.
admin.site.unregister(Group)


class LowerEmail:
    """An address is kept in lower case: it is the name that a person signs in by."""

    def clean_email(self) -> str:
        """Fold the case."""
        return self.cleaned_data["email"].lower()


class NewUserForm(LowerEmail, AdminUserCreationForm):
    """An account's address and password."""

    class Meta:
        model = User
        fields = ("email",)
        field_classes = {"email": forms.EmailField}


class UserForm(LowerEmail, UserChangeForm):
    """An account."""

    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"email": forms.EmailField}


def _factors(user: User) -> list[tuple[Any, Any]]:
    found = factors_of(user)
    return [(_("second factor"), factor.name or factor.kind) for factor in found]


@admin.register(User)
class UserAdmin(SuperuserOnly, ActingAdmin, auth_admin.UserAdmin):
    """Accounts: for superusers; deactivated, not deleted, so that the record keeps its names."""

    form = UserForm
    add_form = NewUserForm
    list_display = ("email", "is_active", "is_staff", "is_superuser", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "time_zone", "language")}),
        (
            _("Access"),
            {
                "fields": ("is_active", "is_staff", "is_superuser"),
                "description": _(
                    "Staff may open this administration, within their roles in projects. "
                    "Superusers may do everything in every project."
                ),
            },
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "usable_password", "password1", "password2"),
            },
        ),
    )

    acts = (
        Act(
            "end-sessions",
            _("End the sessions"),
            "",
            lambda by, user, data: people.end_sessions(by=by, user=user),
            is_danger=True,
        ),
        Act(
            "reset-second-factor",
            _("Reset the second factor"),
            "",
            lambda by, user, data: second_factors.reset(by=by, user=user),
            describe=_factors,
            is_danger=True,
        ),
        Act(
            "deactivate",
            _("Deactivate"),
            "",
            lambda by, user, data: people.set_active(by=by, user=user, is_active=False),
            applies=lambda user: user.is_active,
            is_danger=True,
        ),
        Act(
            "activate",
            _("Activate"),
            "",
            lambda by, user, data: people.set_active(by=by, user=user, is_active=True),
            applies=lambda user: not user.is_active,
        ),
    )

    def may_act(self, request: HttpRequest, act: Act, row: Any = None) -> bool:
        """Superusers only."""
        return is_superuser(request)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the account, and put on record what of it was changed."""
        if change and "is_active" in form.changed_data:
            people.set_active(by=request.caller, user=obj, is_active=obj.is_active)
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            people.record(
                by=request.caller, user=obj, action="account.update", fields=form.changed_data
            )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)


@admin.register(LogEntry)
class LogEntryAdmin(PlatformAdmin):
    """What was done in this administration (the audit records tell it by project)."""

    list_display = ("action_time", "user", "content_type", "object_repr", "change_message")
    list_select_related = ("user", "content_type")
    list_filter = (("action_time", admin.DateFieldListFilter), "action_flag")
    ordering = ("-pk",)
    sortable_by = ()
