"""What a session keeps of how its person signed in."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib import auth
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from awooop import devices, second_factors
from awooop.actions import sign_in
from awooop.addresses import client_address
from awooop.clock import now
from awooop.models import User
from awooop.sessions import SIGN_IN

PENDING, MUST_ADD = "pending_sign_in", "must_add_second_factor"
_PENDING_LIVES = timedelta(minutes=10)
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_AGENT_AT_MOST = 300


def begin(request: HttpRequest, user: User, *, method: str, target: str) -> HttpResponse:
    """Sign a person in whose first factor is right, or ask for the second; answers the way on.

    Who must have a second factor and has none is let in to add one, and to nothing else.
    """
    if second_factors.of_user(user):
        request.session.cycle_key()
        request.session[PENDING] = {
            "user": user.pk,
            "stamp": user.get_session_auth_hash(),
            "method": method,
            "target": target,
            "at": now().isoformat(),
        }
        return redirect("login-second-factor")
    must_add_one = second_factors.must_have(user)
    response = complete(
        request, user, method=method, target=reverse("second-factor") if must_add_one else target
    )
    if must_add_one:
        request.session[SIGN_IN] = {**request.session[SIGN_IN], MUST_ADD: True}
    return response


def pending(request: HttpRequest) -> tuple[User, dict[str, Any]] | None:
    """Answer whose second factor is waited for, and the facts of it; None where it is nobody's."""
    facts = request.session.get(PENDING)
    if not facts or now() - datetime.fromisoformat(facts["at"]) > _PENDING_LIVES:
        return None
    user = User.objects.filter(pk=facts["user"], is_active=True).first()
    is_same = user is not None and user.get_session_auth_hash() == facts["stamp"]
    return (user, facts) if user is not None and is_same else None


def must_add(request: HttpRequest) -> bool:
    """Whether the person has to add a second factor before anything else."""
    return bool((request.session.get(SIGN_IN) or {}).get(MUST_ADD))


def note_added(request: HttpRequest, factor: str) -> None:
    """Keep that the person has shown a second factor in this session, by adding it."""
    facts = {**request.session[SIGN_IN], MUST_ADD: False}
    if "+" not in facts["method"]:
        facts["method"] = f"{facts['method']}+{factor}"
    request.session[SIGN_IN] = facts


def complete(request: HttpRequest, user: User, *, method: str, target: str) -> HttpResponse:
    """Sign a person in whose identity is certain: a new session key, the record of it, the browser
    known from now on. Answers the way on."""
    request.sign_in_method = method
    auth.login(request, user, backend=_BACKEND)
    sign_in.record_sign_in(user, address=client_address(request), method=method)
    response = HttpResponseRedirect(target)
    devices.remember(request, response, user)
    return response


def note_confirmed(request: HttpRequest) -> None:
    """Keep that the person has just shown that it is them."""
    facts = request.session.get(SIGN_IN) or {}
    request.session[SIGN_IN] = {**facts, "confirmed_at": now().isoformat()}


def connect() -> None:
    """Keep the facts of each sign-in, however it came about."""
    user_logged_in.connect(_keep_facts, dispatch_uid="awooop.keep_sign_in_facts")


def _keep_facts(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    at = now().isoformat()
    request.session[SIGN_IN] = {
        "ident": str(uuid.uuid4()),
        "at": at,
        "confirmed_at": at,
        "address": client_address(request) or None,
        "agent": request.headers.get("User-Agent", "")[:_AGENT_AT_MOST].replace("\0", ""),
        "method": getattr(request, "sign_in_method", "password"),
    }
