from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from awooop import paging, rate_limits, tenancy
from awooop.actions import api_keys
from awooop.admin_base import Act, PlatformAdmin, RefusableForm, RegistryAdmin
from awooop.admin_base.forms import project_choices
from awooop.clock import now
from awooop.models import ApiKey, RateBucket
from awooop.models.api_key import ApiScope

_EVERY_PROJECT = "*"


class ApiKeyForm(RefusableForm):
    """What a new key may do, where, and for how long."""

    project_id = forms.ChoiceField(label=_("Project"))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=ApiScope, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ApiKey
        fields = ("name", "expires_at", "rate_limit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = project_choices(self.caller, "api_key.edit")
        if self.caller and self.caller.is_superuser:
            choices = [*choices, (_EVERY_PROJECT, _("every project"))]
        self.fields["project_id"].choices = [("", "---------"), *choices]

    def clean_project_id(self) -> str | None:
        """Answer what the action takes: None for every project."""
        chosen = self.cleaned_data["project_id"]
        return None if chosen == _EVERY_PROJECT else chosen

    def clean_expires_at(self) -> Any:
        """Refuse a key that is over before it begins."""
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= now():
            raise ValidationError(_("Must be in the future."))
        return expires_at


class RotateForm(forms.Form):
    """For how long the old key still works."""

    overlap_hours = forms.IntegerField(
        label=_("Hours for which the old key still works"),
        min_value=0,
        max_value=api_keys.OVERLAP_AT_MOST // timedelta(hours=1),
        initial=api_keys.OVERLAP // timedelta(hours=1),
    )


def _rotate(by: Any, key: ApiKey, data: dict[str, Any]) -> tuple[ApiKey, str]:
    overlap = timedelta(hours=data["overlap_hours"])
    with tenancy.scope(by.projects):
        return api_keys.rotate(by=by, key=key, overlap=overlap)


def _shown_once(admin: Any, request: HttpRequest, key: ApiKey, secret: str) -> HttpResponse:
    """Show a key once: in the answer itself, so that no address, log or message holds it."""
    context = {
        **admin.admin_site.each_context(request),
        "title": _("The new API key"),
        "opts": admin.opts,
        "secret": secret,
        "facts": [
            (_("name"), key.name),
            (_("project"), key.project_id or _("every project")),
            (_("scopes"), ", ".join(key.scopes)),
            (_("expires at"), key.expires_at),
        ],
    }
    response = TemplateResponse(request, "admin/awooop/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


class LimitForm(forms.Form):
    """How many requests a second."""

    rate_limit = forms.IntegerField(
        label=_("Requests a second"),
        required=False,
        min_value=0,
        max_value=rate_limits.AT_MOST,
        help_text=_("Empty: the installation's default; 0: any number."),
    )


def _limit(by: Any, key: ApiKey, data: dict[str, Any]) -> None:
    with tenancy.scope(by.projects):
        api_keys.limit(by=by, key=key, rate_limit=data["rate_limit"])


def _revoke(by: Any, key: ApiKey, data: dict[str, Any]) -> None:
    with tenancy.scope(by.projects):
        api_keys.revoke(by=by, key=key)


@admin.register(ApiKey)
class ApiKeyAdmin(RegistryAdmin):
    """API keys: made and revoked, never edited; the secret is shown once."""

    may_view = may_add = "api_key.edit"
    form = ApiKeyForm
    fixed_ordering = paging.Ordering("admin.api_key", ("created_at", "id"))
    exact_search = ("prefix", "name")
    search_help_text = _("A key's prefix or name, whole.")
    list_display = (
        "name",
        "prefix",
        "opens",
        "scopes",
        "is_good",
        "last_used_at",
        "expires_at",
        "revoked_at",
    )
    acts = (
        Act(
            "rotate",
            _("Replace"),
            "api_key.edit",
            _rotate,
            form=RotateForm,
            applies=lambda key: key.is_usable(now()) and key.successor_id is None,
            describe=lambda key: [(_("scopes"), ", ".join(key.scopes))],
            answer=lambda admin, request, made: _shown_once(admin, request, *made),
        ),
        Act(
            "limit",
            _("Limit requests"),
            "api_key.edit",
            _limit,
            form=LimitForm,
            applies=lambda key: key.revoked_at is None,
            describe=lambda key: [(_("rate limit"), key.rate_limit)],
        ),
        Act(
            "revoke",
            _("Revoke"),
            "api_key.edit",
            _revoke,
            applies=lambda key: key.revoked_at is None,
            describe=lambda key: [(_("scopes"), ", ".join(key.scopes))],
            is_danger=True,
        ),
    )

    @admin.display(description=_("usable"), boolean=True)
    def is_good(self, key: ApiKey) -> bool:
        """Neither revoked nor expired."""
        return key.is_usable(now())

    @admin.display(description=_("project"))
    def opens(self, key: ApiKey) -> str:
        """The project that it opens, or every one."""
        return key.project_id or _("every project")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("name", "project_id", "scopes", "expires_at", "rate_limit")
        times = ("successor", "created_at", "last_used_at", "expires_at", "revoked_at")
        return ("name", "prefix", "project", "scopes", "rate_limit", "created_by", *times)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Make the key by the action; its text is for the answer to this request only."""
        with tenancy.scope(request.caller.projects):
            key, request.new_secret = api_keys.create(by=request.caller, **form.cleaned_data)
        for field in ApiKey._meta.concrete_fields:
            setattr(obj, field.attname, getattr(key, field.attname))
        obj._state.adding = False

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> HttpResponse:
        """One button: the next page shows the key."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the key, this once."""
        return _shown_once(self, request, obj, request.new_secret)


@admin.register(RateBucket)
class RateBucketAdmin(PlatformAdmin):
    """What is left of each key's requests at this second."""

    list_display = ("key_hash", "rate", "tokens", "at", "was_allowed")
