"""Bad input of every kind is a 4xx that names the field, and changes nothing."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.runs.api.writes import cases

MIB = 1024 * 1024
every_write = pytest.mark.parametrize("name", cases.ALL)
every_list = pytest.mark.parametrize("name", cases.LISTS)


def fields_of(answer) -> list[str]:
    return [error["field"] for error in answer.json().get("errors", [])]


def with_text(name: str, text: str) -> tuple[str, bytes]:
    """Put raw JSON text into the first text field of a body; answers the field and the body."""
    body = cases.ALL[name].body
    field = next((key for key, value in body.items() if isinstance(value, str)), None)
    if field is None:  # executions have no text that must be there
        field = "error_message"
    return field, json.dumps({**body, field: "@@"}).replace("@@", text).encode(
        "utf-8", "surrogatepass"
    )


NO_OBJECTS = (b"", b"{", b"[1,", b"not json", b"\xff\xfe", b'"text"', b"7", b"true", b"null",
              b"\x00", b'{"a": 1, }', b"[[]]", "{}".encode("utf-16"), b"\xef\xbb\xbf")  # fmt: skip


@every_write
def test_what_is_no_object_is_refused(world, name):
    case = cases.ALL[name]
    before = cases.everything()
    for body in NO_OBJECTS:
        if name == "heartbeat" and body in (b"", b"null"):  # it needs no body
            continue
        answer = world.api.post(case.path(world), body)
        assert answer.status_code == 422, (body, answer.content)
        assert fields_of(answer)
    assert cases.everything() == before


UNKEEPABLE = ("a\\u0000b", "a\x00b", "a\\ud800b", "a\ud800b")


@every_write
def test_text_that_cannot_be_kept_is_refused(world, name):
    case = cases.ALL[name]
    before = cases.everything()
    for text in UNKEEPABLE:
        field, body = with_text(name, text)
        answer = world.api.post(case.path(world), body)
        assert answer.status_code == 422, (text, answer.content)
        # An escape is found in its field, a raw one makes the whole body unreadable.
        assert fields_of(answer) == [field if "\\u" in text else "body"]
    assert cases.everything() == before


@every_write
def test_a_number_that_is_none_is_refused(world, name):
    case = cases.ALL[name]
    template = json.dumps({**case.body, "surplus": 1})
    before = cases.everything()
    for number in ("NaN", "Infinity", "-Infinity", "1e999", str(2**64), "9" * 5_000):
        body = template.replace('"surplus": 1', f'"surplus": {number}')
        answer = world.api.post(case.path(world), body)
        assert answer.status_code == 422
        assert fields_of(answer) == ["body"]
    assert cases.everything() == before


@every_write
def test_an_unknown_key_is_named(world, name):
    case = cases.ALL[name]
    before = cases.everything()
    answer = world.api.post(case.path(world), {**case.body, "surplus": 1})
    assert answer.status_code == 422
    assert fields_of(answer) == ["surplus"]
    assert cases.everything() == before


@every_write
def test_a_project_id_that_cannot_be_one_is_named(world, name):
    case = cases.ALL[name]
    for bad in ("", "UPPER", "a,b", "*", "x" * 65, 7, ["awoooi"], "awoooi\n"):
        answer = world.api.post(case.path(world), {**case.body, "project_id": bad})
        assert answer.status_code == 422, bad
        assert fields_of(answer) == ["project_id"]


@every_write
def test_a_body_over_five_mebibytes_is_refused(world, name):
    case = cases.ALL[name]
    before = cases.everything()
    answer = world.api.post(case.path(world), b" " * (5 * MIB + 1))
    assert answer.status_code == 413
    assert cases.everything() == before


@every_write
def test_a_body_nested_too_deep_is_refused(world, name):
    case = cases.ALL[name]
    deep = "[" * 5_000 + "]" * 5_000
    body = json.dumps({**case.body, "surplus": "@"}).replace('"@"', deep)
    answer = world.api.post(case.path(world), body)
    assert answer.status_code == 422
    assert fields_of(answer) == ["body"]


@pytest.mark.parametrize("name", [name for name, case in cases.ALL.items() if case.is_bound])
def test_a_malformed_id_in_the_path_is_named(world, name):
    before = cases.everything()
    for bad in ("7", "not-an-id", "INC-1", "%00", "é", "x" * 300, "INC-20261120-AB12%0A"):
        path = cases.ALL[name].path(world)
        for known in (world.run.run_id, world.waiting.pk, world.waiting.run_id, world.incident.pk):
            path = path.replace(str(known), bad)
        answer = world.api.post(path, cases.ALL[name].body)
        assert answer.status_code == 422, (bad, answer.content)
        assert fields_of(answer)[0] in ("run_id", "incident_id", "approval_id", "path")
    assert cases.everything() == before


@pytest.mark.parametrize("name", [name for name, case in cases.ALL.items() if case.is_bound])
def test_an_unknown_id_in_the_path_is_not_found(world, name):
    path = cases.ALL[name].path(world)
    for known in (world.run.run_id, world.waiting.pk, world.waiting.run_id):
        path = path.replace(str(known), str(uuid4()))
    path = path.replace(world.incident.pk, "INC-20261120-ZZZZ")
    answer = world.api.post(path, cases.ALL[name].body)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@every_list
def test_a_list_of_a_thousand_and_one_is_too_large(world, name):
    case = cases.LISTS[name]
    before = cases.everything()
    answer = world.api.post(case.path(world), cases.rows(name, 1_001))
    assert answer.status_code == 413
    assert cases.everything() == before


@every_list
def test_an_empty_list_is_refused(world, name):
    answer = world.api.post(cases.LISTS[name].path(world), [])
    assert answer.status_code == 422
    assert fields_of(answer) == ["body"]


@every_list
def test_one_bad_row_of_a_list_is_named_and_nothing_is_written(world, name):
    case = cases.LISTS[name]
    rows = cases.rows(name, 5)
    rows[3] = {**rows[3], "surplus": 1}
    before = cases.everything()
    answer = world.api.post(case.path(world), rows)
    assert answer.status_code == 422
    assert fields_of(answer) == ["3.surplus"]
    assert cases.everything() == before


@every_list
def test_a_row_that_is_no_object_is_named(world, name):
    case = cases.LISTS[name]
    before = cases.everything()
    for row in (None, 7, "text", [], [{}]):
        answer = world.api.post(case.path(world), [*cases.rows(name, 1), row])
        assert answer.status_code == 422
        assert fields_of(answer) == ["1.body"]
    assert cases.everything() == before


@every_list
def test_a_foreign_project_in_a_row_is_named(world, other_project, name):
    case = cases.LISTS[name]
    rows = cases.rows(name, 3)
    rows[2] = {**rows[2], "project_id": "other"}
    before = cases.everything()
    answer = world.api.post(case.path(world), rows)
    assert answer.status_code == 404
    assert fields_of(answer) == ["2.project_id"]
    assert cases.everything() == before


NAIVE, NUMBER, FAR = "2026-11-20T08:00:00", 1_700_000_000, "0001-01-01T00:00:00+14:00"
BAD_TIMES = (NAIVE, NUMBER, str(NUMBER), FAR, "2026-11-20", "9999-12-31T23:59:59-14:00", "soon",
             "2026-13-01T00:00:00Z", "2026-11-20T08:00:00+99:99", "", True, {})  # fmt: skip
BAD_UUIDS = ("", "x", 7, "0" * 31, [], "g" * 32)
BAD_COUNTS = (-1, 2**31, 1.5, "7", True)
BAD_FLAGS = ("yes", 1, 0, "true", [])
BAD_JSON = ([], "text", 7)
BAD_INCIDENT_IDS = ("INC-1", "INC-20261120-abcd", " INC-20261120-ABCD", "INC-20261120-ABCD\n", 7,
                    "INC-20261120-" + "A" * 60, "INC-２０２６１１２０-ABCD")  # fmt: skip
BAD: dict[str, dict[str, tuple]] = {
    "steps": {
        "step_seq": (*BAD_COUNTS, 1_000_000_001, None),
        "tool_name": (
            "",
            " ",
            "x" * 129,
            7,
            None,
            "operator_console.approve",
            " Operator_Console.reject",
        ),
        "result_status": ("", "x" * 33),
        "summary": ("x" * 501, None),
        "was_blocked": (*BAD_FLAGS, None),
        "block_reason": ("x" * 501, 7),
        "error_code": ("x" * 65,),
        "latency_ms": BAD_COUNTS,
        "created_at": BAD_TIMES,
        "completed_at": BAD_TIMES,
        "step_id": BAD_UUIDS,
    },
    "mcp-calls": {
        "call_id": BAD_UUIDS,
        "agent_id": ("", "x" * 129),
        "tool_name": ("", "x" * 129),
        "result_status": ("", "fine", None, 7),
        "block_gate": ("x" * 33,),
        "block_reason": ("x" * 501,),
        "gate_result": (*BAD_JSON, None),
        "latency_ms": BAD_COUNTS,
        "created_at": BAD_TIMES,
    },
    "messages": {
        "message_id": BAD_UUIDS,
        "channel_type": ("", "x" * 33),
        "message_type": ("", "shout", None),
        "recipient": ("x" * 256,),
        "content": ("x" * 100_001, 7),
        "content_preview": ("x" * 501,),
        "buttons": ("text", {}, [7], [{}] * 21, [{"action": "approve"}], [{"action": "reject"}]),
        "send_status": ("sending", "", 7),
        "send_error": ("x" * 501,),
        "provider_message_id": ("x" * 65, 7),
        "queued_at": BAD_TIMES,
        "sent_at": BAD_TIMES,
        "triggered_by_state": ("x" * 21,),
        "callback_action": ("", "explode"),
        "incident_id": BAD_INCIDENT_IDS,
    },
    "channel-events": {
        "event_id": BAD_UUIDS,
        "run_id": (*BAD_UUIDS, str(uuid4())),
        "channel_type": ("", " ", "x" * 33, None),
        "provider_event_id": ("", "x" * 256, 7, None),
        "channel_chat_id": ("x" * 129,),
        "content": ("x" * 100_001, None),
        "content_preview": ("x" * 501,),
        "received_at": BAD_TIMES,
        "source_envelope": (*BAD_JSON, None),
    },
    "incidents": {
        "incident_id": (*BAD_INCIDENT_IDS, "INC-20261120-" + "A" * 20),
        "title": ("", " ", "x" * 256, None),
        "severity": ("", "high"),
        "status": ("resolved", "closed"),
        "source": ("", "x" * 65),
        "fingerprint": ("x" * 65,),
        "labels": (*BAD_JSON, None),
        "annotations": BAD_JSON,
        "recurrence_count": BAD_COUNTS,
        "opened_at": BAD_TIMES,
        "last_seen_at": BAD_TIMES,
    },
    "executions": {
        "id": BAD_UUIDS,
        "run_id": (*BAD_UUIDS, str(uuid4())),
        "playbook_id": (*BAD_UUIDS, str(uuid4())),
        "success": (*BAD_FLAGS, None),
        "error_message": ("x" * 2_001,),
        "human_approved": BAD_FLAGS,
        "predicted_confidence": (-0.1, 1.1, "many", "NaN", "Infinity", []),
        "created_at": BAD_TIMES,
    },
    "evidence": {
        "id": BAD_UUIDS,
        "run_id": (*BAD_UUIDS, str(uuid4())),
        "execution_id": (*BAD_UUIDS, str(uuid4())),
        "verification_result": ("", "fine"),
        "snapshot": (*BAD_JSON, None),
        "collected_at": BAD_TIMES,
    },
    "remediations": {
        "id": BAD_UUIDS,
        "work_item_id": ("x" * 129,),
        "mode": ("", "guess", None),
        "agent_id": ("x" * 129,),
        "tool_name": ("x" * 129,),
        "required_scope": ("admin", ""),
        "allowed": BAD_FLAGS,
        "success": BAD_FLAGS,
        "verification_result_preview": ("x" * 501,),
        "writes_incident_state": BAD_FLAGS,
        "writes_auto_repair_result": BAD_FLAGS,
        "details": BAD_JSON,
        "created_at": BAD_TIMES,
    },
    "legacy-records": {
        "id": BAD_UUIDS,
        "session_id": ("x" * 129,),
        "flywheel_node": ("x" * 129,),
        "mcp_server": ("", "x" * 129),
        "tool_name": ("", "x" * 129),
        "duration_ms": BAD_COUNTS,
        "success": BAD_FLAGS,
        "error_message": ("x" * 2_001,),
        "incident_id": BAD_INCIDENT_IDS,
        "agent_role": ("x" * 129,),
        "created_at": BAD_TIMES,
    },
    "runs": {
        "run_id": BAD_UUIDS,
        "agent_id": ("", "  ", "x" * 129, None),
        "is_shadow": BAD_FLAGS,
        "trace_id": ("x" * 65,),
        "trigger_type": ("", "x" * 33),
        "trigger_ref": ("x" * 256, None),
        "max_attempts": (0, 101, "3", True),
        "timeout_at": BAD_TIMES,
    },
    "claim": {"agent_id": ("", None), "worker_id": ("", "x" * 129, None)},
    "heartbeat": {"worker_id": ("x" * 129, 7)},
    "transition": {
        "state": ("", "running", "waiting_approval", "done", None),
        "error_code": ("x" * 65,),
        "error_detail": ("x" * 10_001,),
        "cost_usd": (-1, "many", "NaN", "Infinity", 1_000_000, [], "1e400"),
    },
    "cancel": {"reason": ("", " ", "x" * 501, None)},
    "approval-requests": {
        "tool_name": ("", "x" * 129, None),
        "suggested_action": ("x" * 4_001, None),
        "risk_level": ("", "extreme", None),
        "incident_id": BAD_INCIDENT_IDS,
        "expires_in_s": (0, -1, 30 * 86_400 + 1, "60"),
        "required_approvals": (0, 21, "1"),
        "arguments": (*BAD_JSON, None),
        "worker_id": ("x" * 129,),
        "playbook_id": ("", "no uuid", 7),
    },
    "resolve": {"resolution_type": ("", "magic", None)},
    "decide": {"decision": ("", "maybe", None), "reason": ("x" * 501, None)},
    "extend": {"seconds": (0, 59, 30 * 86_400 + 1, "600", None), "reason": ("", " ", "x" * 501)},
}


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name, fields in BAD.items() for field in fields]
)
def test_a_bad_value_is_named(world, name, field):
    case = cases.ALL[name]
    before = cases.everything()
    for bad in BAD[name][field]:
        answer = world.api.post(case.path(world), {**case.body, field: bad})
        assert answer.status_code == 422, (bad, answer.content)
        assert fields_of(answer)[0].split(".")[0] == field, (bad, answer.content)
    assert cases.everything() == before


def test_the_table_knows_every_field_of_every_write():
    from runs.schemas import inputs, records

    shapes = {
        "steps": records.StepIn, "mcp-calls": records.McpCallIn, "messages": records.MessageIn,
        "channel-events": records.ChannelEventIn, "incidents": records.IncidentIn,
        "executions": records.ExecutionIn, "evidence": records.EvidenceIn,
        "remediations": records.RemediationIn, "legacy-records": records.LegacyMcpIn,
        "runs": inputs.RunIn, "claim": inputs.ClaimIn, "heartbeat": inputs.WorkerIn,
        "cancel": inputs.CancelIn, "resolve": inputs.ResolveIncidentIn, "decide": inputs.DecideIn,
        "extend": inputs.ExtendIn, "approval-requests": inputs.ApprovalRequestIn,
    }  # fmt: skip
    for name, shape in shapes.items():
        assert set(BAD[name]) == set(shape.model_fields) - {"project_id"}, name


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"token": "", "tool_name": "t"}, "token"),
        ({"token": "x" * 4_097, "tool_name": "t"}, "token"),
        ({"token": "x", "tool_name": ""}, "tool_name"),
        ({"token": "x"}, "tool_name"),
        ({"token": "x", "tool_name": "t", "run_id": "7"}, "run_id"),
        ({"token": "x", "tool_name": "t", "arguments": []}, "arguments"),
        ({"token": "x", "tool_name": "t", "surplus": 1}, "surplus"),
    ],
)
def test_a_malformed_redemption_is_named(world, body, field):
    before = cases.everything()
    answer = world.api.post("/platform/approvals/tokens/redeem", body)
    assert answer.status_code == 422
    assert fields_of(answer) == [field]
    assert cases.everything() == before


@pytest.mark.parametrize("token", ["x", "a.b.c", "é.é.é", "..", " ", "eyJhbGciOiJub25lIn0.e30."])
def test_a_token_that_is_none_is_refused_and_audited(world, token):
    before = cases.everything()
    answer = world.api.post("/platform/approvals/tokens/redeem", {"token": token, "tool_name": "t"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "token_invalid"
    after = cases.everything()
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"awooop_auditrecord", "awooop_audithead"}
