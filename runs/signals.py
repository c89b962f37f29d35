"""Facts that other rooms may act on, sent after the row is written, in the same transaction.

`incident_resolved(incident, by)`; `incidents_resolved(incidents, by)`: the same ones, all of one
project, once for those that one statement resolved; `approval_decided(approval, by)` (approved,
rejected or expired), `run_transitioned(run, from_state, by)`.

Of one project each, once for all that one statement wrote: `incidents_opened(incidents, by)`,
`approvals_requested(approvals, by)`, `approvals_ended(approvals, by)`, `runs_ended(runs, by)`.
"""

from django.dispatch import Signal

incident_resolved = Signal()
incidents_resolved = Signal()
approval_decided = Signal()
run_transitioned = Signal()
incidents_opened = Signal()
approvals_requested = Signal()
approvals_ended = Signal()
runs_ended = Signal()
