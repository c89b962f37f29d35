"""How far a dispatch's work has come, as steps that a page draws."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from governance import workflow
from governance.models import Dispatch, DispatchStatus
from governance.selectors.queue import steps_of
from governance.wording import word

Step = dict[str, Any]
_S = DispatchStatus
_ENDED_BADLY = {_S.FAILED: "blocked", _S.CANCELLED: "blocked"}
# Work without a workflow of its own goes through its statuses.
_PLAIN = (_S.PENDING, _S.DISPATCHED, _S.EXECUTING, _S.SUCCEEDED)


def steps(dispatch: Dispatch) -> list[Step]:
    """Answer the steps: those done, the one it stands at, those to come.

    What failed or was cancelled ends with a step that says so, after those that it never came to.
    """
    names = steps_of(dispatch) or [status.value for status in _PLAIN]
    at = _position(dispatch, names)
    ended = _ENDED_BADLY.get(dispatch.dispatch_status)
    found = [_step(name, index, at, dispatch) for index, name in enumerate(names)]
    if ended is None:
        return found
    here = {**found[at], "status": "missing", "status_label": _("not finished"), "next_step": ""}
    return [*found[:at], here, *map(_never, found[at + 1 :]), _end(dispatch, ended)]


def _position(dispatch: Dispatch, names: list[str]) -> int:
    """Answer the index of the step that it stands at, or stood at when it ended."""
    stage = dispatch.workflow_stage
    if stage in names:
        return names.index(stage)
    # `needs_manual_km_triage` and `cancelled` are no steps: where it was is known by its times.
    reached = _S.EXECUTING if dispatch.started_at else _S.PENDING
    for name in (workflow.stage_of(dispatch.executor_type, reached), dispatch.dispatch_status):
        if name in names:
            return names.index(name)
    return 0


def _step(name: str, index: int, at: int, dispatch: Dispatch) -> Step:
    if index < at or (index == at and _is_through(dispatch, name)):
        return {"label": word(name), "status": "done"}
    if index > at:
        return {"label": word(name), "status": "missing", "status_label": _("to come")}
    waits = dispatch.dispatch_status in (_S.SKIPPED, _S.PENDING, _S.DISPATCHED)
    return {
        "label": word(name),
        "status": "waiting" if waits else "current",
        "at": _since(dispatch),
        "next_step": _next(dispatch),
    }


def _is_through(dispatch: Dispatch, name: str) -> bool:
    return name == dispatch.dispatch_status == _S.SUCCEEDED


def _next(dispatch: Dispatch) -> str:
    is_said = dispatch.next_action and dispatch.next_action != "none"
    return word(dispatch.next_action) if is_said else ""


def _since(dispatch: Dispatch) -> Any:
    times = (dispatch.completed_at, dispatch.started_at, dispatch.dispatched_at)
    return next((moment for moment in times if moment), dispatch.created_at)


def _never(step: Step) -> Step:
    return {"label": step["label"], "status": "not_needed", "status_label": _("not reached")}


def _end(dispatch: Dispatch, status: str) -> Step:
    is_failure = dispatch.dispatch_status == _S.FAILED
    label = word(dispatch.workflow_stage) if is_failure else _("Ended")
    return {
        "label": label,
        "status": status,
        "status_label": _("failed") if is_failure else _("cancelled"),
        "at": dispatch.completed_at,
        "next_step": _next(dispatch),
    }
