from __future__ import annotations

import ast
import multiprocessing
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.parser import text_string_to_metric_families

from awooop import clock, counters, metrics, tenancy
from runs.actions import runs
from runs.models import Approval, OutboundMessage
from tests import factories


def _scrape(**headers: str):
    return Client().get("/metrics", headers=headers)


def _samples(text: str) -> dict[tuple, float]:
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _value(name: str, **labels: str) -> float:
    return _samples(_scrape().content.decode())[(name, *sorted(labels.items()))]


class _Families:
    """What prometheus_client's own writer wants."""

    def __init__(self, *families) -> None:
        self._families = families

    def collect(self):
        return self._families


def test_families_are_written_as_the_library_writes_them(key):
    factories.waiting(key)
    counters.add("awooop_approvals_requested", project_id="awoooi", risk_level="low")
    families = list(metrics.collected())
    assert sum(len(family.samples) for family in families) > 100
    theirs = generate_latest(_Families(*families)).decode()
    assert "".join(map(metrics.written, families)) == theirs


@pytest.mark.parametrize("value", [0.0, 1.5, 1e21, 123456789.0, float("inf"), float("nan"), -2e-7])
@pytest.mark.parametrize("text", ['a "quoted" one', "back\\slash", "two\nlines", "中文", ""])
def test_any_label_and_number_is_written_as_the_library_writes_it(text, value):
    for kind in (GaugeMetricFamily, CounterMetricFamily):
        family = kind("things", f"About {text}", labels=["b", "a"])
        family.add_metric([text, "x"], value)
        assert metrics.written(family) == generate_latest(_Families(family)).decode()


def test_a_family_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="only counters and gauges"):
        metrics.written(HistogramMetricFamily("h", "h", buckets=[("+Inf", 1)], sum_value=1))


def test_the_text_parses_and_names_each_family_once(project):
    answer = _scrape()
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    names = [family.name for family in text_string_to_metric_families(answer.content.decode())]
    assert len(names) == len(set(names))
    assert "awooop_approvals_pending" in names


def test_counters_are_what_the_actions_counted(key):
    factories.waiting(key, risk_level="high")
    labels = {"project_id": "awoooi", "risk_level": "high"}
    assert _value("awooop_approvals_requested_total", **labels) == 1
    counters.fold()
    assert _value("awooop_approvals_requested_total", **labels) == 1


def test_open_runs_are_counted_by_state_and_final_ones_are_not(key):
    factories.run()
    running = factories.running(key, agent_id="other-agent")
    assert _value("awooop_runs_open", project_id="awoooi", state="pending") == 1
    assert _value("awooop_runs_open", project_id="awoooi", state="running") == 1
    assert _value("awooop_runs_open", project_id="awoooi", state="waiting_approval") == 0
    by = factories.caller_of_key(key)
    runs.report_transition(by=by, run_id=running.run_id, state="completed")
    assert _value("awooop_runs_open", project_id="awoooi", state="running") == 0


def test_waiting_approvals_tell_their_age_and_the_sweeps_lag(key):
    approval = factories.waiting(key)
    with clock.set_to(approval.requested_at + timedelta(seconds=30)):
        assert _value("awooop_approvals_pending", project_id="awoooi") == 1
        assert _value("awooop_approval_oldest_pending_age_seconds", project_id="awoooi") == 30
        assert _value("awooop_approval_expiry_lag_seconds", project_id="awoooi") == 0
    with clock.set_to(approval.expires_at + timedelta(seconds=90)):
        assert _value("awooop_approval_expiry_lag_seconds", project_id="awoooi") == 90


def test_the_outbox_tells_how_late_it_is(key):
    factories.waiting(key)
    message = OutboundMessage.objects.get()
    with clock.set_to(message.next_attempt_at + timedelta(seconds=45)):
        assert _value("awooop_messages_waiting", project_id="awoooi") == 1
        assert _value("awooop_outbox_oldest_age_seconds", project_id="awoooi") == 45


def test_the_queue_tells_its_depth_and_age(project):
    from django_q.conf import Conf
    from django_q.models import OrmQ

    assert _value("awooop_queue_depth") == 0
    at = clock.now()
    OrmQ.objects.create(key=Conf.CLUSTER_NAME, payload="x", lock=at - timedelta(seconds=20))
    with clock.set_to(at):
        assert _value("awooop_queue_depth") == 1
        assert _value("awooop_queue_oldest_age_seconds") == 20


def test_a_project_without_anything_has_zeros(other_project):
    assert _value("awooop_approvals_pending", project_id="other") == 0
    assert _value("awooop_outbox_oldest_age_seconds", project_id="other") == 0


def test_beyond_loopback_nobody_scrapes_without_a_token(project, settings):
    settings.CONFIG = settings.CONFIG.model_copy(update={"host": "0.0.0.0"})
    assert _scrape().status_code == 401


@pytest.mark.parametrize(
    ("header", "status"),
    [("", 401), ("Bearer wrong", 401), ("a long token", 200), ("Bearer a long token", 200)],
)
def test_a_token_that_is_set_is_demanded_everywhere(project, settings, header, status):
    settings.METRICS_TOKEN = "a long token"
    assert _scrape(authorization=header).status_code == status


def test_it_asks_no_more_for_more_rows(key):
    def count() -> int:
        with CaptureQueriesContext(connection) as context:
            _scrape()
        return len(context.captured_queries)

    few = count()
    for _ in range(10):
        factories.waiting(key)
    assert count() == few


def _in_another_process(function) -> str:
    def work(pipe) -> None:
        connection.close()
        pipe.send(function())
        connection.close()

    connection.close()
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=work, args=(there,))
    process.start()
    answer = here.recv() if here.poll(60) else "no answer"
    process.join(60)
    return answer


def _exposition() -> str:
    with tenancy.all_projects():
        return metrics.exposition()


def _count_something() -> str:
    counters.add("awooop_run_sweep", 3, result="requeued")
    return "counted"


def test_every_process_answers_the_same(truncatable):
    factories.project("awoooi")
    with clock.set_to(clock.now()):
        assert _in_another_process(_count_something) == "counted"
        one, another = _in_another_process(_exposition), _in_another_process(_exposition)
        assert one == another == _exposition()
    assert 'awooop_run_sweep_total{result="requeued"} 3.0' in one


def _many_final_rows() -> None:
    statements = (
        """insert into runs_run (run_id, project_id, agent_id, state, is_shadow, trace_id,
             trigger_type, trigger_ref, worker_key, cost_usd, step_count, attempt_count,
             max_attempts, created_at, remediation_status, body_fingerprint)
           select gen_random_uuid(), 'awoooi', 'a', 'completed', false, '', 'api', '', '', 0, 0, 0,
             3, now(), 'no_evidence', '' from generate_series(1, 20000)""",
        """insert into runs_approval (id, project_id, tool_name, arguments, digest,
             suggested_action, risk_level, status, required_approvals, requested_by, requested_at,
             resolved_at)
           select gen_random_uuid(), 'awoooi', 't', '{}', '', '', 'low', 'approved', 1, 'x', now(),
             now() from generate_series(1, 20000)""",
        """insert into runs_outboundmessage (message_id, project_id, channel_type, message_type,
             recipient, content, content_preview, buttons, send_status, attempt_count, queued_at)
           select gen_random_uuid(), 'awoooi', 'telegram', 'final', '', '', '', '[]', 'sent', 1,
             now() from generate_series(1, 20000)""",
        "set constraints all immediate",
        "analyze runs_run",
        "analyze runs_approval",
        "analyze runs_outboundmessage",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_gauges_are_read_from_partial_indexes(project):
    _many_final_rows()
    with CaptureQueriesContext(connection) as context:
        assert _scrape().status_code == 200
    plans = []
    for query in context.captured_queries:
        if '"runs_' in query["sql"] and "runs_truthchainsummary" not in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"explain {query['sql']}")
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
    assert len(plans) == 3
    assert not [plan for plan in plans if "Seq Scan on runs_" in plan]


def _counted_names() -> Iterator[str]:
    """Every name that the sources give to `counters.add` or put first in a row for `add_many`."""
    root = Path(django_settings.BASE_DIR)
    for path in [*root.glob("awooop/**/*.py"), *root.glob("runs/**/*.py")]:
        text = path.read_text()
        if "counters.add" in text:
            for node in ast.walk(ast.parse(text)):
                is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
                if is_text and node.value.startswith("awooop_") and " " not in node.value:
                    yield node.value


def test_whatever_is_counted_is_exported():
    names = set(_counted_names())
    assert "awooop_messages_queued" in names
    assert names <= set(metrics._counters)


def _outbox() -> dict:
    return Client().get("/readyz").json()["checks"]["outbox"]


def test_the_outbox_is_no_matter_where_no_channel_is_configured(key):
    factories.waiting(key)
    assert _outbox() == {"ok": True, "configured": False}


def test_a_late_outbox_is_not_ready(key, settings):
    settings.OUTBOX_CHANNELS = ("telegram",)
    factories.waiting(key)
    OutboundMessage.objects.update(recipient="-1001")
    due = OutboundMessage.objects.get().next_attempt_at
    with clock.set_to(due + timedelta(minutes=9)):
        assert _outbox()["ok"]
    with clock.set_to(due + timedelta(minutes=11)):
        assert _outbox() == {"ok": False, "configured": True, "oldest_due_age_s": 660}
    assert Approval.objects.count() == 1
