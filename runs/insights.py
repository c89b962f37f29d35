"""This room's charts: decisions, how long they take, how runs end, what agents cost."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.insights import Chart, Period, Series, insight
from runs.models import ApprovalStatus, RunState
from runs.selectors import daily

_OUTCOMES = {
    ApprovalStatus.APPROVED: "ok",
    ApprovalStatus.REJECTED: "bad",
    ApprovalStatus.EXPIRED: "warn",
    ApprovalStatus.CANCELLED: "idle",
    ApprovalStatus.PENDING: "accent",
}
_STATES = {
    RunState.COMPLETED: "ok",
    RunState.FAILED: "bad",
    RunState.TIMED_OUT: "warn",
    RunState.CANCELLED: "idle",
}
# Agents have no tone of their own: they are told apart by texture and name.
_TONES = ("accent", "ok", "warn", "idle", "bad", "accent", "idle")


@insight("approvals", order=10)
def approvals(projects: Sequence[str], period: Period) -> list[Chart]:
    """What became of the approvals of each day, and how long people took."""
    found = daily.approvals(projects, period.params)
    outcomes = [
        Series(str(status), str(status.label), found.outcomes[status], tone)
        for status, tone in _OUTCOMES.items()
    ]
    href = _address("approvals", projects, tab="history")
    return [
        Chart(
            name="approvals_by_outcome",
            title=_("Approvals by outcome"),
            note=_("On the day on which they were asked for."),
            series=outcomes,
            href=href,
            empty=_("No approval was asked for in these days."),
        ),
        Chart(
            name="decision_latency",
            title=_("Time to a decision"),
            note=_("Of those that a person decided, on the day on which they were asked for."),
            shape="lines",
            unit="seconds",
            series=[
                Series("p50", _("half are decided within (p50)"), found.median),
                Series("p90", _("nine of ten within (p90)"), found.slow),
            ],
            href=href,
            empty=_("Nothing was decided in these days."),
        ),
    ]


@insight("runs", order=20)
def runs(projects: Sequence[str], period: Period) -> list[Chart]:
    """How the runs of each day ended, and what each agent's cost."""
    found = daily.runs(projects, period.params)
    states = [
        Series(str(state), str(state.label), found.states[state], tone)
        for state, tone in _STATES.items()
    ]
    states.append(Series("at_work", _("not ended"), found.states["at_work"], "accent"))
    href = _address("runs-list", projects)
    return [
        Chart(
            name="runs_by_state",
            title=_("Runs by how they ended"),
            note=_("On the day on which they were made."),
            series=states,
            href=href,
            empty=_("No run was made in these days."),
        ),
        Chart(
            name="cost_by_agent",
            title=_("Cost by agent"),
            note=_("US dollars, on the day on which the run was made."),
            unit="usd",
            series=_costs(found),
            href=href,
            empty=_("No run reported a cost in these days."),
        ),
    ]


def _costs(found: daily.Runs) -> list[Series]:
    return [
        Series(agent or "", agent or _("others"), costs, tone)
        for (agent, costs), tone in zip(found.costs.items(), _TONES, strict=False)
    ]


def _address(page: str, projects: Sequence[str], **query: str) -> str:
    if len(projects) == 1:
        query["project_id"] = projects[0]
    return f"{reverse(page)}?{urlencode(query)}" if query else reverse(page)
