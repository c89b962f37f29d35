"""Guarded writes in the admin: an act asks on its own page, then calls the product's action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awooop.admin_base.forms import add_refusal
from awooop.callers import Caller
from awooop.errors import Refused

AT_MOST = 200
Row = tuple[str, Any]


@dataclass(frozen=True)
class Act:
    """One guarded write: `perform(by, row, data)` calls the action, which raises Refused.

    `operation` is that of the role table, `applies` says whether a row's page offers it, `describe`
    what is shown before the confirmation, and `stamp` what of it must not have changed in between
    (`data["seen"]`). `answer` shows what `perform` answered, where that is shown this once: such an
    act is done to one row at a time.
    """

    name: str
    label: str | Promise
    operation: str
    perform: Callable[[Caller, Any, dict[str, Any]], Any]
    form: type[forms.Form] = forms.Form
    applies: Callable[[Any], bool] = lambda row: True
    describe: Callable[[Any], Sequence[Row]] = lambda row: ()
    stamp: Callable[[Any], str] = lambda row: ""
    is_danger: bool = False
    answer: Callable[[Any, HttpRequest, Any], HttpResponse] | None = None


def respond(
    admin: Any, request: HttpRequest, act: Act, queryset: QuerySet[Any], back: str
) -> HttpResponse:
    """Ask, or perform what was confirmed; each row may be refused by itself."""
    rows = list(queryset[: AT_MOST + 1])
    most = 1 if act.answer else AT_MOST
    if len(rows) > most:
        text = ngettext("At most %(most)d row at once.", "At most %(most)d rows at once.", most)
        text %= {"most": most}
        admin.message_user(request, text, messages.ERROR)
        return HttpResponseRedirect(back)
    is_confirmed = request.method == "POST" and "apply" in request.POST
    form = act.form(request.POST if is_confirmed else None)
    if is_confirmed and form.is_valid():
        done, refused = _perform(admin, request, act, rows, form.cleaned_data)
        if act.answer and done:
            return act.answer(admin, request, done[0])
        if not (refused and len(rows) == 1):
            _tell(admin, request, act, rows, refused)
            return HttpResponseRedirect(back)
        add_refusal(form, refused[0][1])
        return _page(admin, request, act, rows, form, back, refused[0][1].status)
    return _page(admin, request, act, rows, form, back, 422 if form.errors else 200)


def _perform(
    admin: Any, request: HttpRequest, act: Act, rows: Sequence[Model], data: dict[str, Any]
) -> tuple[list[Any], list[tuple[Model, Refused]]]:
    done, refused = [], []
    for row in rows:
        seen = request.POST.get(f"seen_{row.pk}", "")
        try:
            with transaction.atomic():
                done.append(act.perform(request.caller, row, {**data, "seen": seen}))
                admin.log_change(request, row, str(act.label))
        except Refused as refusal:
            refused.append((row, refusal))
    return done, refused


def _tell(
    admin: Any,
    request: HttpRequest,
    act: Act,
    rows: Sequence[Model],
    refused: Sequence[tuple[Model, Refused]],
) -> None:
    done = len(rows) - len(refused)
    if done:
        text = ngettext("%(act)s: %(count)d row.", "%(act)s: %(count)d rows.", done)
        admin.message_user(request, text % {"act": act.label, "count": done}, messages.SUCCESS)
    for row, refusal in refused[:10]:
        admin.message_user(request, f"{row}: {refusal.detail}", messages.ERROR)
    if len(refused) > 10:
        text = _("… and %(count)d more were refused.") % {"count": len(refused) - 10}
        admin.message_user(request, text, messages.ERROR)


def _page(
    admin: Any,
    request: HttpRequest,
    act: Act,
    rows: Sequence[Model],
    form: forms.Form,
    back: str,
    status: int,
) -> HttpResponse:
    context = {
        **admin.admin_site.each_context(request),
        "title": act.label,
        "opts": admin.opts,
        "act": act,
        "form": form,
        "media": admin.media,
        "rows": [{"row": row, "facts": act.describe(row), "stamp": act.stamp(row)} for row in rows],
        "back": back,
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/awooop/act.html", context, status=status)
