"""The switch of languages in the account menu and below the sign-in form."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from awooop import languages, navigation
from awooop.actions import profiles
from awooop.errors import Invalid


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from here on: kept on the profile, and for this browser, so that the
    sign-in page speaks it too. Goes back to `next`, never to another site."""
    language = request.POST.get("language", "")
    offered = dict(settings.LANGUAGES)
    if language not in offered:
        said = _("must be one of %(allowed)s") % {"allowed": ", ".join(offered)}
        raise Invalid({"language": said})
    if request.caller is not None:
        profiles.set_language(by=request.caller, language=language)
    return languages.remember(redirect(_way_back(request)), language)


def _way_back(request: HttpRequest) -> str:
    return navigation.way_back(request, request.POST.get("next", ""), "/")
