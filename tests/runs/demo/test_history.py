"""The month as it is told, at moments of every kind; nothing here needs the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

from runs import policies
from runs.demo import history
from runs.demo.chapter import Chapter, past_times
from runs.demo.contracts import BUDGET_USD
from runs.models import (
    Approval,
    ApprovalStatus,
    ApprovalToken,
    Execution,
    Incident,
    McpCall,
    McpStatus,
    OutboundMessage,
    Playbook,
    RemediationRecord,
    Run,
    RunState,
    SendStatus,
    Step,
)
from tests.runs.demo.conftest import MOMENTS, told


def _plain(book: Chapter) -> list[object]:
    rows = [
        (
            model.__name__,
            [(f.attname, getattr(row, f.attname)) for f in model._meta.concrete_fields],
        )
        for model, of_model in book.rows.items()
        for row in of_model
    ]
    return [*rows, *((r.at, r.by.ident, r.by.label, r.entry) for r in book.records)]


def _by_run(rows) -> dict[object, list]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.run_id].append(row)
    return grouped


def test_the_same_moment_gives_the_same_rows():
    assert _plain(history.tell("awoooi", MOMENTS[0], "Asia/Taipei")) == _plain(told(MOMENTS[0]))


def test_another_project_gives_other_identifiers():
    other = history.tell("second", MOMENTS[0], "Asia/Taipei")
    mine = {run.run_id for run in told(MOMENTS[0]).of(Run)}
    assert mine.isdisjoint(run.run_id for run in other.of(Run))


def test_it_is_a_month_of_the_promised_size(book, moment):
    assert 620 <= len(book.of(Run)) <= 820
    assert 210 <= len(book.of(Incident)) <= 300
    assert min(run.created_at for run in book.of(Run)) < moment - timedelta(days=28)
    assert len({run.agent_id for run in book.of(Run)}) == 6


def test_nothing_happens_after_now(book, moment):
    assert book.until() <= moment


def test_the_last_day_has_something_of_everything(book, moment):
    lately = moment - timedelta(days=1)
    ends = {i.disposition for i in book.of(Incident) if (i.resolved_at or moment) > lately}
    assert {"auto_repaired", "human_approved", "timeout_ignored", "manual"} <= ends
    codes = {r.error_code for r in book.of(Run) if r.created_at > lately}
    assert {"E-RUN-HEARTBEAT-LOST", "E-REPAIR-FAILED", "E-APPR-REJECTED"} <= codes


def test_people_work_by_day_and_on_weekdays(book, moment):
    opened = [i.opened_at + timedelta(hours=8) for i in book.of(Incident)]
    assert sum(9 <= at.hour < 18 for at in opened) > sum(at.hour < 9 for at in opened)
    days = Counter(at.date() for at in opened)
    weekdays = [count for day, count in days.items() if day.weekday() < 5]
    weekends = [count for day, count in days.items() if day.weekday() >= 5]
    assert sum(weekdays) / len(weekdays) > 1.15 * sum(weekends) / len(weekends)


def test_runs_keep_their_times_in_order(book):
    for run in book.of(Run):
        assert run.started_at is None or run.created_at <= run.started_at
        assert (run.completed_at is not None) == (run.state in policies.FINAL)
        if run.completed_at:
            assert run.started_at <= run.heartbeat_at <= run.completed_at
        if run.state == RunState.COMPLETED:
            assert run.completed_at <= run.timeout_at


def test_the_journal_is_numbered_without_gaps_and_in_time(book):
    steps = _by_run(book.of(Step))
    for run in book.of(Run):
        mine = steps[run.run_id]
        assert [step.step_seq for step in mine] == list(range(1, len(mine) + 1))
        assert run.step_count == len(mine)
        times = [at for step in mine for at in (step.created_at, step.completed_at)]
        assert times == sorted(times)
        if run.completed_at and mine:
            assert run.started_at <= times[0]
            assert times[-1] <= run.completed_at
        if run.state in policies.FINAL:
            assert 2 <= len(mine) <= 14


def test_blocked_steps_say_why(book):
    blocked = [step for step in book.of(Step) if step.was_blocked]
    assert blocked
    assert all(step.block_reason and step.result_status == "blocked" for step in blocked)


def test_gate_results_agree_with_the_verdict(book):
    gates = Counter()
    for call in book.of(McpCall):
        last = call.gate_result["gates"][-1]
        if call.result_status == McpStatus.BLOCKED:
            gates[call.block_gate] += 1
            assert (last["name"], last["ok"], last["why"]) == (
                call.block_gate,
                False,
                call.block_reason,
            )
        else:
            assert last["ok"] or call.gate_result["is_shadow"]
    assert set(gates) == {"project", "contract", "scope", "budget", "approval"}


def test_calls_that_write_have_a_contract_and_a_token(book):
    redeemed = {
        (t.approval.run_id, t.tool_name)
        for t in book.of(ApprovalToken)
        if t.redeemed_at is not None
    }
    for call in book.of(McpCall):
        writes = call.gate_result["required_scope"] == "write"
        if writes and call.result_status != McpStatus.BLOCKED and not call.run.is_shadow:
            assert (call.run_id, call.tool_name) in redeemed


def test_shadow_runs_are_not_enforced(book):
    shadows = {run.run_id for run in book.of(Run) if run.is_shadow}
    assert shadows
    for call in book.of(McpCall):
        assert call.gate_result["is_shadow"] == (call.run_id in shadows)
        assert call.gate_result["policy_enforced"] != call.gate_result["is_shadow"]


def test_trust_is_earned_by_executions(book):
    count = Counter((e.playbook_id, e.success) for e in book.of(Execution))
    playbooks = book.of(Playbook)
    assert 15 <= len(playbooks) <= 25
    for playbook in playbooks:
        assert playbook.success_count == count[playbook.playbook_id, True]
        assert playbook.failure_count == count[playbook.playbook_id, False]
        if not playbook.is_trust_pinned:
            assert playbook.trust_score == playbook.earned_trust()
    assert sum(p.trust_score < Decimal("0.2") for p in playbooks) >= 3
    assert sum(p.is_trust_pinned for p in playbooks) == 1
    assert len({p.status for p in playbooks}) == 4


def test_each_month_stays_within_the_budget(book):
    cost = Counter()
    for run in book.of(Run):
        cost[f"{run.created_at:%Y-%m}"] += run.cost_usd
        assert run.step_count == 0 or 0 < run.cost_usd < Decimal("2.50")
    assert all(Decimal(10) < month < BUDGET_USD for month in cost.values() if month > 20)
    assert sum(cost.values()) < BUDGET_USD


def test_messages_tell_how_they_fared(book):
    for message in book.of(OutboundMessage):
        assert (message.sent_at is not None) == (message.send_status == SendStatus.SENT)
        assert message.sent_at is None or message.queued_at < message.sent_at
        has_failed = message.send_status in (SendStatus.DEAD, SendStatus.FAILED)
        assert (message.send_error is not None) == has_failed


def test_texts_are_whole_and_in_two_languages(book):
    texts = [i.title for i in book.of(Incident)] + [s.summary for s in book.of(Step)]
    texts += [a.suggested_action for a in book.of(Approval)]
    texts += [m.content for m in book.of(OutboundMessage)]
    texts += [r.verification_result_preview for r in book.of(RemediationRecord)]
    assert not [text for text in texts if "{" in text or "}" in text or "None" in text]
    chinese = sum(any("\u4e00" <= char <= "\u9fff" for char in text) for text in texts)
    assert 0.1 < chinese / len(texts) < 0.6


def test_audit_records_come_in_time(book):
    times = [record.at for record in book.records]
    assert times == sorted(times)


def test_past_times_leave_out_what_lies_ahead():
    approval = next(a for a in told(MOMENTS[0]).of(Approval) if a.status == ApprovalStatus.PENDING)
    assert approval.expires_at not in past_times(approval)
