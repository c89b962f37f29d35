from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from runs.models import RemediationRecord
from tests import factories
from tests.runs.remediation_queue.test_queue import verified

pytestmark = pytest.mark.django_db
QUEUE = "/awooop/remediation-queue"


def dry_run(client, evidence):
    url = reverse("remediation-dry-run", args=[f"adr100:{evidence.pk}"])
    return client.post(url, follow=True)


def test_the_queue_names_each_items_action_and_reason(page):
    verified("timeout")
    text = page.get(QUEUE).content.decode()
    assert "Verify again" in text
    assert "ready for an agent" in text
    assert "Dry run" in text


def test_an_empty_queue_says_so(page):
    assert "Nothing is left to repair" in page.get(QUEUE).content.decode()


def test_a_dry_run_says_what_the_gateway_would_do(page):
    text = dry_run(page, verified("timeout")).content.decode()
    assert "the gateway would refuse it" in text
    assert RemediationRecord.objects.get().mode == "dry_run"


def test_what_was_mended_meanwhile_is_told(page):
    from datetime import timedelta

    evidence = verified("timeout", ago=timedelta(hours=2))
    verified("success")
    assert "Nothing is left to be done" in dry_run(page, evidence).content.decode()
    assert not RemediationRecord.objects.exists()


def test_a_viewer_reads_and_may_not_run(project):
    viewer = Client()
    viewer.force_login(factories.user("viewer@example.org", awoooi="viewer"))
    evidence = verified("timeout")
    assert "Dry run</button>" not in viewer.get(QUEUE).content.decode()
    assert dry_run(viewer, evidence).status_code == 403
    assert not RemediationRecord.objects.exists()


def test_the_pages_statements_do_not_grow(page, django_assert_max_num_queries):
    verified("timeout")
    with django_assert_max_num_queries(100) as counted:
        page.get(QUEUE)
    for _ in range(8):
        verified("failed")
    with django_assert_max_num_queries(len(counted)):
        page.get(QUEUE)
