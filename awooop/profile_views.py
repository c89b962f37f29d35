"""A person's own page: how pages are shown, and the Telegram account that acts for them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from awooop import languages, second_factor_views, selectors, session_views
from awooop.actions import profiles, telegram_accounts
from awooop.admin_base.forms import add_refusal
from awooop.errors import Invalid, NotFound
from awooop.models import TelegramAccount
from awooop.models.project import Role
from awooop.profile_forms import PreferencesForm


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The page itself, and its form of preferences."""
    user = request.caller.user
    form = PreferencesForm(
        request.POST if request.method == "POST" else None,
        initial={"language": user.language, "time_zone": user.time_zone},
    )
    if request.method != "POST":
        return _page(request, form=form)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    try:
        profiles.set_preferences(by=request.caller, **form.cleaned_data)
    except Invalid as refused:
        add_refusal(form, refused)
        return _page(request, form=form, status=422)
    language = form.cleaned_data["language"]
    with translation.override(language or translation.get_language()):
        messages.success(request, _("Saved."))
    return languages.remember(redirect("profile"), language)


@never_cache
@require_POST
def telegram_code(request: HttpRequest) -> HttpResponse:
    """Make a code and show it, this once."""
    code, ends_at = telegram_accounts.make_code(by=request.caller)
    return _page(request, code=code, code_ends_at=ends_at)


@require_POST
def telegram_unlink(request: HttpRequest) -> HttpResponse:
    """Unlink the Telegram account."""
    try:
        telegram_accounts.unlink(by=request.caller)
    except NotFound as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("Unlinked: no button in Telegram acts for you any more."))
    return redirect("profile")


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    caller = request.caller
    user = caller.user
    context.setdefault(
        "form", PreferencesForm(initial={"language": user.language, "time_zone": user.time_zone})
    )
    context["account"] = TelegramAccount.objects.filter(user=user).first()
    context["roles"] = _roles(request)
    context["sessions"] = session_views.rows(request)
    context["second_factor"] = second_factor_views.facts(request)
    return render(request, "awooop/profile.html", context, status=status)


def _roles(request: HttpRequest) -> list[dict[str, str]]:
    caller = request.caller
    names = {one["project_id"]: one["display_name"] for one in selectors.tenants(caller.projects)}
    superuser = _("superuser")
    return [
        {
            "project_id": project,
            "name": names.get(project, project),
            "role": superuser if caller.is_superuser else _role_name(caller.roles[project]),
        }
        for project in caller.projects
    ]


def _role_name(role: str) -> str:
    return str(Role(role).label)
