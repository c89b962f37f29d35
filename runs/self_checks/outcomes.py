"""How the latest verifications and executions ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from governance.self_checks import Checked, Context, Finding, self_check
from governance.self_checks.asking import exceeds, rows_by_project, share, values

NAMED = 3
# One index scan of as many rows as the window per project, however many there are.
_VERIFIED = """
select wanted.project_id, count(*) as total,
       count(*) filter (where latest.verification_result = 'failed') as failed
  from unnest(%(projects)s::text[], %(windows)s::numeric[]) as wanted(project_id, latest_n)
 cross join lateral (
   select evidence.verification_result from runs_evidence evidence
    where evidence.project_id = wanted.project_id
      and evidence.verification_result is not null
    order by evidence.collected_at desc, evidence.id desc
    limit wanted.latest_n::int) as latest
 group by wanted.project_id
"""
_EXECUTED = """
select wanted.project_id, latest.success, playbook.name as playbook, count(*) as count
  from unnest(%(projects)s::text[], %(windows)s::numeric[]) as wanted(project_id, latest_n)
 cross join lateral (
   select execution.success, execution.playbook_id from runs_execution execution
    where execution.project_id = wanted.project_id
    order by execution.created_at desc, execution.id desc
    limit wanted.latest_n::int) as latest
  left join runs_playbook playbook on playbook.playbook_id = latest.playbook_id
 group by wanted.project_id, latest.success, playbook.name
"""
Row = dict[str, Any]


@self_check("llm_hallucination", owns=("llm_hallucination",), order=30)
def llm_hallucination(context: Context) -> dict[str, Checked]:
    """Answer the share of the latest verifications that failed."""
    windows = values(context, "llm_hallucination.window")
    found = rows_by_project(_VERIFIED, context, windows=windows)
    return {project: _verified(project, found[project], context) for project in context.projects}


def _verified(project: str, rows: Sequence[Row], context: Context) -> Checked:
    total, failed = (rows[0]["total"], rows[0]["failed"]) if rows else (0, 0)
    result = {"total": total, "failed": failed, "rate": share(failed, total)}
    limit = context.thresholds.value(project, "llm_hallucination.rate")
    if not exceeds(failed, total, limit):
        return Checked(result)
    impact = _("%(failed)d of the latest %(total)d verifications failed") % result
    hint = _("Compare the failed evidence with what the agent claimed; lower its autonomy.")
    return Checked(
        result,
        (
            Finding(
                "llm_hallucination",
                {
                    "status": "over_threshold",
                    "impact": impact,
                    "threshold": float(limit),
                    "remediation": {
                        "items": [],
                        "next_action": "review_failed_evidence",
                        "hint": hint,
                    },
                    "actionable": {"items": []},
                    **result,
                },
            ),
        ),
    )


@self_check("execution_blast_radius", owns=("execution_blast_radius",), order=40)
def execution_blast_radius(context: Context) -> dict[str, Checked]:
    """Answer the share of the latest executions that were not successful, and whose they were."""
    windows = values(context, "execution_blast_radius.window")
    found = rows_by_project(_EXECUTED, context, windows=windows)
    return {project: _executed(project, found[project], context) for project in context.projects}


def _executed(project: str, rows: Sequence[Row], context: Context) -> Checked:
    total = sum(row["count"] for row in rows)
    failed = sum(row["count"] for row in rows if not row["success"])
    result = {"total": total, "failed": failed, "rate": share(failed, total)}
    limit = context.thresholds.value(project, "execution_blast_radius.rate")
    if not exceeds(failed, total, limit):
        return Checked(result)
    worst = _worst(rows)
    named = ", ".join(worst) or _("no playbook")
    impact = _("%(failed)d of the latest %(total)d executions failed: ") % result + named
    hint = _("Hold the playbooks that fail most (%(named)s), and read their errors.")
    return Checked(
        result,
        (
            Finding(
                "execution_blast_radius",
                {
                    "status": "over_threshold",
                    "impact": impact,
                    "threshold": float(limit),
                    "remediation": {
                        "items": list(worst),
                        "next_action": "hold_failing_playbooks",
                        "hint": hint % {"named": named},
                    },
                    "actionable": {
                        "items": [
                            {"playbook": name, "failed": count} for name, count in worst.items()
                        ]
                    },
                    **result,
                },
            ),
        ),
    )


def _worst(rows: Sequence[Row]) -> dict[str, int]:
    """Answer the playbooks that fail most, with how often; the most first."""
    failures: Counter[str] = Counter()
    for row in rows:
        if not row["success"] and row["playbook"]:
            failures[row["playbook"]] += row["count"]
    ranked = sorted(failures.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(ranked[:NAMED])
