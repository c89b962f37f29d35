"""Report drift as the tests need it."""

from __future__ import annotations

from typing import Any

from awooop import callers
from governance.actions import drift_reports
from governance.models import DriftFingerprint

BY = callers.system("tests", ["awoooi", "other"])
DIFF = {"spec.replicas": {"from": 2, "to": 3}}


def report(
    *,
    namespace: str = "staging",
    resource: str = "api",
    kind: str = "Deployment",
    diff: Any = None,
    pr_url: str = "",
    project: str = "awoooi",
) -> drift_reports.Taken:
    """Report one resource."""
    rows = [
        {
            "resource": resource,
            "kind": kind,
            "diff": DIFF if diff is None else diff,
            "pr_url": pr_url,
        }
    ]
    items = drift_reports.read_items(rows)
    return drift_reports.report(by=BY, project_id=project, namespace=namespace, items=items)


def made(**values: Any) -> DriftFingerprint:
    """Report one resource that is new, and answer its drift."""
    (drift,) = report(**values).new
    return drift
