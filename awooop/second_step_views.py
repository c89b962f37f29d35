"""The second step of signing in: a code, a security key, a recovery code."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from awooop import passkeys, second_factors, signing_in
from awooop.actions import sign_in
from awooop.errors import Invalid, Refused
from awooop.models import User
from awooop.sign_in_forms import CodeForm

MOST_TEXT = 20_000


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of who has shown the first one."""
    waits = signing_in.pending(request)
    if waits is None:
        return redirect("login")
    user, facts = waits
    if request.method != "POST":
        return _page(request, user)
    try:
        shown = shown_factor(request, user)
    except Refused as refused:
        return _page(request, user, refused)
    method = f"{facts['method']}+{shown}"
    return signing_in.complete(request, user, method=method, target=facts["target"])


def shown_factor(request: HttpRequest, user: User) -> str:
    """Answer which of a person's second factors was shown; raises Refused."""
    if request.POST.get("credential"):
        return sign_in.check_key(
            request=request,
            user=user,
            sealed=request.POST.get("sealed", "")[:MOST_TEXT],
            credential=request.POST["credential"][:MOST_TEXT],
        )
    form = CodeForm(request.POST)
    if not form.is_valid():
        raise Invalid({"code": " ".join(form.errors.get("code", [_("must be given")]))})
    return sign_in.check_code(request=request, user=user, code=form.cleaned_data["code"])


def _page(request: HttpRequest, user: User, refused: Refused | None = None) -> HttpResponse:
    context = {
        "form": CodeForm(),
        "error": refused.detail if refused else "",
        "ceremony": passkeys.begin_showing(request, user),
        "has_app": any(one.kind == "totp" for one in second_factors.of_user(user)),
    }
    status = refused.status if refused else 200
    response = render(request, "registration/second_factor.html", context, status=status)
    if refused is not None and "retry_after" in refused.extra:
        response["Retry-After"] = str(refused.extra["retry_after"])
    return response
