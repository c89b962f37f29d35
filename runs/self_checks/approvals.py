"""Approvals that wait in silence: nobody was told, or there is nothing to decide on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from governance.self_checks import Checked, Context, Finding, self_check
from governance.self_checks.asking import rows_by_project, values

NAMED = 10
# What an agent writes where it has no proposal.
PLACEHOLDERS = ("", "NO_ACTION", "待分析")
_SILENT = """
select approval.project_id,
       count(*) as pending,
       count(*) filter (where late and undelivered) as undelivered,
       count(*) filter (where late and unanalysed) as unanalysed,
       (array_agg(approval.id::text order by approval.requested_at, approval.id)
          filter (where late and (undelivered or unanalysed)))[:%(named)s] as named
  from (
    select pending.project_id, pending.id, pending.requested_at,
           pending.requested_at < %(at)s - make_interval(secs => (wanted.minutes * 60)::float)
             as late,
           (message.send_status is distinct from 'sent'
              and message.fallback_sent_at is null) as undelivered,
           upper(btrim(pending.suggested_action)) = any (%(placeholders)s) as unanalysed
      from unnest(%(projects)s::text[], %(minutes)s::numeric[]) as wanted(project_id, minutes)
      join runs_approval pending
        on pending.project_id = wanted.project_id and pending.status = 'pending'
      left join runs_outboundmessage message on message.message_id = pending.notification_id
  ) as approval
 group by approval.project_id
"""


@self_check("silent_approval", owns=("silent_approval",), order=60)
def silent_approval(context: Context) -> dict[str, Checked]:
    """Answer how many approvals wait, and how many of the late ones nobody was told of, or have no
    proposal to decide on."""
    found = rows_by_project(
        _SILENT,
        context,
        minutes=values(context, "silent_approval.minutes"),
        placeholders=list(PLACEHOLDERS),
        named=NAMED,
    )
    return {project: _checked(found[project]) for project in context.projects}


def _checked(rows: Sequence[dict[str, Any]]) -> Checked:
    counts = rows[0] if rows else {"pending": 0, "undelivered": 0, "unanalysed": 0}
    result = {name: counts[name] for name in ("pending", "undelivered", "unanalysed")}
    if not (result["undelivered"] or result["unanalysed"]):
        return Checked(result)
    impact = (
        _("Approvals wait in silence: %(undelivered)d undelivered, %(unanalysed)d unanalysed")
        % result
    )
    hint = _("Decide them in the console, and see why their messages were not delivered.")
    named = list(counts["named"] or [])
    details = {
        "status": "silent",
        "impact": impact,
        "remediation": {"items": named, "next_action": "decide_silent_approvals", "hint": hint},
        "actionable": {"items": [{"approval_id": each} for each in named]},
        **result,
    }
    return Checked(result, (Finding("silent_approval", details),))
