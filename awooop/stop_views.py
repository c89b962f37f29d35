"""The pages of the kill switch: what is stopped, stopping in two steps, lifting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from awooop import listing, lists, permissions, stop_forms, stops
from awooop.actions import stops as actions
from awooop.callers import Caller
from awooop.errors import Conflict, Invalid, NotAllowed
from awooop.listing import export
from awooop.listing.state import show
from awooop.models import Stop
from awooop.models.stop import StopScope
from awooop.two_phase import Plan, confirm

_FORM = ["GET", "HEAD", "POST"]
_CSV = (
    "stop_id", "scope", "project_id", "agent_id", "tool_name", "reason", "stopped_by",
    "stopped_at", "lifted_by", "lifted_at", "lift_reason",
)  # fmt: skip
_FILE_AT_MOST = 10_000
PLACE, LIFT = "stop.place", "stop.lift"


@require_safe
@listing.listed(lists.STOPS)
def stop_list(request: HttpRequest) -> HttpResponseBase:
    """What is stopped now, and what was lifted."""
    caller = request.caller
    projects = permissions.readable_projects(caller, request.GET.get("project_id"))
    scope = _scope(request)
    if export.is_wanted(request):
        rows = export.once(projects, partial(_both, projects, scope))
        return export.respond(request, "stops", _CSV, rows)
    context = {
        "stops": [_row(caller, stop) for stop in stops.open_in(projects, scope)],
        "history": stops.history(projects, scope),
        "may_place": may_place(caller),
        "scope": scope,
        "scopes": StopScope.choices,
        "clear_href": listing.cleared(request),
    }
    return show(request, "awooop/stops.html", context)


def _scope(request: HttpRequest) -> str:
    scope = request.GET.get("scope", "")
    if scope and scope not in StopScope.values:
        allowed = ", ".join(StopScope.values)
        raise Invalid({"scope": _("must be one of: %(allowed)s") % {"allowed": allowed}})
    return scope


def _both(projects: Sequence[str], scope: str) -> Iterable[export.Row]:
    """Answer the rows of the file: what is stopped now, then what was lifted."""
    lifted = stops.history(projects, scope, at_most=_FILE_AT_MOST)
    return export.of(_CSV)([*stops.open_in(projects, scope), *lifted])


@require_safe
def stop(request: HttpRequest, stop_id: UUID) -> HttpResponse:
    """One stop: what it holds back, since when and why, and who lifted it."""
    found = stops.find(stop_id, request.caller.projects)
    return render(request, "awooop/stop.html", _row(request.caller, found))


def may_place(caller: Caller) -> bool:
    """Whether the caller may stop anything at all."""
    return permissions.can_everywhere(caller, PLACE) or bool(_projects(caller))


def _projects(caller: Caller) -> list[str]:
    return [one for one in caller.projects if permissions.can(caller, PLACE, one)]


def _row(caller: Caller, stop: Stop) -> dict[str, Any]:
    if stop.project_id is None:
        may = permissions.can_everywhere(caller, LIFT)
    else:
        may = permissions.can(caller, LIFT, stop.project_id)
    return {"stop": stop, "told": stops.told(stop), "may_lift": may and stop.lifted_at is None}


def _form(caller: Caller, *args: Any, **kwargs: Any) -> stop_forms.StopForm:
    everywhere = permissions.can_everywhere(caller, PLACE)
    return stop_forms.StopForm(*args, projects=_projects(caller), everywhere=everywhere, **kwargs)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Answer what the address has filled in: a run's page names its agent, a call's its tool."""
    given = request.GET
    for what in (StopScope.AGENT.value, StopScope.TOOL.value):
        if name := given.get(what, "")[: actions.NAME_AT_MOST]:
            return {"project_id": given.get("project_id", ""), "what": what, "name": name}
    return {"project_id": given.get("project_id", "")}


@require_http_methods(_FORM)
def place(request: HttpRequest) -> HttpResponse:
    """Ask what and why; show what it means; then, confirmed, stop it."""
    if not may_place(request.caller):
        raise NotAllowed(_("Your role does not allow this (stop.place)."))
    if request.method != "POST":
        form = _form(request.caller, initial=_initial(request))
        return _page(request, form)
    form = _form(request.caller, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    plan = _plan(form)
    if "fingerprint" not in request.POST:
        return _page(request, form, plan=plan)
    try:
        confirm(plan, given=request.POST["fingerprint"])
        made = _placed(request, form)
    except (Conflict, Invalid) as refused:
        form.refuse(refused)
        return _page(request, form, status=refused.status)
    messages.success(request, _("Stopped. Nothing of it is admitted any more."))
    return redirect("stop", stop_id=made.pk)


def _placed(request: HttpRequest, form: stop_forms.StopForm) -> Stop:
    reason = form.cleaned_data["reason"]
    return actions.place(by=request.caller, target=form.target(), reason=reason)


def _plan(form: stop_forms.StopForm) -> Plan:
    """Answer what the confirmation is bound to: just what was typed. What runs meanwhile changes
    all the time, and must not make a stop fail."""
    target = form.target()
    inputs = {**vars(target), "reason": form.cleaned_data["reason"]}
    return Plan(kind="stop.place", inputs=inputs, rows={})


def _page(
    request: HttpRequest, form: stop_forms.StopForm, *, plan: Plan | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    if plan is not None:
        target = form.target()
        planned = Stop(scope=target.scope, **vars(target))
        context |= {"planned": planned, "fingerprint": plan.fingerprint}
        context["reason"] = form.cleaned_data["reason"]
    return render(request, "awooop/stop_new.html", context, status=status)


@require_http_methods(_FORM)
def lift(request: HttpRequest, stop_id: UUID) -> HttpResponse:
    """Ask why, and let what was stopped go on."""
    found = stops.find(stop_id, request.caller.projects)
    actions.check_may(request.caller, LIFT, found.project_id)
    form = stop_forms.ReasonForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            actions.lift(by=request.caller, stop_id=stop_id, reason=reason)
        except (Conflict, Invalid) as refused:
            form.refuse(refused)
            status = refused.status
        else:
            messages.success(request, _("Lifted: what was stopped can be authorised again."))
            return redirect("stop", stop_id=stop_id)
    context = {"form": form, **_row(request.caller, found)}
    return render(request, "awooop/stop_lift.html", context, status=status)
