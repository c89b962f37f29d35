"""This room's rows: the kill switch, drift, events and dispatches, SLOs without data."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from awooop import paging, stops, together
from awooop.together import Asking
from governance.models import DispatchStatus, DriftFingerprint, DriftState
from governance.selectors import slo
from governance.work_items.registry import Context, Found, work_item

PAGE = "/governance"
UNSETTLED = (DriftState.DETECTED, DriftState.PR_OPEN, DriftState.HANDED_OFF)
_SKIPPED_DAYS = timedelta(days=30)
# Events by their partial index, dispatches by that of their status.
_DISPATCHES = """
select coalesce(sum(events.unresolved), 0)::int as unresolved,
       coalesce(sum(work.queued), 0)::int as queued,
       coalesce(sum(work.executing), 0)::int as executing,
       coalesce(sum(work.skipped), 0)::int as skipped,
       max(events.seen_at) as seen_at
  from unnest(%(projects)s::text[]) as visible(project_id)
 cross join lateral (
   select count(*) as unresolved, max(last_seen_at) as seen_at from governance_governanceevent
    where project_id = visible.project_id and not resolved) events
 cross join lateral (
   select count(*) filter (where dispatch_status in ('pending', 'dispatched')) as queued,
          count(*) filter (where dispatch_status = 'executing') as executing,
          count(*) filter (where dispatch_status = 'skipped') as skipped
     from governance_dispatch
    where project_id = visible.project_id
      and (dispatch_status = any(%(active)s)
           or dispatch_status = 'skipped' and created_at > %(since)s)) work
"""


@work_item(
    "kill_switch",
    title=_l("Kill switch"),
    gate=_l("Nothing is stopped."),
    phase="govern",
    source="awooop.Stop",
    surface="/awooop/stops",
)
def kill_switch(context: Context) -> Asking[Found]:
    """What somebody stopped and nobody has lifted yet."""
    (found,) = yield (stops.open_ones(context.projects),)
    newest = max((stop.stopped_at for stop in found), default=None)
    return Found(
        open=len(found),
        evidence=stops.told(found[0]) if found else _("Nothing is stopped"),
        href=context.href("/awooop/stops"),
        next_step=_("Mend what was wrong, then lift the stop; or end what runs."),
        details={
            "stops": [
                {"stop_id": str(stop.pk), "scope": stop.scope, "project_id": stop.project_id}
                for stop in found[:20]
            ]
        },
        owner="project_admin",
        updated_at=newest,
    )


@work_item(
    "config_drift_fsm",
    title=_l("Configuration drift"),
    gate=_l("Every drift is adopted, resolved or gone."),
    phase="govern",
    source="governance.DriftFingerprint",
    surface="/governance?tab=drift",
)
def config_drift_fsm(context: Context) -> Asking[Found]:
    """Drift that nobody has settled."""
    rows = paging.restrict(DriftFingerprint.objects.order_by(), context.projects)
    by_state = rows.values_list("state").annotate(count=Count("pk"), seen_at=Max("last_seen_at"))
    (found,) = yield (together.objects(by_state),)
    counts = dict.fromkeys(DriftState.values, 0)
    seen = []
    for state, count, seen_at in found:
        counts[state] = count
        seen.append(seen_at)
    unsettled = sum(counts[state] for state in UNSETTLED)
    return Found(
        open=unsettled,
        evidence=_("%(n)d unsettled: %(detected)d detected, %(pr_open)d with a pull request,"
                   " %(handed_off)d handed off") % {"n": unsettled, **counts},
        href=context.href(PAGE, tab="drift"),
        next_step=_("Hand off, adopt or resolve each: a dry run first."),
        details=counts,
        owner="operator",
        updated_at=max(seen, default=None),
    )  # fmt: skip


@work_item(
    "governance_dispatch",
    title=_l("Governance events and their work"),
    gate=_l("No event is unresolved and no dispatch waits."),
    phase="govern",
    source="governance.GovernanceEvent, governance.Dispatch",
    surface="/governance?tab=events",
)
def governance_dispatch(context: Context) -> Asking[Found]:
    """What the self-checks found, and the work that it asks for."""
    given = {
        "projects": list(context.projects),
        "active": [DispatchStatus.PENDING, DispatchStatus.DISPATCHED, DispatchStatus.EXECUTING],
        "since": context.at - _SKIPPED_DAYS,
    }
    (counts,) = yield (together.one(_DISPATCHES, given),)
    seen_at = counts.pop("seen_at")
    tab = "events" if counts["unresolved"] else "queue"
    return Found(
        open=counts["unresolved"] + counts["queued"] + counts["executing"],
        evidence=_("Events unresolved: %(unresolved)d; dispatches queued: %(queued)d, under way:"
                   " %(executing)d, skipped in 30 days: %(skipped)d") % counts,
        href=context.href(PAGE, tab=tab),
        next_step=_("Resolve the events, and start or close the dispatches."),
        details=counts,
        owner="operator",
        updated_at=seen_at,
    )  # fmt: skip


@work_item(
    "slo_data_gap",
    title=_l("SLOs without data"),
    gate=_l("Every SLO in force has a fresh number."),
    phase="govern",
    source="governance.SloSample",
    surface="/governance?tab=slo",
)
def slo_data_gap(context: Context) -> Asking[Found]:
    """SLOs that nothing is known of: skipped, failed, or not evaluated for two hours."""
    latest = yield from slo.asking_latest(context.projects)
    gaps = [
        {"project_id": project, "slo": verdict["name"], "reason": verdict["reason"] or "stale"}
        for project, evaluation in latest.items()
        for verdict in evaluation.verdicts
        if evaluation.is_stale or verdict["status"] in ("skipped", "error")
    ]
    in_force = sum(len(evaluation.verdicts) for evaluation in latest.values())
    moments = [one.evaluated_at for one in latest.values() if one.evaluated_at]
    return Found(
        open=len(gaps),
        evidence=_("%(gaps)d of %(all)d SLOs have no fresh number")
        % {"gaps": len(gaps), "all": in_force},
        href=context.href(PAGE, tab="slo"),
        next_step=_("See each SLO's hint: run the self-check, or have what it measures reported."),
        details={"in_force": in_force, "gaps": gaps[:20]},
        owner="project_admin",
        updated_at=min(moments, default=None),
    )
