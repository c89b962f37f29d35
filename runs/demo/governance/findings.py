"""From what was measured to the results and findings of one self-check."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from governance.self_checks import Finding
from governance.slo import definitions, readings, verdicts
from governance.slo import findings as slo_findings
from governance.slo.verdicts import Verdict
from runs.demo.governance.measures import Measures

# Who answers for the knowledge of the invented company.
OWNERSHIP = {
    "lead_agent": "hermes",
    "support_agents": ["km-agent"],
    "human_owner": "yuting.wang@awoooi.example",
    "why": "owner of most of the stale entries",
}


@dataclass
class Looked:
    """What all checks answered at one moment."""

    at: datetime
    results: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)


def look(measures: Measures, at: datetime, number: int) -> Looked:
    """Answer what the checks would have found."""
    looked = Looked(at)
    _trust(looked, measures.drifted(at))
    _knowledge(looked, measures.stale(at))
    _verifications(looked, measures.verifications(at))
    _outcomes(looked, measures.outcomes(at))
    _slos(looked, measures.readings(at, number))
    _silence(looked, measures.approvals_at(at))
    return looked


def finding(
    kind: str, impact: str, action: str, hint: str, items: list[Any], **more: Any
) -> Finding:
    """Answer a finding with the details that all have in common."""
    details = {
        "status": "over_threshold",
        "impact": impact,
        "remediation": {"items": items, "next_action": action, "hint": hint},
        "actionable": {"items": items},
        **more,
    }
    return Finding(kind, details)


def _trust(looked: Looked, drifted: dict[str, float]) -> None:
    checked, count = 23, len(drifted)
    result = {
        "checked": checked,
        "drifted": count,
        "drift_ratio": round(count / checked, 3),
        "auto_deprecated": 0,
        "kept": count,
    }
    looked.results["trust_drift"] = result
    if drifted:
        named = [{"name": name, "trust_score": trust} for name, trust in drifted.items()]
        noun = "playbook" if count == 1 else "playbooks"
        impact = f"{count} {noun} in use below the minimum trust"
        hint = "Read what these playbooks did last; mend them, or deprecate them."
        looked.findings.append(
            finding("trust_drift", impact, "review_playbooks", hint, named, **result)
        )


def _knowledge(looked: Looked, stale: dict[str, Any]) -> None:
    looked.results["knowledge_degradation"] = stale
    if stale["ratio"] > 0.2:
        impact = f"{stale['stale']} of {stale['total']} entries were not updated for 7 days"
        hint = "Review the stale entries by priority: refresh, archive or supersede each."
        looked.findings.append(
            finding(
                "knowledge_degradation",
                impact,
                "run_kb_growth_healthcheck",
                hint,
                [],
                threshold=0.2,
                ownership=OWNERSHIP,
                **stale,
            )
        )


def _verifications(looked: Looked, result: dict[str, Any]) -> None:
    looked.results["llm_hallucination"] = result
    if result["rate"] > 0.1:
        impact = f"{result['failed']} of the latest {result['total']} verifications failed"
        hint = "Compare the failed evidence with what the agent claimed; lower its autonomy."
        looked.findings.append(
            finding("llm_hallucination", impact, "review_failed_evidence", hint, [], **result)
        )


def _outcomes(looked: Looked, measured: dict[str, Any]) -> None:
    worst = measured["worst"]
    result = {name: measured[name] for name in ("total", "failed", "rate")}
    looked.results["execution_blast_radius"] = result
    if result["rate"] > 0.15:
        impact = f"{result['failed']} of the latest {result['total']} executions failed"
        hint = f"Hold the playbooks that fail most ({', '.join(worst)}), and read their errors."
        looked.findings.append(
            finding(
                "execution_blast_radius", impact, "hold_failing_playbooks", hint, worst, **result
            )
        )


def _slos(looked: Looked, values: dict[str, float | None]) -> None:
    looked.verdicts = [
        verdicts.judge(slo, readings.of(values[name])) for name, slo in definitions.BUILT_IN.items()
    ]
    looked.results["slo_compliance"] = verdicts.result(looked.verdicts)
    looked.findings += slo_findings.of(looked.verdicts)


def _silence(looked: Looked, result: dict[str, int]) -> None:
    looked.results["silent_approval"] = result
    if result["undelivered"]:
        count = result["undelivered"]
        impact = f"Approvals wait in silence: {count} undelivered"
        hint = "Decide them in the console, and see why their messages were not delivered."
        looked.findings.append(
            finding("silent_approval", impact, "decide_silent_approvals", hint, [], **result)
        )
