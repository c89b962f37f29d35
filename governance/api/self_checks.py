"""Ask the self-checks now."""

from __future__ import annotations

from django.http import HttpRequest

from awooop.rest import GOVERN, PROBLEMS
from governance.actions import asking
from governance.api.base import router
from governance.models import CheckTrigger
from governance.schemas.inputs import SelfCheckIn
from governance.schemas.outputs import SelfCheckAnswer


@router.post("/ai/governance/self-check", response={200: SelfCheckAnswer, **PROBLEMS}, auth=GOVERN)
def run_self_check(request: HttpRequest, body: SelfCheckIn | None = None):
    """Run the checks as `manage.py self_check` does.

    With `check` no cycle is kept; with `alert` false nothing is written at all. A project that was
    checked less than a minute ago is named in `skipped`.
    """
    wanted = body.model_dump() if body else {}
    asked = asking.ask(by=request.caller, trigger=CheckTrigger.API, **wanted)
    return asking.told(asked)
