"""What is evidence can be looked at in the admin, and not be touched there."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import RequestFactory

from awooop import models
from awooop.admin_base import ActingAdmin
from runs import models as run_models
from tests import factories

EVIDENCE = (
    models.AuditRecord,
    models.AuditHead,
    models.Lease,
    models.TaskHeartbeat,
    models.CounterTotal,
    models.CounterDelta,
    run_models.Incident,
    run_models.Run,
    run_models.RunIncident,
    run_models.Step,
    run_models.ChannelEvent,
    run_models.OutboundMessage,
    run_models.McpCall,
    run_models.LegacyMcpRecord,
    run_models.RemediationRecord,
    run_models.Execution,
    run_models.Evidence,
    run_models.Approval,
    run_models.ApprovalVote,
    run_models.ApprovalToken,
)


def _request(account):
    request = RequestFactory().get("/admin/")
    request.user = account
    request.caller = factories.caller_of_user(account)
    return request


@pytest.mark.parametrize("model", EVIDENCE, ids=lambda model: model.__name__)
def test_not_even_a_superuser_adds_changes_or_deletes(root, model):
    page, request = admin.site._registry[model], _request(root)
    assert page.has_view_permission(request)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)


def test_every_model_of_ours_is_registered():
    from django.apps import apps

    rooms = ("awooop", "governance", "runs")
    ours = {model for room in rooms for model in apps.get_app_config(room).get_models()}
    assert ours <= set(admin.site._registry)


def test_every_page_of_ours_asks_the_role_table_or_is_for_superusers():
    others = {
        model._meta.label
        for model, page in admin.site._registry.items()
        if not isinstance(page, ActingAdmin)
    }
    assert others == set()
