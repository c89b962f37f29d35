"""Make rows for tests, by the product's own actions where there is one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.test import Client

from awooop import callers, tenancy
from awooop.actions import api_keys, projects
from awooop.callers import Caller
from awooop.clock import now
from awooop.models import ApiKey, Project, User
from runs.models import Approval, Run, RunState

SYSTEM = callers.system("tests")
ALL_SCOPES = ("read", "ingest", "decide", "govern")


def project(project_id: str = "awoooi", **values: Any) -> Project:
    """Make a project."""
    return projects.create(
        by=SYSTEM, project_id=project_id, display_name=project_id.title(), **values
    )


def user(email: str = "someone@example.org", *, is_superuser: bool = False, **roles: str) -> User:
    """Make an account with roles by project: `user("a@b.c", awoooi="operator")`."""
    make = User.objects.create_superuser if is_superuser else User.objects.create_user
    account = make(email, "a long enough password")
    for project_id, role in roles.items():
        with tenancy.scope([project_id]):
            by = callers.system("tests", [project_id])
            projects.set_member(by=by, project_id=project_id, user=account, role=role)
    return account


def api_key(project_id: str | None = "awoooi", *, scopes: Any = ALL_SCOPES, **values: Any) -> str:
    """Make a key; answers its text."""
    with tenancy.all_projects() as ids:
        by = callers.system("tests", ids)
        _, text = api_keys.create(
            by=by, project_id=project_id, name="test key", scopes=scopes, **values
        )
    return text


def caller_of_key(text: str) -> Caller:
    """Answer the caller that a key's text stands for."""
    with tenancy.registry():
        return callers.for_api_key(ApiKey.objects.get(prefix=text.split("_")[1]))


def caller_of_user(account: User) -> Caller:
    """Answer the caller that an account stands for, who has just signed in."""
    with tenancy.registry():
        return replace(callers.for_user(account), confirmed_at=now())


def run(project_id: str = "awoooi", **values: Any) -> Run:
    """Make a pending run by the action (call inside a scope); `key` is whose key makes it."""
    from runs.actions import runs

    by = values.pop("by", callers.system("tests", [project_id]))
    made, _ = runs.create(
        by=by,
        project_id=project_id,
        run_id=values.pop("run_id", None),
        agent_id=values.pop("agent_id", "sre-agent"),
        **values,
    )
    return made


def running(key: str, project_id: str = "awoooi", **values: Any) -> Run:
    """Make a run and claim it with the key's caller, as worker `w1`."""
    from runs.actions import runs

    run(project_id, **values)
    claimed = runs.claim(
        by=caller_of_key(key),
        project_id=project_id,
        agent_id=values.get("agent_id", "sre-agent"),
        worker_id="w1",
    )
    assert claimed is not None
    assert claimed.state == RunState.RUNNING
    return claimed


def waiting(key: str, project_id: str = "awoooi", **values: Any) -> Approval:
    """Make a run that waits for an approval which the key's caller asked for."""
    from runs.actions import approvals

    run_values = values.pop("run_values", {})
    claimed = running(key, project_id, **run_values)
    return approvals.request(
        by=caller_of_key(key),
        run_id=claimed.run_id,
        tool_name=values.pop("tool_name", "kubectl.restart"),
        suggested_action=values.pop("suggested_action", "Restart the deployment api"),
        risk_level=values.pop("risk_level", "medium"),
        **values,
    )


class ApiClient:
    """Django's test client with a bearer key and JSON bodies; paths are below `/api/v1`."""

    def __init__(self, key: str | None) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str, **query: Any):
        """GET with a query string."""
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def delete(self, path: str):
        """DELETE."""
        return self.client.delete(f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str):
        """POST JSON; bytes and text are sent as they are."""
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.client.post(
            f"/api/v1{path}",
            data,
            content_type="application/json",
            headers={**self.headers, **headers},
        )
