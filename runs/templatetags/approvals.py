"""Tags of the decision box, so that every page that shows one shows the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse

from awooop import ui_time
from runs.models import Approval, ApprovalVote
from runs.selectors import approvals
from runs.views import decision_cards

register = template.Library()


@register.simple_tag(takes_context=True)
def decision_card(context: template.Context, approval: Approval) -> dict[str, Any]:
    """Answer the decision box's data for the reader of this page (see `runs.views.decision_cards`).

    A page that shows a failed attempt sets `decision_error` and `decision_reason`.
    """
    request = context["request"]
    page = _page_of(request)
    card = decision_cards.card(
        approval,
        request.caller,
        back_to=page,
        reason=context.get("decision_reason", ""),
        error=context.get("decision_error", ""),
        stopped=context.get("open_stops", ()),
    )
    if page.partition("?")[0] != reverse("approvals"):
        card.pop("select", None)  # only the inbox has the form that several are sent by
    return card


@register.simple_tag(takes_context=True)
def any_to_choose(context: template.Context, approvals: Iterable[Approval]) -> bool:
    """Whether the reader may decide on any of these together with others."""
    return decision_cards.any_to_choose(approvals, context["request"].caller)


@register.simple_tag
def shown_version(approval: Approval) -> str:
    """Answer what the page tells the server that it shows of an approval."""
    return f"{approval.pk}.{approvals.version_of(approval)}"


def _page_of(request: Any) -> str:
    """Answer the page that the box stands on: a fragment's asker, or what an attempt names."""
    if request.method == "POST":
        return request.GET.get("next", "")
    if request.htmx:
        return request.htmx.current_url_abs_path or ""
    return request.get_full_path()


@register.simple_tag
def batch_row(approval: Approval) -> dict[str, Any]:
    """Answer what a row of a batch shows of its approval: the exact action, folded."""
    return decision_cards.row(approval)


@register.simple_tag
def last_vote(approval: Approval) -> ApprovalVote | None:
    """Answer the vote that ended an approval, None where none did."""
    return approvals.last_vote(approval)


@register.simple_tag
def waited(approval: Approval) -> str:
    """Say how long an approval waited until it ended: '3 min'."""
    if approval.resolved_at is None:
        return "–"
    return ui_time.span(int((approval.resolved_at - approval.requested_at).total_seconds()))
