"""The status chain of an incident: eight stages from the alert to what was learned of it.

`registry` which stages there are, each contributed by the room that knows it; `facts` what is on
record about N incidents, in a fixed number of statements; `stages_*` what that means; `chains` all
of it together, with the grade.
"""

from runs.status_chain.chains import (
    Chain,
    asking,
    asking_of_incidents,
    asking_of_runs,
    of,
    of_incidents,
    of_runs,
)
from runs.status_chain.registry import (
    BLOCKED,
    DONE,
    MISSING,
    NOT_NEEDED,
    STAGES,
    WAITING,
    Key,
    Proof,
    Stage,
    Subject,
    each,
    registered_for_test,
    stage,
)

__all__ = [
    "BLOCKED",
    "DONE",
    "MISSING",
    "NOT_NEEDED",
    "STAGES",
    "WAITING",
    "Chain",
    "Key",
    "Proof",
    "Stage",
    "Subject",
    "asking",
    "asking_of_incidents",
    "asking_of_runs",
    "each",
    "of",
    "of_incidents",
    "of_runs",
    "registered_for_test",
    "stage",
]
