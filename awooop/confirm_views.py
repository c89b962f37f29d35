"""Show again that it is you."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from awooop import navigation, passkeys, signing_in, single_sign_on
from awooop.actions import sign_in
from awooop.clock import now
from awooop.errors import Refused
from awooop.second_step_views import MOST_TEXT
from awooop.sign_in_forms import ConfirmForm

FIELD = "confirm_with"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the password or a code, and go on to where the person came from."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    target = navigation.way_back(request, wanted, reverse("profile"))
    if request.method != "POST":
        return _page(request, ConfirmForm(), target)
    by_key = "credential" in request.POST
    form = ConfirmForm(None if by_key else request.POST)
    try:
        if by_key:
            confirm_by_key(request)
        elif form.is_valid():
            confirm_by_secret(request, form.cleaned_data[FIELD])
        else:
            return _page(request, form, target, status=422)
    except Refused as refused:
        return _page(request, form, target, error=refused.detail, status=refused.status)
    return redirect(target)


def _page(
    request: HttpRequest, form: ConfirmForm, target: str, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "next": target,
        "error": error,
        "single_sign_on": settings.OIDC_NAME if single_sign_on.is_on() else "",
        "ceremony": passkeys.begin_showing(request, request.caller.user),
    }
    return render(request, "registration/confirm.html", context, status=status)


def confirm_by_key(request: HttpRequest) -> None:
    """Take a security key as the proof; raises as `confirm_by_secret`."""
    sign_in.check_key(
        request=request,
        user=request.caller.user,
        sealed=request.POST.get("sealed", "")[:MOST_TEXT],
        credential=request.POST["credential"][:MOST_TEXT],
    )
    signing_in.note_confirmed(request)
    request.caller = replace(request.caller, confirmed_at=now())


def confirm_by_secret(request: HttpRequest, secret: str) -> None:
    """Take a password or code as the proof; the rest of this request has it, too.

    Raises NotRecognised, TooManyTries.
    """
    sign_in.check_secret(request=request, user=request.caller.user, secret=secret)
    signing_in.note_confirmed(request)
    request.caller = replace(request.caller, confirmed_at=now())


def confirm_beside(request: HttpRequest) -> None:
    """Take what was typed beside another form, where something was; raises as the above."""
    secret = request.POST.get(FIELD, "")
    if secret:
        confirm_by_secret(request, secret[:200])
