"""The links of runs to incidents, and the status made of them, are always what a recomputation
says.

Random histories are written over the API, as agents and channels would write them; a plain reading
of the specification, below, computes from the stored rows what must have come out.
"""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.models import (
    ChannelEvent,
    LegacyMcpRecord,
    OutboundMessage,
    RemediationRecord,
    Run,
    RunIncident,
)
from tests import factories

INCIDENTS = [f"INC-20260101-AAA{digit}" for digit in range(4)]
FOUND = re.compile(r"\bINC-\d{8}-[A-Z0-9]{4,}\b")
RUNS = [uuid.UUID(int=number) for number in range(1, 4)]
EVENTS = [uuid.UUID(int=number) for number in range(101, 105)]

text = st.lists(
    st.sampled_from([*INCIDENTS, "disk full on", "see", "INC-2026-NO", "inc-20260101-aaaa"]),
    max_size=3,
).map(" ".join)
tri = st.sampled_from([True, False, None])
incident = st.sampled_from(INCIDENTS)

operations = st.one_of(
    st.tuples(
        st.just("run"),
        st.sampled_from(RUNS),
        st.one_of(text, st.sampled_from(["ref-1", "ref-2"]), st.sampled_from(EVENTS).map(str)),
    ),
    st.tuples(
        st.just("event"),
        st.sampled_from(EVENTS),
        st.sampled_from(["ref-1", "ref-2", "ref-3"]),
        st.one_of(st.none(), st.sampled_from(RUNS)),
        text,
        text,
        st.one_of(st.none(), incident, st.lists(incident, max_size=2), st.just({"odd": 1})),
    ),
    st.tuples(st.just("message"), st.sampled_from(RUNS), text),
    st.tuples(st.just("fail"), st.sampled_from(RUNS), text),
    st.tuples(
        st.just("remediation"),
        incident,
        tri,
        tri,
        tri,
        tri,
        st.sampled_from(["read", "write", None]),
    ),
    st.tuples(st.just("legacy"), incident, tri),
)


class History:
    """Writes operations over the API; what the state refuses is refused, and that is all right."""

    def __init__(self, api: factories.ApiClient) -> None:
        self.api = api
        incidents = [{"incident_id": ident, "title": ident} for ident in INCIDENTS]
        self._post("/platform/incidents", incidents)

    def _post(self, path, body, *, allowed=(200, 201)):
        """Post what must be taken; `allowed` adds what the history's own state may refuse."""
        response = self.api.post(path, body)
        assert response.status_code in allowed, response.content
        return response

    def run(self, run_id, trigger_ref):
        body = {"run_id": str(run_id), "agent_id": "sre-agent", "trigger_ref": trigger_ref}
        self._post("/platform/runs", body, allowed=(200, 201, 409))

    def event(self, event_id, provider_id, run_id, preview, redacted, refs):
        exists = Run.objects.filter(pk=run_id).exists()
        envelope = {} if refs is None else {"source_refs": {"incident_ids": refs}}
        body = {
            "event_id": str(event_id),
            "channel_type": "ci",
            "provider_event_id": provider_id,
            "content": f"{preview} {redacted}",
            "source_envelope": envelope,
            **({"run_id": str(run_id)} if exists else {}),
        }
        self._post("/platform/channel-events", body)

    def message(self, run_id, content):
        body = {"channel_type": "telegram", "message_type": "interim", "content": content}
        self._post(f"/platform/runs/{run_id}/messages", [body], allowed=(200, 201, 404))

    def fail(self, run_id, detail):
        self._post(
            "/platform/runs/claim", {"agent_id": "sre-agent", "worker_id": "w"}, allowed=(200, 204)
        )
        body = {"state": "failed", "error_code": "E-X", "error_detail": detail}
        self._post(f"/platform/runs/{run_id}/transition", body, allowed=(200, 404, 409))

    def remediation(self, incident_id, success, allowed, state, result, scope):
        body = {
            "mode": "execute",
            "success": success,
            "allowed": allowed,
            "writes_incident_state": state,
            "writes_auto_repair_result": result,
            "required_scope": scope,
        }
        self._post(f"/platform/incidents/{incident_id}/remediations", [body])

    def legacy(self, incident_id, success):
        body = {"mcp_server": "k8s", "tool_name": "get", "incident_id": incident_id}
        self._post("/platform/mcp/legacy-records", [{**body, "success": success}])


def expected_incidents(run) -> list[str]:
    """The specification's order of discovery, read plainly."""
    found = FOUND.findall(run.trigger_ref) + FOUND.findall(run.error_detail or "")
    events = [
        event
        for event in ChannelEvent.objects.all()
        if event.run_id == run.run_id
        or (run.trigger_ref and run.trigger_ref in (event.provider_event_id, str(event.event_id)))
    ]
    for event in sorted(events, key=lambda e: (e.received_at, e.event_id), reverse=True):
        refs = event.source_envelope.get("source_refs", {}).get("incident_ids", [])
        refs = [refs] if isinstance(refs, str) else refs
        found += [ref for ref in refs if isinstance(ref, str)] if isinstance(refs, list) else []
        found += FOUND.findall(event.content_preview) + FOUND.findall(event.content_redacted)
    messages = OutboundMessage.objects.filter(run=run)
    for message in sorted(messages, key=lambda m: (m.queued_at, m.message_id), reverse=True):
        found += FOUND.findall(message.content_preview) + FOUND.findall(message.send_error or "")
    return list(dict.fromkeys(found))


def expected_status(incident_ids) -> str:
    """The specification's status, read plainly."""
    items = sorted(
        RemediationRecord.objects.filter(incident_id__in=incident_ids),
        key=lambda item: (item.created_at, item.id),
    )
    if not items:
        observed = LegacyMcpRecord.objects.filter(incident_id__in=incident_ids).exists()
        return "mcp_observed" if observed else "no_evidence"
    latest = items[-1]
    if latest.success is False or latest.allowed is False:
        return "blocked"
    if latest.writes_incident_state or latest.writes_auto_repair_result:
        return "write_observed"
    wrote = (latest.writes_incident_state, latest.writes_auto_repair_result)
    if latest.required_scope == "read" and wrote == (False, False):
        return "read_only_dry_run"
    return "observed"


@pytest.fixture
def history_api(api):
    return api


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(operations, min_size=1, max_size=14))
def test_links_and_status_equal_a_recomputation(history_api, steps):
    with transaction.atomic():
        history = History(history_api)
        for name, *arguments in steps:
            getattr(history, name)(*arguments)
        for run in Run.objects.all():
            links = RunIncident.objects.filter(run=run).order_by("position")
            expected = expected_incidents(run)
            assert [link.incident_id for link in links] == expected
            assert [link.position for link in links] == list(range(len(expected)))
            assert run.remediation_status == expected_status(expected)
        transaction.set_rollback(True)
