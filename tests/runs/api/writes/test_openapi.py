"""The document of the API shows what the list endpoints take."""

from __future__ import annotations

import pytest

from awooop.api import api

LISTS = {
    "/platform/runs/{run_id}/steps": "StepIn",
    "/platform/runs/{run_id}/mcp-calls": "McpCallIn",
    "/platform/runs/{run_id}/messages": "MessageIn",
    "/platform/channel-events": "ChannelEventIn",
    "/platform/incidents": "IncidentIn",
    "/platform/incidents/{incident_id}/executions": "ExecutionIn",
    "/platform/incidents/{incident_id}/evidence": "EvidenceIn",
    "/platform/incidents/{incident_id}/remediations": "RemediationIn",
    "/platform/mcp/legacy-records": "LegacyMcpIn",
}


@pytest.fixture(scope="module")
def document():
    return api.get_openapi_schema(path_prefix="/api/v1")


@pytest.mark.parametrize(("path", "schema"), LISTS.items())
def test_a_list_body_is_one_record_or_a_thousand(document, path, schema):
    body = document["paths"][f"/api/v1{path}"]["post"]["requestBody"]
    shown = body["content"]["application/json"]["schema"]
    one = {"$ref": f"#/components/schemas/{schema}"}
    assert shown["anyOf"][0] == one
    assert shown["anyOf"][1] == {"type": "array", "items": one, "minItems": 1, "maxItems": 1000}
    assert body["required"] is True


@pytest.mark.parametrize("schema", LISTS.values())
def test_unknown_keys_are_said_to_be_refused(document, schema):
    assert document["components"]["schemas"][schema]["additionalProperties"] is False


@pytest.mark.parametrize(
    ("path", "method", "scope"),
    [
        ("/platform/runs", "get", "read"),
        ("/platform/runs", "post", "ingest"),
        ("/platform/approvals/{run_id}/decide", "post", "decide"),
        ("/ai/governance/self-check", "post", "govern"),
    ],
)
def test_an_operation_names_the_scope_of_its_key(document, path, method, scope):
    assert document["paths"][f"/api/v1{path}"][method]["security"] == [{"Key": [scope]}]
