"""The roof of the JSON API: the apps' routers, joined by dotted names."""

from __future__ import annotations

from django.utils.module_loading import import_string

from awooop.rest import make_api

api = make_api(
    title="AwoooP",
    version="1",
    description="Runs, incidents, approvals and their evidence. "
    "Errors are RFC 9457 problem documents.",
    urls_namespace="api",
)

ROUTERS = (
    ("", "awooop.platform_api.router"),
    ("", "awooop.stop_api.router"),
    ("", "awooop.key_api.router"),
    ("", "awooop.audit_proof.api.router"),
    ("", "awooop.webhooks.api.router"),
    ("", "governance.api.router"),
    ("", "runs.api.router"),
    ("", "knowledge.api.router"),
    ("", "knowledge.review_api.router"),
)

for prefix, path in ROUTERS:
    api.add_router(prefix, import_string(path))
