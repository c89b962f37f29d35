"""The Django admin of the kernel."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from awooop.admin import (
    api_keys,
    background,
    contracts,
    lists,
    members,
    notes,
    people,
    projects,
    records,
    second_factors,
    sessions,
    single_sign_on,
    stops,
    telegram,
    webhooks,
)

__all__ = [
    "api_keys",
    "background",
    "contracts",
    "lists",
    "members",
    "notes",
    "people",
    "projects",
    "records",
    "second_factors",
    "sessions",
    "single_sign_on",
    "stops",
    "telegram",
    "webhooks",
]


@login_not_required
def _login(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """There is one login, so that there is one place to guard: the console's."""
    if request.user.is_authenticated and not admin.site.has_permission(request):
        raise PermissionDenied
    target = request.GET.get("next") or reverse("admin:index")
    return redirect_to_login(target, reverse(settings.LOGIN_URL))


admin.site.login = _login
admin.site.site_header = _("AwoooP administration")
admin.site.site_title = _("AwoooP administration")
admin.site.index_title = _("Administration")
