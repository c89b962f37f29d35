"""Facts that other rooms may act on, sent after the row is written, in the same transaction.

`stop_placed(stop, projects, by)`, `stop_lifted(stop, projects, by)`: `projects` are the active ones
that it is about. `webhook_disabled(subscription)`: it takes nothing any more.
"""

from django.dispatch import Signal

stop_placed = Signal()
stop_lifted = Signal()
webhook_disabled = Signal()
