"""A person's own sessions: where they are open, and their end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from awooop import browsers, sessions
from awooop.actions import people


def rows(request: HttpRequest) -> list[dict[str, Any]]:
    """Answer what the profile page shows of each open session, this one first."""
    found = [
        {
            "ident": row.ident,
            "browser": browsers.described(row.user_agent) or _("unknown"),
            "agent": row.user_agent,
            "address": row.address,
            "method": row.method,
            "signed_in_at": row.signed_in_at,
            "last_seen_at": row.last_seen_at,
            "ends_at": row.ends_at(),
            "is_this": row.session_key == request.session.session_key,
        }
        for row in sessions.of_user(request.caller.user)
    ]
    return sorted(found, key=lambda row: not row["is_this"])


@require_POST
def end(request: HttpRequest, session_ident: UUID) -> HttpResponse:
    """End one session."""
    people.end_own_session(by=request.caller, ident=session_ident)
    messages.success(request, _("That session has ended."))
    return redirect("profile")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    user = request.caller.user
    ended = people.end_sessions(by=request.caller, user=user, but=request.session.session_key)
    text = ngettext("%(n)d other session has ended.", "%(n)d other sessions have ended.", ended) % {
        "n": ended
    }
    messages.success(request, text)
    return redirect("profile")
