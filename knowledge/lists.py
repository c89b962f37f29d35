"""The lists of this room: their names, their columns or facts, and what of the file each is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from awooop.listing import Column, Listing, register

ENTRIES = register(
    Listing(
        "knowledge",
        "knowledge",
        _("Knowledge"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("snippet", _("What it says"), ()),
            Column("status", _("Status")),
            Column("type", _("Type"), ("entry_type",)),
            Column("category", _("Category"), ("category", "tags")),
            Column("owner", _("Owner")),
            Column("updated", _("Updated"), ("created_at", "updated_at")),
            Column("incident", _("Incident"), ("related_incident_id",)),
        ),
        fixed=("entry_id", "title"),
        has_cards=True,
    )
)
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
DRAFTS = register(
    Listing(
        "knowledge-drafts",
        "knowledge-drafts",
        _("Review drafts"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("kept", _("Which one stays"), ("preferred_source", "canonical_updated_at")),
            Column("duplicates", _("Duplicates"), ("duplicate_count", "duplicate_entry_ids")),
            Column("history", _("Archived before"), ()),
        ),
        fixed=("governance_event_id", "canonical_entry_id", "canonical_title"),
        has_cards=True,
    )
)
BURN_DOWN = register(
    Listing(
        "knowledge-burn-down",
        "knowledge-burn-down",
        _("Burn-down"),
        (
            Column("outcome", _("Outcome"), ("review_outcome",)),
            Column("owner", _("Owner")),
            Column("completed", _("Completed"), ("completed_at",)),
            Column("ratio", _("Stale ratio after"), ("stale_ratio_after", "above_threshold")),
            Column("change", _("Change"), ("stale_count_delta", "stale_ratio_delta")),
            Column("measured", _("Measured"), ("dispatch_status",)),
        ),
        fixed=("completion_dispatch_id", "source_dispatch_id", "entry_id", "title"),
    )
)
