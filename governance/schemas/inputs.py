"""What the API takes; the actions check what the state allows."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from awooop.rest import Body, ProjectId
from governance.actions.events import NOTE_MOST


class ResolveIn(Body):
    """Why an event is resolved."""

    note: Annotated[str, StringConstraints(min_length=1, max_length=NOTE_MOST)]


class DispatchNoteIn(Body):
    """A word to what is done with a dispatch."""

    note: Annotated[str, StringConstraints(max_length=NOTE_MOST)] = ""


class SelfCheckIn(Body):
    """Which project and check; absent: all that the key may govern. `alert` false only looks."""

    project_id: ProjectId | None = None
    check: Annotated[str, Field(max_length=64)] | None = None
    alert: bool = True
