"""Each story holds together: questions, decisions, repairs and ends; nothing needs the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

from awooop.models import ContractRevision
from runs.digests import digest_of
from runs.models import (
    Approval,
    ApprovalStatus,
    ApprovalToken,
    ApprovalVote,
    ChannelEvent,
    Evidence,
    Execution,
    Incident,
    ResolutionType,
    Run,
    RunState,
    SendStatus,
)


def test_decisions_come_between_question_and_end(book):
    votes = defaultdict(list)
    for vote in book.of(ApprovalVote):
        votes[vote.approval_id].append(vote)
    for approval in book.of(Approval):
        mine = votes[approval.id]
        assert all(approval.requested_at < vote.created_at for vote in mine)
        assert len({vote.approver for vote in mine}) == len(mine)
        assert approval.requested_by not in {vote.approver for vote in mine}
        if approval.status == ApprovalStatus.APPROVED:
            assert len(mine) == approval.required_approvals
            assert mine[-1].created_at == approval.resolved_at < approval.expires_at
        if approval.status == ApprovalStatus.REJECTED:
            assert mine[-1].decision == "reject"
            assert approval.resolved_at < approval.expires_at
        if approval.status == ApprovalStatus.EXPIRED:
            assert (
                approval.expires_at
                < approval.resolved_at
                < approval.expires_at + timedelta(minutes=1)
            )


def test_approvals_are_bound_to_their_action(book):
    revisions = {revision.revision_id for revision in book.of(ContractRevision)}
    for approval in book.of(Approval):
        assert approval.digest == digest_of(approval)
        assert approval.contract_revision_id in revisions
        assert approval.tool_name in approval.contract_revision.body["tools"]


def test_tokens_follow_approvals(book):
    of_approval = {token.approval_id: token for token in book.of(ApprovalToken)}
    for approval in book.of(Approval):
        token = of_approval.get(approval.id)
        assert (token is not None) == (approval.status == ApprovalStatus.APPROVED)
        if token is not None:
            assert token.issued_at == approval.resolved_at
            assert (
                token.redeemed_at is None or token.issued_at < token.redeemed_at < token.expires_at
            )
    assert {token.redeemed_at is None for token in of_approval.values()} == {True, False}


def test_ends_of_approvals_are_ends_of_runs(book):
    for approval in book.of(Approval):
        run = approval.run
        if approval.status == ApprovalStatus.EXPIRED:
            assert (run.state, run.error_code) == (RunState.TIMED_OUT, "E-APPR-EXPIRED")
            assert run.completed_at == approval.resolved_at
        if approval.status == ApprovalStatus.REJECTED:
            assert (run.state, run.error_code) == (RunState.CANCELLED, "E-APPR-REJECTED")
        if approval.status == ApprovalStatus.CANCELLED:
            assert (run.state, run.error_code) == (RunState.CANCELLED, "E-RUN-CANCELLED")
        assert (approval.status == ApprovalStatus.PENDING) == (
            run.state == RunState.WAITING_APPROVAL
        )


def test_every_incident_ends_as_its_record_says(book):
    by_incident = defaultdict(lambda: defaultdict(list))
    for model in (Approval, Execution, Evidence):
        for row in book.of(model):
            by_incident[row.incident_id][model].append(row)
    audited = {
        record.entry.resource_id: record
        for record in book.records
        if record.entry.action == "incident.resolve"
    }
    cleared = {
        (event.source_envelope["source_refs"]["incident_ids"][0], event.received_at)
        for event in book.of(ChannelEvent)
        if event.source_envelope.get("status") == "resolved"
    }
    for incident in book.of(Incident):
        rows, at, how = (
            by_incident[incident.incident_id],
            incident.resolved_at,
            incident.resolution_type,
        )
        if how is None:
            continue
        assert incident.opened_at <= incident.last_seen_at <= at
        repaired = [row for row in rows[Execution] if row.success]
        if how == ResolutionType.HUMAN_APPROVED:
            assert any(a.status == ApprovalStatus.APPROVED for a in rows[Approval])
            assert repaired[-1].human_approved
        if how == ResolutionType.AUTO_REPAIR:
            assert not rows[Approval]
            assert not repaired[-1].human_approved
        if how in (ResolutionType.HUMAN_APPROVED, ResolutionType.AUTO_REPAIR):
            after = [e for e in rows[Evidence] if e.execution_id == repaired[-1].id]
            assert all(repaired[-1].created_at < e.collected_at <= at for e in after)
            assert after
            assert audited[incident.incident_id].by.kind == "api_key"
        if how == ResolutionType.MANUAL:
            assert audited[incident.incident_id].by.kind == "user"
        if how == ResolutionType.TIMEOUT:
            expired = [a for a in rows[Approval] if a.status == ApprovalStatus.EXPIRED]
            assert [a.resolved_at for a in expired] == [at]
        if how == ResolutionType.ALERT_CLEARED:
            assert (incident.incident_id, at) in cleared


def test_alert_groups_have_one_incident_at_a_time(book, moment):
    spans = defaultdict(list)
    for incident in book.of(Incident):
        if incident.fingerprint:
            spans[incident.fingerprint].append((incident.opened_at, incident.resolved_at or moment))
    assert any(len(of_group) > 3 for of_group in spans.values()), "incidents come again"
    for of_group in spans.values():
        ordered = sorted(of_group)
        assert all(a[1] < b[0] for a, b in pairwise(ordered))


def test_recurrences_are_new_occurrences_and_repeats_are_duplicates(book):
    firing = Counter()
    originals = set()
    for event in book.of(ChannelEvent):
        key = (event.channel_type, event.provider_event_id)
        if not event.is_duplicate:
            assert key not in originals
            originals.add(key)
            if event.source_envelope.get("status") == "firing" and not event.is_refused:
                firing[event.source_envelope["source_refs"]["incident_ids"][0]] += 1
    for event in book.of(ChannelEvent):
        assert (event.channel_type, event.provider_event_id) in originals
    for incident in book.of(Incident):
        if incident.source == "alertmanager":
            assert firing[incident.incident_id] == 1 + incident.recurrence_count
    assert any(incident.recurrence_count for incident in book.of(Incident))


def test_executions_follow_redemptions(book):
    redeemed = defaultdict(list)
    for token in book.of(ApprovalToken):
        if token.redeemed_at:
            redeemed[token.approval.run_id].append(token.redeemed_at)
    for execution in book.of(Execution):
        if execution.human_approved:
            assert any(at < execution.created_at for at in redeemed[execution.run_id])


def test_buttons_are_pressed_only_where_the_question_arrived(book):
    asked = {a.id: a.notification for a in book.of(Approval)}
    for vote in book.of(ApprovalVote):
        if vote.approver_label.endswith("(Telegram)"):
            assert asked[vote.approval_id].sent_at < vote.created_at
            assert vote.approval.risk_level != "critical"


def test_what_waits_is_not_about_to_be_swept(book, moment):
    waiting = [run for run in book.of(Run) if run.state == RunState.WAITING_APPROVAL]
    ends = {a.run_id: a.expires_at for a in book.of(Approval) if a.status == ApprovalStatus.PENDING}
    assert len(waiting) == 9
    for run in waiting:
        assert run.timeout_at is None or run.timeout_at > ends[run.run_id]
    running = [run for run in book.of(Run) if run.state == RunState.RUNNING]
    assert len(running) == 3
    assert all(moment - timedelta(seconds=15) < run.heartbeat_at < moment for run in running)


def test_waiting_approvals_have_every_risk_and_different_time_left(book, moment):
    waiting = [a for a in book.of(Approval) if a.status == ApprovalStatus.PENDING]
    assert {a.risk_level for a in waiting} == {"low", "medium", "high", "critical"}
    left = sorted(a.expires_at - moment for a in waiting if a.expires_at)
    assert left[0] > timedelta(minutes=3)
    assert left[1] < timedelta(minutes=7)
    assert left[-1] > timedelta(hours=12)
    assert [a for a in waiting if a.expires_at is None]
    votes = Counter(v.approval_id for v in book.of(ApprovalVote))
    assert [a for a in waiting if a.required_approvals == 2 and votes[a.id] == 1]
    assert [a for a in waiting if a.notification.send_status == SendStatus.DEAD]
