"""To the provider and back."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from awooop import navigation, signing_in, single_sign_on
from awooop.actions import sign_in
from awooop.clock import now
from awooop.errors import NotAllowed


@login_not_required
@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Send to the provider; a link, because the policy lets no form lead elsewhere."""
    if not single_sign_on.is_on():
        return redirect("login")
    target = navigation.way_back(request, request.GET.get("next", ""), reverse("home"))
    confirms = "confirm" in request.GET and request.caller is not None
    href, kept = single_sign_on.begin(target=target, confirms=confirms)
    response = redirect(href)
    response.set_cookie(
        single_sign_on.COOKIE,
        kept,
        max_age=single_sign_on.LIVES_S,
        path=single_sign_on.COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@login_not_required
@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take who comes back: sign in, or confirm. The one GET that writes: the protocol asks it."""
    if not single_sign_on.is_on():
        return redirect("login")
    answer = single_sign_on.finish(request)
    user = sign_in.check_single_sign_on(request=request, answer=answer)
    target = answer.flow["target"]
    if answer.flow["confirms"]:
        if request.caller is None or request.caller.user.pk != user.pk:
            raise NotAllowed(_("The provider says that you are somebody else."), code="sso_refused")
        single_sign_on.check_is_fresh(answer)
        signing_in.note_confirmed(request)
        request.caller = replace(request.caller, confirmed_at=now())
        response = redirect(target)
    elif answer.has_second_factor:
        response = signing_in.complete(request, user, method="oidc+provider", target=target)
    else:
        response = signing_in.begin(request, user, method="oidc", target=target)
    response.delete_cookie(single_sign_on.COOKIE, path=single_sign_on.COOKIE_PATH)
    return response
