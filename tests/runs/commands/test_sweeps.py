from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from awooop import clock
from runs import signals
from runs.models import Approval, Run
from tests import factories


def _run(name: str) -> dict:
    out = io.StringIO()
    call_command(name, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_sweep_approvals_expires_what_is_overdue(key):
    approval = factories.waiting(key)
    with clock.set_to(approval.expires_at + timedelta(seconds=1)):
        assert _run("sweep_approvals") == {
            "ok": True,
            "expired": 1,
            "resolved": 0,
            "skipped": 0,
            "errors": 0,
        }
    assert Approval.objects.get().status == "expired"


def test_sweep_approvals_fails_where_one_failed(key):
    approval = factories.waiting(key)

    def refuse(**_):
        raise RuntimeError("a listener that fails")

    signals.approval_decided.connect(refuse)
    try:
        out = io.StringIO()
        with clock.set_to(approval.expires_at + timedelta(seconds=1)), pytest.raises(SystemExit):
            call_command("sweep_approvals", stdout=out)
    finally:
        signals.approval_decided.disconnect(refuse)
    assert "1 failed" in out.getvalue()


def test_sweep_runs_takes_back_what_fell_silent(key, settings):
    run = factories.running(key)
    late = clock.now() + timedelta(seconds=settings.RUN_HEARTBEAT_TIMEOUT_S + 1)
    with clock.set_to(late):
        report = _run("sweep_runs")
    assert report["requeued"] == 1
    assert Run.objects.get(pk=run.pk).state == "pending"


def test_sweep_runs_reports_for_people(key):
    out = io.StringIO()
    call_command("sweep_runs", stdout=out)
    assert out.getvalue() == "0 timed out, 0 cancelled, 0 requeued, 0 failed.\n"
