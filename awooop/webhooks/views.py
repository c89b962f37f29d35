"""The pages of outbound webhooks, for project administrators."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from awooop import listing, lists, paging, permissions
from awooop.actions import webhooks as actions
from awooop.admin_base.forms import add_refusal, project_choices
from awooop.errors import Conflict, Invalid, NotAllowed
from awooop.listing import export
from awooop.listing.state import show
from awooop.models import WebhookSubscription
from awooop.webhooks import kinds, selectors
from awooop.webhooks.forms import DeleteForm, SubscriptionForm

_FORM = ["GET", "HEAD", "POST"]
_CSV = ("subscription_id", "project_id", "name", "url", "is_active", "kinds", "created_at")
_STATES = {"": None, "on": True, "off": False}
_REFUSED = (Conflict, Invalid)


@require_http_methods(_FORM)
@listing.listed(lists.WEBHOOKS)
def webhooks(request: HttpRequest) -> HttpResponseBase:
    """The addresses that get events, and the form for another."""
    projects = project_choices(request.caller, actions.OPERATION)
    if not projects:
        raise NotAllowed(_("Your role does not allow this (webhook.edit)."))
    initial = {"project_id": request.GET.get("project_id", "")}
    form = SubscriptionForm(request.POST or None, projects=projects, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made, secret = actions.create(
                by=request.caller,
                project_id=data["project_id"],
                name=data["name"],
                url=data["url"],
                wanted=data["kinds"],
            )
            return _secret_page(request, made, secret)
        except _REFUSED as refused:
            add_refusal(form, refused)
    state, shown = _state(request), _shown(request)
    read = partial(selectors.subscriptions, shown, _STATES[state])
    if export.is_wanted(request):
        rows = export.once(shown, lambda: _rows(read()))
        return export.respond(request, "webhooks", _CSV, rows)
    context = {"form": form, "rows": read(), "state": state}
    context["clear_href"] = listing.cleared(request)
    status = 422 if request.method == "POST" else 200
    return show(request, "awooop/webhooks.html", context, status=status)


def _state(request: HttpRequest) -> str:
    state = request.GET.get("state", "")
    if state not in _STATES:
        raise Invalid({"state": _("must be one of: %(allowed)s") % {"allowed": "on, off"}})
    return state


def _rows(found: list[WebhookSubscription]) -> Iterator[export.Row]:
    for row, plain in zip(found, export.of(_CSV)(found), strict=True):
        yield {**plain, "kinds": ", ".join(row.kinds)}


def _shown(request: HttpRequest) -> list[str]:
    visible = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    return [p for p in visible if permissions.can(request.caller, actions.OPERATION, p)]


@require_http_methods(_FORM)
def webhook(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """One subscription: its facts, to be changed, and its deliveries."""
    found = _editable(request, subscription_id)
    form = _form_of(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.update(
                by=request.caller,
                subscription_id=subscription_id,
                name=data["name"],
                url=data["url"],
                wanted=data["kinds"],
            )
            messages.success(request, _("The webhook is changed."))
            return redirect("webhook", subscription_id=subscription_id)
        except _REFUSED as refused:
            add_refusal(form, refused)
    return _page(request, found, form, 422 if request.method == "POST" else 200)


def _form_of(found: WebhookSubscription, data: Any = None) -> SubscriptionForm:
    initial = {name: getattr(found, name) for name in ("name", "url", "kinds")}
    return SubscriptionForm(data, projects=None, initial=initial)


def _page(
    request: HttpRequest,
    found: WebhookSubscription,
    form: SubscriptionForm,
    status: int,
    delete_form: DeleteForm | None = None,
) -> HttpResponse:
    asked = paging.parse_request(request.GET.get("page"), 25, request.GET.get("cursor"))
    page = selectors.deliveries(
        [found.project_id], request=asked, subscription_id=found.subscription_id
    )
    labels = kinds.all_kinds()
    context = {
        "webhook": found,
        "labels": [(kind, labels.get(kind, "")) for kind in found.kinds],
        "form": form,
        "delete_form": delete_form or DeleteForm(expected=found.name),
        "page": page,
    }
    return render(request, "awooop/webhook.html", context, status=status)


def _editable(request: HttpRequest, subscription_id: UUID) -> WebhookSubscription:
    found = selectors.find(subscription_id, request.caller.projects)
    permissions.check_can(request.caller, actions.OPERATION, found.project_id)
    return found


@require_POST
def rotate(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Make a new secret, and show it this once."""
    found, secret = actions.rotate_secret(by=request.caller, subscription_id=subscription_id)
    return _secret_page(request, found, secret)


@require_POST
def switch(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Switch a subscription off, or on again."""
    to = request.POST.get("to", "")
    if to not in ("on", "off"):
        raise Invalid({"to": _("must be one of: %(allowed)s") % {"allowed": "on, off"}})
    is_on = to == "on"
    actions.update(by=request.caller, subscription_id=subscription_id, is_active=is_on)
    text = _("The webhook is switched on.") if is_on else _("The webhook is switched off.")
    messages.success(request, text)
    return redirect("webhook", subscription_id=subscription_id)


@require_POST
def delete(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Delete a subscription whose name is typed beside the button."""
    found = _editable(request, subscription_id)
    typed = DeleteForm(request.POST, expected=found.name)
    if not typed.is_valid():
        return _page(request, found, _form_of(found), 422, typed)
    actions.delete(by=request.caller, subscription_id=subscription_id)
    messages.success(request, _("The webhook %(name)s is deleted.") % {"name": found.name})
    return redirect("webhooks")


@require_POST
def test(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Queue a harmless event."""
    try:
        actions.send_test(by=request.caller, subscription_id=subscription_id)
        messages.success(request, _("A test event is on its way; its outcome stands below."))
    except Conflict as refused:
        messages.error(request, refused.detail)
    return redirect("webhook", subscription_id=subscription_id)


@require_POST
def redeliver(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Have one event posted again."""
    try:
        actions.redeliver(by=request.caller, delivery_id=delivery_id)
        messages.success(request, _("It is queued again."))
    except Conflict as refused:
        messages.error(request, refused.detail)
    return redirect("webhook", subscription_id=_subscription_of(request, delivery_id))


def _subscription_of(request: HttpRequest, delivery_id: UUID) -> UUID:
    rows: Any = WebhookSubscription.objects.filter(project_id__in=request.caller.projects)
    return rows.filter(deliveries=delivery_id).values_list("pk", flat=True).get()


def _secret_page(request: HttpRequest, found: WebhookSubscription, secret: str) -> HttpResponse:
    """Show a secret in the answer itself, so that no address, log or message holds it."""
    context = {"webhook": found, "secret": secret}
    response = render(request, "awooop/webhook_secret.html", context)
    response["Cache-Control"] = "no-store"
    return response
