"""The kernel's lists: their names, their columns, and what of the file each stands for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from awooop.listing import Column, Listing, register

CONTRACTS = register(
    Listing(
        "contracts",
        "contracts",
        _("Contracts"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("family", _("Family"), ("contract_family",)),
            Column("version", _("Version"), ("version_major", "version_minor")),
            Column("status", _("Status"), ("lifecycle_status",)),
            Column("hash", _("Hash of the body"), ("body_hash",)),
            Column("created", _("Created"), ("created_at",)),
        ),
        fixed=("revision_id", "contract_id"),
    )
)
STOPS = register(
    Listing(
        "stops",
        "stops",
        _("Kill switch"),
        (
            Column("where", _("Where"), ("project_id",)),
            Column("why", _("Why"), ("reason", "lift_reason")),
            Column("who", _("Stopped by"), ("stopped_by", "lifted_by")),
            Column("when", _("Stopped"), ("stopped_at", "lifted_at")),
        ),
        fixed=("stop_id", "scope", "agent_id", "tool_name"),
    )
)
WEBHOOKS = register(
    Listing(
        "webhooks",
        "webhooks",
        _("Webhooks"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("state", _("State"), ("is_active",)),
            Column("events", _("Events"), ("kinds",)),
            Column("created", _("Created"), ("created_at",)),
        ),
        fixed=("subscription_id", "name", "url"),
    )
)
TENANTS = register(
    Listing(
        "tenants",
        "tenants",
        _("Tenants"),
        (
            Column("mode", _("Mode"), ("migration_mode",)),
            Column("active", _("Active"), ("is_active",)),
            Column("budget", _("Budget a month"), ("budget_limit_usd",)),
            Column("created", _("Created"), ("created_at",)),
        ),
        fixed=("project_id", "display_name"),
    )
)
