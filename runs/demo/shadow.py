"""The agent on trial: it works the same incident beside the other one, and nothing of it counts."""

from __future__ import annotations

from runs.demo.case import Case
from runs.demo.contracts import SHADOW_AGENT
from runs.models import GateScope, RunState


def beside(case: Case) -> None:
    """Tell of a shadow run: what it would have done is on record, allowed and not enforced."""
    at = case.incident.opened_at + case.world.span(1, 3)
    work = case.queue_run(at, "shadow", case.ident, SHADOW_AGENT)
    work.run.is_shadow, work.is_legacy = True, False
    fix = case.scenario.fix
    work.claim()
    work.step("triage.classify", case.say(f"{case.scenario.alertname}: {{target}}"))
    for tool, said in case.scenario.probes[:2]:
        work.probe(tool, case.say(said))
    work.step(fix.tool, "shadow: " + case.say(fix.action), scope=GateScope.WRITE)
    work.end(RunState.COMPLETED)
