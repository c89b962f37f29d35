"""Facts that other rooms may act on, sent after the row is written, in the same transaction.

`events_notify(events, by)`: a person is to be told of these (opened, graver than before, or still
open after a day). `events_opened(events, by)`,
`events_resolved(events, by)`. `dispatches_moved(dispatches, by)`: opened, or
another status. The rows may be of several projects.
"""

from django.dispatch import Signal

events_notify = Signal()
events_resolved = Signal()
events_opened = Signal()
dispatches_moved = Signal()
