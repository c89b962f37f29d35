"""The lists' queries: as many at twenty rows as at ten, and none that an address could sneak in."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awooop import callers, tenancy
from awooop.actions import audit
from awooop.models import AuditRecord, Membership
from tests import factories

AUDIT = reverse("admin:awooop_auditrecord_changelist")
MEMBERS = reverse("admin:awooop_membership_changelist")


def _queries(client, url) -> int:
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert client.get(url).status_code == 200
    return len(context.captured_queries)


def _append(count: int, project_id: str = "awoooi") -> None:
    by = callers.system("tests", [project_id])
    with tenancy.scope([project_id]):
        entries = [audit.Entry("test.done", "thing", str(n)) for n in range(count)]
        audit.append_many(project_id=project_id, by=by, entries=entries)


def test_the_audit_list_asks_no_more_for_more_rows(root_page):
    _append(10)
    few = _queries(root_page, AUDIT)
    _append(10)
    assert _queries(root_page, AUDIT) == few


def test_the_member_list_asks_no_more_for_more_rows(root_page):
    def add(start):
        for n in range(start, start + 10):
            user = factories.user(f"m{n}@example.org")
            Membership.objects.create(user=user, project_id="awoooi", role="viewer")

    add(0)
    few = _queries(root_page, MEMBERS)
    add(10)
    assert _queries(root_page, MEMBERS) == few


def test_several_pages_over_several_projects_show_each_row_once(other_project, root_page):
    _append(60)
    _append(60, "other")
    with tenancy.scope(["awoooi", "other"]):
        wanted = set(AuditRecord.objects.values_list("pk", flat=True))
    seen = []
    for page in (1, 2, 3):
        listed = root_page.get(AUDIT, {"p": page}).context["cl"].result_list
        seen += [record.pk for record in listed]
    assert len(seen) == len(set(seen))
    assert set(seen) == wanted


def test_the_audit_chain_is_searched_by_what_it_tells_of(root_page):
    _append(3)
    listed = root_page.get(AUDIT, {"q": "thing:1"}).context["cl"].result_list
    assert [record.resource_id for record in listed] == ["1"]
    assert not root_page.get(AUDIT, {"q": "nothing at all"}).context["cl"].result_list


@pytest.mark.parametrize("query", ["actor__contains=a", "project__memberships__user__email=a"])
def test_an_address_asks_no_other_column(root_page, query):
    assert root_page.get(f"{AUDIT}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["p=99999", "p=x", "o=3", "all=", "e=1", "project_id=nowhere"])
def test_an_odd_address_is_no_failure(root_page, query):
    _append(1)
    assert root_page.get(f"{AUDIT}?{query}").status_code in (200, 302)


def test_another_projects_rows_are_not_listed_by_the_filter(other_project, admin_page):
    _append(3, "other")
    listed = admin_page.get(AUDIT, {"project_id": "other"}).context["cl"].result_list
    assert not listed


def test_no_list_counts_the_whole_table():
    for model, page in admin.site._registry.items():
        if (
            model._meta.app_label in ("awooop", "governance", "runs")
            and model._meta.model_name != "user"
        ):
            assert not page.show_full_result_count, model
            assert not page.date_hierarchy, model
