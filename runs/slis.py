"""The SLIs that executions, their evidence and truth-chain summaries answer.

`runs.actions.sli_totals` counts executions and evidence for Prometheus.
"""

from __future__ import annotations

from governance.slo.slis import Window, ask, sli
from runs.actions.sli_totals import BINS

# Lateral: one index scan of a day per project, however many projects.
_AUTONOMY = """
select wanted.project_id, day.value
  from unnest(%(projects)s::text[]) as wanted(project_id)
 cross join lateral (
   select avg((not done.human_approved)::int) as value
     from runs_execution done
    where done.project_id = wanted.project_id
      and done.created_at > %(since)s and done.created_at <= %(until)s
 ) as day
"""
_ACCURACY = """
select wanted.project_id, day.value
  from unnest(%(projects)s::text[]) as wanted(project_id)
 cross join lateral (
   select avg((verified.verification_result = 'success')::int) as value
     from runs_evidence verified
    where verified.project_id = wanted.project_id
      and verified.verification_result is not null
      and verified.collected_at > %(since)s and verified.collected_at <= %(until)s
 ) as day
"""
_CALIBRATION = """
select wanted.project_id, 1 - sum(abs(day.successes - day.confidence)) / sum(day.predictions)
  from unnest(%(projects)s::text[]) as wanted(project_id)
 cross join lateral (
   select least(floor(done.predicted_confidence * %(bins)s), %(bins)s - 1) as bin,
          count(*) as predictions,
          sum(done.predicted_confidence) as confidence,
          count(*) filter (where done.success) as successes
     from runs_execution done
    where done.project_id = wanted.project_id
      and done.predicted_confidence is not null
      and done.created_at > %(since)s and done.created_at <= %(until)s
    group by 1
 ) as day
 group by wanted.project_id
"""


# One row for each project, written each minute: one that was not for an hour says nothing.
_LATENCY = """
select project_id, duration_ms / 1000 from runs_truthchainsummary
 where project_id = any(%(projects)s) and "limit" = 8 and success
   and generated_at > %(until)s - interval '1 hour' and generated_at <= %(until)s
"""


@sli("autonomy_rate")
def autonomy_rate(window: Window) -> dict[str, float | None]:
    """Answer the share of finished operations that needed no human decision.

    Every execution is a finished operation, failed ones too; `human_approved` says that it needed
    a person.
    """
    return ask(_AUTONOMY, window)


@sli("decision_accuracy")
def decision_accuracy(window: Window) -> dict[str, float | None]:
    """Answer the share of verifications whose result is `success`."""
    return ask(_ACCURACY, window)


@sli("confidence_calibration")
def confidence_calibration(window: Window) -> dict[str, float | None]:
    """Answer 1 − the expected calibration error of `predicted_confidence`, in ten bins."""
    return ask(_CALIBRATION, window, bins=BINS)


@sli("truth_chain_quality_summary_latency")
def truth_chain_quality_summary_latency(window: Window) -> dict[str, float | None]:
    """Answer how many seconds the last truth-chain quality summary took; the gauge
    `awooop_truth_chain_quality_summary_last_duration_seconds` says the same."""
    return ask(_LATENCY, window)
