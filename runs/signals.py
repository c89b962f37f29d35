"""Facts that other rooms may act on, sent after the row is written, in the same transaction.

`incident_resolved(incident, by)`, `approval_decided(approval, by)` (approved, rejected or expired),
`run_transitioned(run, from_state, by)`.
"""

from django.dispatch import Signal

incident_resolved = Signal()
approval_decided = Signal()
run_transitioned = Signal()
