from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import Act, ProjectFilter, ReadOnlyAdmin, ReadOnlyInline, as_json
from awooop.callers import Caller
from awooop.models import AuditRecord
from runs.actions import approvals
from runs.admin import links
from runs.models import Approval, ApprovalStatus, ApprovalToken, ApprovalVote, Decision


class DecisionForm(forms.Form):
    """Why, if there is something to say."""

    reason = forms.CharField(
        label=_("reason"),
        required=False,
        max_length=approvals.REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExtensionForm(forms.Form):
    """How much longer, and why."""

    minutes = forms.IntegerField(label=_("minutes"), min_value=1, max_value=43_200, initial=30)
    reason = forms.CharField(
        label=_("reason"),
        max_length=approvals.REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _facts(approval: Approval) -> Sequence[tuple[Any, Any]]:
    return [
        (_("project"), approval.project_id),
        (_("risk"), approval.get_risk_level_display()),
        (_("action"), approval.suggested_action),
        (_("arguments"), as_json(approval.arguments)),
        (_("expires at"), approval.expires_at or _("never")),
        (_("digest"), approval.digest),
    ]


def _decide(by: Caller, approval: Approval, decision: str, data: dict[str, Any]) -> None:
    approvals.decide(
        by=by,
        approval_id=approval.pk,
        decision=decision,
        reason=data["reason"],
        digest=data["seen"],
    )


def _extend(by: Caller, approval: Approval, data: dict[str, Any]) -> None:
    approvals.extend(
        by=by, approval_id=approval.pk, seconds=data["minutes"] * 60, reason=data["reason"]
    )


def _act(name: str, label: Any, operation: str, perform: Any, **values: Any) -> Act:
    return Act(
        name,
        label,
        operation,
        perform,
        applies=lambda approval: approval.status == ApprovalStatus.PENDING,
        describe=_facts,
        **values,
    )


class WaitingFilter(admin.SimpleListFilter):
    """What waits for a decision: the one status that an index has for itself."""

    title = _("waiting")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Answer the one choice beside all."""
        return [("yes", _("for a decision"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow to what is pending."""
        waits = self.value() == "yes"
        return queryset.filter(status=ApprovalStatus.PENDING) if waits else queryset


class VoteInline(ReadOnlyInline):
    """Who decided what."""

    model = ApprovalVote
    fields = ("created_at", "approver_label", "decision", "reason")
    readonly_fields = fields


class TokenInline(ReadOnlyInline):
    """The proof of the approval, and whether it was used."""

    model = ApprovalToken
    fields = ("jti", "tool_name", "issued_at", "expires_at", "redeemed_at")
    readonly_fields = fields


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """Approvals: decided and extended by acts, never edited."""

    fixed_ordering = paging.Ordering("admin.approval", ("requested_at", "id"))
    exact_search = ("id", "run_id", "incident_id")
    search_help_text = _("The id of an approval, a run or an incident.")
    list_display = (
        "tool_name",
        "project_id",
        "risk_level",
        "status",
        "incident_id",
        "requested_at",
        "expires_at",
        "resolved_at",
    )
    list_filter = (ProjectFilter, WaitingFilter, ("requested_at", admin.DateFieldListFilter))
    inlines = (VoteInline, TokenInline)
    acts = (
        _act(
            "approve",
            _("Approve"),
            "approval.decide",
            lambda by, approval, data: _decide(by, approval, Decision.APPROVE, data),
            form=DecisionForm,
            stamp=lambda approval: approval.digest,
        ),
        _act(
            "reject",
            _("Reject"),
            "approval.decide",
            lambda by, approval, data: _decide(by, approval, Decision.REJECT, data),
            form=DecisionForm,
            stamp=lambda approval: approval.digest,
            is_danger=True,
        ),
        _act("extend", _("Extend"), "approval.extend", _extend, form=ExtensionForm),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_fields(request, obj), "what_belongs_to_it"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("what_belongs_to_it",)

    @admin.display(description=_("what belongs to it"))
    def what_belongs_to_it(self, approval: Approval) -> str:
        """Its audit records."""
        return links.searches([(AuditRecord, f"approval:{approval.pk}")])


@admin.register(ApprovalVote)
class ApprovalVoteAdmin(ReadOnlyAdmin):
    """Votes."""

    fixed_ordering = paging.Ordering("admin.vote", ("created_at", "id"))
    exact_search = ("approval_id",)
    search_only = True
    search_help_text = _("Searched, not listed: an approval's id.")
    list_display = ("approval_id", "project_id", "approver_label", "decision", "created_at")


@admin.register(ApprovalToken)
class ApprovalTokenAdmin(ReadOnlyAdmin):
    """Tokens: the rows; the signed text is never stored."""

    fixed_ordering = paging.Ordering("admin.token", ("issued_at", "jti"))
    exact_search = ("jti", "approval_id")
    search_only = True
    search_help_text = _("Searched, not listed: a token's id, or an approval's.")
    list_display = ("jti", "project_id", "tool_name", "issued_at", "expires_at", "redeemed_at")
