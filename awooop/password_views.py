"""A person's own password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from awooop.actions import people
from awooop.second_factor_views import confirmed


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def change(request: HttpRequest) -> HttpResponse:
    """Change it, which ends the person's other sessions; who has none (single sign-on) sets one."""
    user = request.caller.user
    kind = PasswordChangeForm if user.has_usable_password() else SetPasswordForm
    form = kind(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save()
        people.end_sessions(by=request.caller, user=user, but=request.session.session_key)
        people.record(by=request.caller, user=user, action="account.password.change")
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed; your other sessions have ended."))
        return redirect("profile")
    status = 422 if form.errors else 200
    return render(request, "awooop/password.html", {"form": form}, status=status)
