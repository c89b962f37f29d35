"""How urgent a stale entry is, in SQL, so that ordering and paging are the database's.

`entry` is the alias of the entry's row; `%(at)s` is the moment.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    P0 = "P0", _("P0: now")
    P1 = "P1", _("P1: soon")
    P2 = "P2", _("P2: when there is time")


class Action(models.TextChoices):
    """What the owner is recommended to do."""

    ARCHIVE_OR_SUPERSEDE = "archive_or_supersede", _("archive or supersede")
    REFRESH_WITH_EVIDENCE = "refresh_with_evidence", _("refresh with evidence")
    OWNER_REVIEW = "owner_review", _("owner review")


class Reason(models.TextChoices):
    """Why an entry stands where it stands."""

    STALE_OVER_THRESHOLD = "stale_over_threshold", _("stale for longer than allowed")
    STALE_OVER_90_DAYS = "stale_over_90_days", _("stale for 90 days or more")
    HIGH_VIEW_COUNT = "high_view_count", _("read often")
    LINKED_INCIDENT = "linked_incident", _("tied to an incident")
    LINKED_PLAYBOOK = "linked_playbook", _("tied to a playbook")
    LINKED_APPROVAL = "linked_approval", _("tied to an approval")
    NEVER_VIEWED = "never_viewed", _("never read")
    NO_CORRELATION = "no_correlation", _("tied to nothing")


P0_FROM, P1_FROM = 60, 35
HIGH_VIEWS = 10
OLD_DAYS = 90

DAYS_SQL = "floor(extract(epoch from %(at)s - entry.updated_at)::float8 / 86400)::int"
_TIED = (
    "(entry.related_incident_id is not null or entry.related_playbook_id is not null"
    " or entry.related_approval_id is not null)"
)
# round(35 × min(days, 90) / 90 + min(25, 5 × log2(1 + views)) + 20 incident + 12 playbook
# + 8 approval), at most 100; half is rounded up. Floating point takes a tenth of numeric's time
# over 20,000 entries; the 1e-9 is for a half that it misses by a hair.
SCORE_SQL = f"""least(100, floor(0.500000001 +
    35.0::float8 * least({DAYS_SQL}, 90) / 90
    + least(25.0::float8, 5 * ln((1 + entry.view_count)::float8) / ln(2.0::float8))
    + case when entry.related_incident_id is not null then 20 else 0 end
    + case when entry.related_playbook_id is not null then 12 else 0 end
    + case when entry.related_approval_id is not null then 8 else 0 end))::int"""
ACTION_SQL = f"""case
    when {DAYS_SQL} >= {OLD_DAYS} and entry.view_count = 0 and not {_TIED}
      then '{Action.ARCHIVE_OR_SUPERSEDE.value}'
    when {_TIED} then '{Action.REFRESH_WITH_EVIDENCE.value}'
    else '{Action.OWNER_REVIEW.value}' end"""


def tier_sql(score: str) -> str:
    """Answer the tier of a score, in SQL."""
    return (
        f"case when {score} >= {P0_FROM} then '{Tier.P0.value}'"
        f" when {score} >= {P1_FROM} then '{Tier.P1.value}' else '{Tier.P2.value}' end"
    )


def ties_of(row: dict[str, object]) -> list[str]:
    """Answer what an entry is tied to: `incident`, `playbook`, `approval`."""
    columns = {
        "incident": "related_incident_id",
        "playbook": "related_playbook_id",
        "approval": "related_approval_id",
    }
    return [name for name, column in columns.items() if row[column] is not None]


def reasons_of(row: dict[str, object]) -> list[str]:
    """Answer why an entry stands where it stands, as codes; `row` as the lists have it."""
    ties = ties_of(row)
    found = {
        Reason.STALE_OVER_THRESHOLD: True,
        Reason.STALE_OVER_90_DAYS: row["stale_days"] >= OLD_DAYS,
        Reason.HIGH_VIEW_COUNT: row["view_count"] >= HIGH_VIEWS,
        Reason.LINKED_INCIDENT: "incident" in ties,
        Reason.LINKED_PLAYBOOK: "playbook" in ties,
        Reason.LINKED_APPROVAL: "approval" in ties,
        Reason.NEVER_VIEWED: row["view_count"] == 0,
        Reason.NO_CORRELATION: not ties,
    }
    return [code.value for code, holds in found.items() if holds]
