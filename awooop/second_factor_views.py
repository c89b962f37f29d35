"""A person's own second factors: an app, security keys, recovery codes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from awooop import confirmation, passkeys, sealing, second_factors, signing_in
from awooop.actions import second_factors as actions
from awooop.errors import NotFound, Refused
from awooop.second_step_views import MOST_TEXT
from awooop.sign_in_forms import CodeForm, KeyForm

_ADDS_APP, _ADDS_S = "totp.add", 15 * 60
View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Ask first that it is the person who signed in; a form's page leads back to the profile."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if confirmation.is_recent(request.caller):
            return view(request, *args, **kwargs)
        back = request.path if request.method in ("GET", "HEAD") else reverse("second-factor")
        return redirect(f"{reverse('confirm')}?{urlencode({'next': back})}")

    return wrapped


def facts(request: HttpRequest) -> dict[str, Any]:
    """Answer what the panel of second factors shows."""
    user = request.caller.user
    found = second_factors.of_user(user)
    return {
        "factors": found,
        "has_app": any(one.kind == "totp" for one in found),
        "codes_left": user.recovery_codes.count(),
        "keys_possible": passkeys.is_possible(request),
    }


@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The second factors alone: where those are sent who must add one."""
    context = {"second_factor": facts(request), "must_add": signing_in.must_add(request)}
    return render(request, "awooop/second_factors.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def add_app(request: HttpRequest) -> HttpResponse:
    """Show a new secret, which travels sealed in the form, and take it with its first code."""
    sealed = request.POST.get("sealed", "")[:MOST_TEXT]
    try:
        secret = sealing.unseal(_ADDS_APP, sealed, seconds=_ADDS_S)
    except sealing.NotSealedHere:
        secret = second_factors.new_secret()
        sealed = sealing.seal(_ADDS_APP, secret)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = actions.add_app(
                by=request.caller, secret=secret, code=form.cleaned_data["code"]
            )
            return _added(request, "totp", codes)
        except Refused as refused:
            form.add_error("code", _said(refused))
    address = second_factors.address_of(request.caller.user, secret)
    picture = second_factors.picture_of(address)
    context = {"form": form, "sealed": sealed, "secret": secret, "picture": picture}
    status = 422 if form.errors else 200
    return render(request, "awooop/second_factor_app.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def add_key(request: HttpRequest) -> HttpResponse:
    """Let the browser make a key, and keep its public part."""
    user = request.caller.user
    form = KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = passkeys.finish_adding(
                request,
                user,
                sealed=request.POST.get("sealed", "")[:MOST_TEXT],
                credential=request.POST.get("credential", "")[:MOST_TEXT],
            )
            codes = actions.add_key(by=request.caller, name=form.cleaned_data["name"], **made)
            return _added(request, "security_key", codes)
        except Refused as refused:
            form.add_error(None, _said(refused))
    is_possible = passkeys.is_possible(request)
    ceremony = passkeys.begin_adding(request, user) if is_possible else None
    context = {"form": form, "ceremony": ceremony}
    status = 422 if form.errors else 200
    return render(request, "awooop/second_factor_key.html", context, status=status)


@require_POST
@confirmed
def remove_app(request: HttpRequest) -> HttpResponse:
    """Take the app out of use."""
    try:
        actions.remove_app(by=request.caller)
    except NotFound as refused:
        messages.error(request, refused.detail)
        return redirect("second-factor")
    return _removed(request)


@require_POST
@confirmed
def remove_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """Take a security key out of use."""
    actions.remove_key(by=request.caller, key_id=key_id)
    return _removed(request)


@never_cache
@require_POST
@confirmed
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, and show them this once."""
    try:
        codes = actions.make_recovery_codes(by=request.caller)
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("second-factor")
    return _codes_page(request, codes)


def _added(request: HttpRequest, factor: str, codes: list[str]) -> HttpResponse:
    signing_in.note_added(request, factor)
    if codes:
        return _codes_page(request, codes, is_first=True)
    messages.success(request, _("Added: it is asked for at the next sign-in."))
    return redirect("second-factor")


def _codes_page(request: HttpRequest, codes: list[str], *, is_first: bool = False) -> HttpResponse:
    context = {"codes": "\n".join(codes), "is_first": is_first}
    return render(request, "awooop/recovery_codes.html", context)


def _removed(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Removed."))
    return redirect("second-factor")


def _said(refused: Refused) -> str:
    return refused.errors[0]["message"] if refused.errors else refused.detail
