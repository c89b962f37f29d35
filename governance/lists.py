"""The lists of this room; those of cards have no columns to choose."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from awooop.listing import Column, Listing, register

EVENTS = register(
    Listing("governance-events", "governance", _("Governance events"), query={"tab": "events"})
)
QUEUE = register(
    Listing("governance-queue", "governance", _("Governance: queue"), query={"tab": "queue"})
)
DRIFT = register(
    Listing("governance-drift", "governance", _("Governance: drift"), query={"tab": "drift"})
)
WORK_ITEMS = register(
    Listing(
        "work-items",
        "work-items",
        _("Work items"),
        (
            Column("status", _("Status")),
            Column("evidence", _("Evidence"), ("evidence", "next_step")),
            Column("owner", _("Owner")),
            Column("updated", _("Updated"), ("updated_at",)),
        ),
        fixed=("id", "kind", "title", "gate"),
    )
)
