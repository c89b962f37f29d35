"""The approvals inbox: see what waits, decide in place, give more time, read what became of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from awooop import confirm_views, listing, navigation, paging, permissions, together
from awooop.actions.sign_in import NotRecognised
from awooop.clock import now
from awooop.confirmation import NotConfirmed
from awooop.errors import Conflict, Invalid
from awooop.listing import export
from awooop.throttling import TooManyTries
from runs import lists, policies
from runs.actions import approvals as actions
from runs.forms import DecisionForm, ExtendForm, InboxFilter
from runs.models import Approval, ApprovalStatus
from runs.selectors import approvals as selectors
from runs.views import approval_files, approval_frame, approval_history

PER_PAGE = 20
SOON_AT_MOST = 5
TABS = ("waiting", "history")
_INBOX = "runs/approvals.html"
_BOX = "runs/_decision_box.html"


@require_safe
def inbox(request: HttpRequest) -> HttpResponseBase:
    """What waits for a decision, oldest first; `tab=history` is what became of the others;
    `format=csv` is all of it as a file."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    tab = request.GET.get("tab") or TABS[0]
    if tab not in TABS:
        raise Invalid({"tab": _("must be one of %(allowed)s") % {"allowed": ", ".join(TABS)}})
    if tab == "history":
        return approval_history.page(request)
    if request.GET.get("approval_id"):
        wanted = _uuid("approval_id", request.GET["approval_id"])
        if request.htmx and request.htmx.target == f"decision-{wanted}":
            return _box(request, wanted)
        typed = request.GET.get("reason", "")[: actions.REASON_AT_MOST]
        return _one(request, projects, wanted, decision_reason=typed)
    if request.htmx and request.htmx.target in ("news", "inbox"):
        return _arrivals(request, projects)
    return listing.begin(request, lists.INBOX) or _waiting(request, projects)


def _waiting(request: HttpRequest, projects: tuple[str, ...]) -> HttpResponseBase:
    form = InboxFilter(request.GET)
    filters = form.checked()
    if export.is_wanted(request):
        return approval_files.waiting(request, projects, filters)
    page = selectors.waiting(projects, request=approval_frame.asked(request, PER_PAGE), **filters)
    _voted, _beside, (soon,) = together.answers(
        selectors.asking_votes(page.items, projects),
        selectors.asking_evidence(page.items),
        together.all_of(_ending_soon(projects, page, is_all=not filters)),
    )
    marker = now().isoformat() if page.next_cursor or page.prev_cursor else None
    context = {
        "form": form,
        "is_filtered": bool(filters),
        "clear_href": listing.cleared(request),
        "page": page,
        "approvals": page.items,
        "soon": soon,
        "here": {approval.pk for approval in page.items},
        "poll_href": _with_query(request, since=filters.get("since") or marker),
    }
    return approval_frame.respond(
        request, _INBOX, approval_frame.framed(request, context, "waiting", page.total)
    )


def _ending_soon(projects: tuple[str, ...], page: paging.Page, *, is_all: bool) -> together.Read:
    if is_all and not page.next_cursor and not page.prev_cursor:
        return together.nothing(selectors.ending_soon(page.items, at_most=SOON_AT_MOST))
    return selectors.urgent_ones(projects, at_most=SOON_AT_MOST, within=selectors.ENDS_SOON)


def _arrivals(request: HttpRequest, projects: tuple[str, ...]) -> HttpResponse:
    """Tell what came and what ended since the page was drawn; nothing where nothing did (204)."""
    filters = InboxFilter(request.GET).checked()
    shown = _shown(request)
    context: dict[str, Any] = {"poll_href": _with_query(request), "shown": shown}
    if request.htmx.target == "inbox":
        found = selectors.new(projects, shown=shown, at_most=PER_PAGE, **filters)
        selectors.add_evidence(found)
        return approval_frame.respond(request, f"{_INBOX}#arrived", {**context, "approvals": found})
    new = selectors.count_new(projects, shown=shown, **filters)
    ended, changed = selectors.news_among(projects, shown, not_by=request.caller.ident)
    if not ended and not changed and request.GET.get("told", "0") == str(new):
        return HttpResponse(status=204)
    context |= {"new": new, "ended": ended, "changed": changed}
    return approval_frame.respond(request, f"{_INBOX}#news", context)


def _shown(request: HttpRequest) -> dict[UUID, str]:
    """Answer what the page shows, with the version of each: `id.version`."""
    shown = {}
    for text in request.GET.getlist("shown")[: paging.MAX_PER_PAGE]:
        ident, _dot, version = text.partition(".")
        shown[_uuid("shown", ident)] = version
    return shown


def _one(
    request: HttpRequest, projects: tuple[str, ...], approval_id: UUID, **attempt: Any
) -> HttpResponse:
    """Show one approval alone, as a message's link or a failed attempt asks for it."""
    status = attempt.pop("status", 200)
    approval = selectors.get(projects, approval_id)
    selectors.add_evidence([approval])
    context = {"approvals": [approval], "pinned": approval, **attempt}
    count = selectors.count_waiting(projects)
    return approval_frame.respond(
        request, _INBOX, approval_frame.framed(request, context, "waiting", count), status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Take a decision and show in place what happened; the refusals, too, with the fresh state."""
    if request.method != "POST":
        return redirect(_inbox_href(approval_id))
    if "confirm_elsewhere" in request.POST:
        return _to_confirm(request, approval_id)
    form = DecisionForm({**request.POST.dict(), "digest": request.GET.get("digest", "")})
    if not form.is_valid():
        return _again(request, approval_id, error=_first_error(form), status=422)
    try:
        confirm_views.confirm_beside(request)
        outcome = actions.decide(by=request.caller, approval_id=approval_id, **form.cleaned_data)
    except Conflict as refused:
        return _again(request, approval_id, error=_refusal(refused), status=409)
    except (NotConfirmed, NotRecognised, TooManyTries) as refused:
        return _again(request, approval_id, error=refused.detail, status=422)
    if request.htmx:
        return _box(request, approval_id)
    messages.success(request, _said(outcome))
    return redirect(_back_to(request))


def _again(request: HttpRequest, approval_id: UUID, *, error: str, status: int) -> HttpResponse:
    attempt = {"decision_error": error, "decision_reason": request.POST.get("reason", "")}
    if request.htmx:
        return _box(request, approval_id, status=status, **attempt)
    return _one(request, request.caller.projects, approval_id, status=status, **attempt)


def _to_confirm(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Send to the page that confirms, and from there back to the approval with what was typed."""
    reason = urlencode({"reason": request.POST.get("reason", "")[: actions.REASON_AT_MOST]})
    query = urlencode({"next": f"{_inbox_href(approval_id)}&{reason}"})
    href = f"{reverse('confirm')}?{query}"
    return HttpResponse(headers={"HX-Redirect": href}) if request.htmx else redirect(href)


def _box(
    request: HttpRequest, approval_id: UUID, status: int = 200, **attempt: Any
) -> HttpResponse:
    approval = selectors.get(request.caller.projects, approval_id)
    if approval.status == ApprovalStatus.PENDING:
        selectors.add_evidence([approval])
    undo_href = _undo_href(request, approval)
    context = {"approval": approval, "in_place": True, "undo_href": undo_href, **attempt}
    return render(request, _BOX, context, status=status)


def _undo_href(request: HttpRequest, approval: Approval) -> str:
    """Answer where an approval can be undone: while its token is unused, the run's cancellation."""
    if approval.status != ApprovalStatus.APPROVED or approval.run is None:
        return ""
    if not permissions.can_write(request.caller, "run.cancel", approval.project_id):
        return ""
    is_open = approval.run.state not in policies.FINAL and selectors.is_token_unused(approval)
    return reverse("run-cancel", args=[approval.run_id]) if is_open else ""


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Ask for how much more time and why, and give it."""
    approval = selectors.get(request.caller.projects, approval_id)
    permissions.check_can(request.caller, "approval.extend", approval.project_id)
    if request.method != "POST" or "minutes" not in request.POST:
        typed = request.POST or request.GET
        if request.htmx:  # the decision box's button: the form is a page, not a part of the box
            return _to_extend(approval_id, typed)
        return _extend_page(request, approval, ExtendForm(initial=_initial(typed)))
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return _extend_page(request, approval, form, status=422)
    try:
        extended = actions.extend(
            by=request.caller,
            approval_id=approval_id,
            seconds=form.seconds(),
            reason=form.cleaned_data["reason"],
        )
    except Conflict as refused:
        form.add_error(None, refused.detail)
        return _extend_page(request, approval, form, status=409)
    text = _("%(tool)s has %(minutes)d minutes more.")
    values = {"tool": extended.tool_name, "minutes": form.cleaned_data["minutes"]}
    messages.success(request, text % values)
    return redirect(_inbox_href(approval_id))


def _extend_page(
    request: HttpRequest, approval: Approval, form: ExtendForm, status: int = 200
) -> HttpResponse:
    context = {"approval": approval, "form": form, "back_href": _inbox_href(approval.pk)}
    return render(request, "runs/approval_extend.html", context, status=status)


def _initial(typed: QueryDict) -> dict[str, Any]:
    minutes = ExtendForm.base_fields["minutes"].initial
    return {"minutes": minutes, "reason": typed.get("reason", "")[: actions.REASON_AT_MOST]}


def _to_extend(approval_id: UUID, typed: QueryDict) -> HttpResponse:
    href = reverse("approval-extend", args=[approval_id])
    query = urlencode({"reason": typed.get("reason", "")[: actions.REASON_AT_MOST]})
    return HttpResponse(headers={"HX-Redirect": f"{href}?{query}"})


def _said(outcome: actions.Outcome) -> str:
    approval = outcome.approval
    if approval.status == ApprovalStatus.PENDING:
        text = _("Your approval of %(tool)s is counted; more are needed.")
    elif approval.status == ApprovalStatus.APPROVED:
        text = _("Approved: %(tool)s. The run goes on.")
    else:
        text = _("Rejected: %(tool)s. The run is cancelled.")
    return text % {"tool": approval.tool_name}


def _refusal(refused: Conflict) -> str:
    return _("Your decision was not taken. %(why)s") % {"why": refused.detail}


def _first_error(form: DecisionForm) -> str:
    name, errors = next(iter(form.errors.items()))
    return f"{name}: {errors[0]}"


def _with_query(request: HttpRequest, **more: Any) -> str:
    """Answer the inbox's address with this page's filters, for the poll."""
    kept = {name: request.GET.get(name) for name in ("project_id", *InboxFilter.base_fields)}
    query = {name: value for name, value in {**kept, **more}.items() if value}
    return f"{reverse('approvals')}?{urlencode(query)}"


def _inbox_href(approval_id: UUID) -> str:
    return f"{reverse('approvals')}?{urlencode({'approval_id': approval_id})}"


def _back_to(request: HttpRequest) -> str:
    return navigation.way_back(request, request.GET.get("next", ""), reverse("approvals"))


def _uuid(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid({name: _("must be a UUID")}) from None
