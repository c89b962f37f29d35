"""The lists of this room; that of entries is of cards and has no columns to choose."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from awooop.listing import Column, Listing, register

ENTRIES = register(Listing("knowledge", "knowledge", _("Knowledge")))
STALE = register(
    Listing(
        "knowledge-stale",
        "knowledge-stale",
        _("Stale knowledge"),
        (
            Column("priority", _("Priority"), ("priority_tier", "priority_score")),
            Column("days", _("Days"), ("stale_days", "updated_at")),
            Column("views", _("Views"), ("view_count",)),
            Column("ties", _("Tied to"), ("related_incident_id", "related_playbook_id")),
            Column("recommended", _("Recommended"), ("recommended_action",)),
            Column("owner", _("Owner")),
            Column("review", _("Review"), ("owner_review_status",)),
        ),
        fixed=("entry_id", "project_id", "title"),
    )
)
REVIEWS = register(
    Listing(
        "knowledge-reviews",
        "knowledge-reviews",
        _("Owner reviews"),
        (
            Column("priority", _("Priority"), ("priority_tier", "priority_score")),
            Column("state", _("State"), ("readiness", "blockers")),
            Column("recommended", _("Recommended"), ("recommended_completion_outcome",)),
            Column("owner", _("Owner")),
            Column("when", _("Queued"), ("queued_at", "completed_at")),
        ),
        fixed=("dispatch_id", "project_id", "entry_id", "title"),
    )
)
