"""An admin page that offers acts: in its list's menu, and as buttons of one row's page."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse

from awooop.admin_base import acts
from awooop.admin_base.acts import Act
from awooop.admin_base.forms import DateAndTime


class ActingAdmin(admin.ModelAdmin):
    """Guarded writes beside, or instead of, the form."""

    acts: tuple[Act, ...] = ()
    formfield_overrides = {models.DateTimeField: {"widget": DateAndTime}}
    change_form_template = "admin/awooop/change_form.html"

    def may_act(self, request: HttpRequest, act: Act, row: Any = None) -> bool:
        """Whether the reader may do it: on this row, or on any at all (here: nobody)."""
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Add the acts that the reader may do somewhere."""
        found = super().get_actions(request)
        if IS_POPUP_VAR in request.GET:
            return found
        for act in self.acts:
            if self.may_act(request, act):
                found[act.name] = (partial(_act_on_list, act=act), act.name, act.label)
        return found

    def get_urls(self) -> list[Any]:
        """Add the page of one row's acts."""
        view = self.admin_site.admin_view(self.act_view)
        own = path("<path:object_id>/act/<slug:act>/", view, name=self._url_name("act", bare=True))
        return [own, *super().get_urls()]

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """Ask about, or perform, one act on one row."""
        chosen = {each.name: each for each in self.acts}.get(act)
        row = self.get_object(request, unquote(object_id))
        if chosen is None or row is None:
            raise Http404
        if not self.may_act(request, chosen, row):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=row.pk)
        back = reverse(self._url_name("change"), args=[row.pk])
        return acts.respond(self, request, chosen, found, back)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Offer the row's acts; a form with errors is a 422."""
        context["acts"] = self._offered(request, obj) if change and obj is not None else []
        response = super().render_change_form(request, context, add, change, form_url, obj)
        if request.method == "POST" and context.get("errors"):
            response.status_code = 422
        return response

    def _offered(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        return [
            {"label": act.label, "href": reverse(self._url_name("act"), args=[row.pk, act.name])}
            for act in self.acts
            if act.applies(row) and self.may_act(request, act, row)
        ]

    def _url_name(self, page: str, *, bare: bool = False) -> str:
        name = f"{self.opts.app_label}_{self.opts.model_name}_{page}"
        return name if bare else f"admin:{name}"


def _act_on_list(
    modeladmin: ActingAdmin, request: HttpRequest, queryset: QuerySet[Any], *, act: Act
) -> HttpResponse:
    """One of a list's actions; what may not be done to a row, the action refuses."""
    return acts.respond(modeladmin, request, act, queryset, request.get_full_path())
