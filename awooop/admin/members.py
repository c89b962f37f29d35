from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.actions import projects
from awooop.admin_base import ProjectFilter, RefusableForm, ScopedAdmin
from awooop.admin_base.forms import project_choices
from awooop.models import Membership, User
from awooop.models.project import Role


class MemberForm(RefusableForm):
    """A person is named by e-mail address, so that no list of accounts is shown."""

    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("Of an account that exists already.")
    )
    project_id = forms.ChoiceField(label=_("Project"))
    role = forms.ChoiceField(label=_("Role"), choices=Role)

    class Meta:
        model = Membership
        fields = ("role",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "project_id" in self.fields:
            self.fields["project_id"].choices = project_choices(self.caller, "member.edit")

    def clean_email(self) -> str:
        """Find the account."""
        email = self.cleaned_data["email"].lower()
        self.account = User.objects.filter(email=email).first()
        if self.account is None:
            raise ValidationError(_("There is no such account; a superuser makes accounts."))
        return email


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """Members and their roles."""

    may_view = may_add = may_change = may_delete = "member.edit"
    form = MemberForm
    fixed_ordering = paging.Ordering("admin.member", ("user_id", "id"), descending=False)
    list_display = ("user", "project_id", "role", "created_at")
    list_select_related = ("user",)
    list_filter = (ProjectFilter, "role")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "project", "role", "created_at") if obj else ("email", "project_id", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "project", "created_at") if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[RefusableForm]:
        """Only the role of a member can be changed."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            for name in ("email", "project_id"):
                form.base_fields.pop(name, None)
        return form

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Set the role by the action; an added member who was one gets the new role."""
        user = obj.user if change else form.account
        project_id = obj.project_id if change else form.cleaned_data["project_id"]
        member = projects.set_member(
            by=request.caller, project_id=project_id, user=user, role=form.cleaned_data["role"]
        )
        obj.pk, obj.user, obj.project_id = member.pk, member.user, member.project_id
        obj._state.adding = False

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        """Take the role away by the action."""
        projects.remove_member(by=request.caller, membership=obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Take several roles away: all or none."""
        for member in queryset.select_related("user"):
            projects.remove_member(by=request.caller, membership=member)
