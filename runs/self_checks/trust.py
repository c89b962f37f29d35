"""Playbooks whose trust has drifted away: the unused are deprecated, the rest are reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awooop import callers
from awooop.actions import audit
from governance.self_checks import Checked, Context, Finding, self_check
from governance.self_checks.asking import rows_by_project, share, values

_SYSTEM = callers.system("trust drift self-check")
NAMED = 10
_MEASURED = """
with wanted as (
  select * from unnest(%(projects)s::text[], %(minimum)s::numeric[], %(unused)s::numeric[])
             as wanted(project_id, minimum, unused_days)
)
select playbook.project_id,
       count(*) as checked,
       count(*) filter (where playbook.trust_score < wanted.minimum) as drifted
  from runs_playbook playbook join wanted using (project_id)
 where playbook.status not in ('deprecated', 'archived')
 group by playbook.project_id
"""
_DEPRECATED = """
with wanted as (
  select * from unnest(%(projects)s::text[], %(minimum)s::numeric[], %(unused)s::numeric[])
             as wanted(project_id, minimum, unused_days)
), unused as (
  select playbook.playbook_id from runs_playbook playbook join wanted using (project_id)
   where playbook.status not in ('deprecated', 'archived')
     and playbook.trust_score < wanted.minimum
     and coalesce(playbook.last_used_at, playbook.created_at)
         < %(at)s - make_interval(hours => (wanted.unused_days * 24)::int)
   order by playbook.playbook_id
     for update of playbook
)
update runs_playbook playbook set status = 'deprecated'
  from unused where unused.playbook_id = playbook.playbook_id
returning playbook.project_id, playbook.playbook_id, playbook.name, playbook.trust_score
"""
_KEPT = """
select project_id, playbook_id, name, trust_score from (
  select playbook.project_id, playbook.playbook_id, playbook.name, playbook.trust_score,
         row_number() over (partition by playbook.project_id
                            order by playbook.trust_score, playbook.name) as place
    from runs_playbook playbook
    join unnest(%(projects)s::text[], %(minimum)s::numeric[]) as wanted(project_id, minimum)
         using (project_id)
   where playbook.status not in ('deprecated', 'archived')
     and playbook.trust_score < wanted.minimum
) ranked where place <= %(named)s order by project_id, place
"""
Row = dict[str, Any]


@self_check("trust_drift", owns=("trust_drift",), order=10)
def trust_drift(context: Context) -> dict[str, Checked]:
    """Answer how many playbooks fell below the minimum trust; deprecate those long unused."""
    given = {
        "minimum": values(context, "trust_drift.minimum_score"),
        "unused": values(context, "trust_drift.unused_days"),
    }
    measured = rows_by_project(_MEASURED, context, **given)
    deprecated: Mapping[str, Sequence[Row]] = dict.fromkeys(context.projects, ())
    if context.may_write:
        deprecated = rows_by_project(_DEPRECATED, context, **given)
        _record(deprecated)
    kept = rows_by_project(_KEPT, context, named=NAMED, **given)
    return {
        project: _checked(measured[project], deprecated[project], kept[project])
        for project in context.projects
    }


def _record(deprecated: Mapping[str, Sequence[Row]]) -> None:
    entries = {
        project: [
            audit.Entry(
                "playbook.auto_deprecate",
                "playbook",
                str(row["playbook_id"]),
                {"name": row["name"], "trust_score": row["trust_score"]},
            )
            for row in rows
        ]
        for project, rows in deprecated.items()
    }
    audit.append_projects(by=_SYSTEM, entries=entries)


def _checked(measured: Sequence[Row], deprecated: Sequence[Row], named: Sequence[Row]) -> Checked:
    counts = measured[0] if measured else {"checked": 0, "drifted": 0}
    kept = counts["drifted"] - len(deprecated)
    result = {
        "checked": counts["checked"],
        "drifted": counts["drifted"],
        "drift_ratio": share(counts["drifted"], counts["checked"]),
        "auto_deprecated": len(deprecated),
        "kept": kept,
    }
    return Checked(result, (_finding(result, named),) if kept else ())


def _finding(result: Row, named: Sequence[Row]) -> Finding:
    kept = result["kept"]
    impact = ngettext(
        "%(count)d playbook in use is below the minimum trust",
        "%(count)d playbooks in use are below the minimum trust",
        kept,
    ) % {"count": kept}
    playbooks = [
        {
            "playbook_id": str(row["playbook_id"]),
            "name": row["name"],
            "trust_score": float(row["trust_score"]),
        }
        for row in named
    ]
    hint = _("Read what these playbooks did last; mend them, or deprecate them.")
    return Finding(
        "trust_drift",
        {
            "status": "drifted",
            "impact": impact,
            "remediation": {
                "items": [playbook["name"] for playbook in playbooks],
                "next_action": "review_playbooks",
                "hint": hint,
            },
            "actionable": {"items": playbooks},
            **result,
        },
    )
