"""The lists of this room: their names, and what of each row a reader may leave out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from awooop.listing import Column, Listing, register

EVENTS = register(
    Listing(
        "governance-events",
        "governance",
        _("Governance events"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("impact", _("Impact")),
            Column("remediation", _("What to do"), ("remediation",)),
            Column("seen", _("Seen"), ("occurrences", "last_seen_at")),
            Column(
                "resolved",
                _("Resolved"),
                ("resolved", "resolved_at", "resolved_by", "resolution_note"),
            ),
            Column("owner", _("Owner"), ()),
            Column("work", _("Work"), ()),
            Column("details", _("Details"), ()),
        ),
        fixed=("id", "event_type", "subject", "severity", "triggered_at"),
        has_cards=True,
        query={"tab": "events"},
    )
)
QUEUE = register(
    Listing(
        "governance-queue",
        "governance",
        _("Governance: queue"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("steps", _("Steps"), ("dispatched_at", "started_at", "completed_at")),
            Column("event", _("Event"), ("governance_event_id", "event_type", "subject")),
            Column("action", _("Proposed action"), ("proposed_action",)),
            Column("owner", _("Owner")),
            Column("attempts", _("Attempts"), ("attempt_count",)),
            Column("note", _("Note"), ("operator_note",)),
            Column("context", _("Decision context"), ()),
        ),
        fixed=("id", "executor_type", "dispatch_status", "created_at"),
        has_cards=True,
        query={"tab": "queue"},
    )
)
DRIFT = register(
    Listing(
        "governance-drift",
        "governance",
        _("Governance: drift"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("next", _("Next step"), ("next_step",)),
            Column("seen", _("Seen"), ("occurrences", "first_seen_at")),
            Column("owner", _("Owner")),
            Column("request", _("Pull request"), ("pr_url",)),
            Column("incidents", _("Incidents"), ()),
            Column("diff", _("What differs"), ()),
            Column("conditions", _("Conditions of its adoption"), ()),
        ),
        fixed=("id", "namespace", "kind", "resource", "state", "last_seen_at"),
        has_cards=True,
        query={"tab": "drift"},
    )
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
