"""What is off in an evaluation: each violated SLO, and that nothing can be measured at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from governance.models import SloDirection, SloStatus
from governance.self_checks import Finding
from governance.slo import verdicts
from governance.slo.verdicts import Verdict

VIOLATION = "slo_violation"
DATA_GAP = "governance_slo_data_gap"
_MEASURED = (SloStatus.OK, SloStatus.VIOLATED)


def of(found: Sequence[Verdict]) -> tuple[Finding, ...]:
    """Answer one project's findings.

    A violated SLO is one event of type `slo_violation`, whose subject is the SLO's name. One that
    cannot be measured opens nothing, and keeps open what is open: silence is no recovery.
    """
    findings = [_violation(one) for one in found if one["status"] == SloStatus.VIOLATED]
    findings += [_unknown(one) for one in found if one["status"] not in _MEASURED]
    if found and not any(one["status"] in _MEASURED for one in found):
        findings.append(_data_gap(found))
    return tuple(findings)


def _violation(verdict: Verdict) -> Finding:
    numbers = {
        "slo": verdict["name"],
        "value": _number(verdict["value"]),
        "line": _number(verdict["hard_red_line"]),
    }
    if verdict["direction"] == SloDirection.ABOVE:
        impact = _("%(slo)s is %(value)s, below its red line %(line)s") % numbers
    else:
        impact = _("%(slo)s is %(value)s, above its red line %(line)s") % numbers
    hint = _("Find what moved it in the last day; hold the agents or playbooks that did.")
    return _finding(verdict, impact, "investigate_slo", hint)


def _unknown(verdict: Verdict) -> Finding:
    impact = _("%(slo)s was beyond its red line and cannot be measured now") % {
        "slo": verdict["name"]
    }
    return _finding(verdict, impact, "restore_slo_data", verdict["hint"] or "", suppressed=True)


def _finding(
    verdict: Verdict, impact: str, action: str, hint: str, *, suppressed: bool = False
) -> Finding:
    name = verdict["name"]
    details: dict[str, Any] = {
        "status": verdict["status"],
        "impact": impact,
        "remediation": {"items": [name], "next_action": action, "hint": hint},
        "actionable": {"items": [{"slo": name, "query": verdict["query"]}]},
        "slo": name,
        "value": verdict["value"],
        "target": verdict["target"],
        "hard_red_line": verdict["hard_red_line"],
        "gap": verdict["gap"],
        "direction": verdict["direction"],
        "reason": verdict["reason"],
    }
    return Finding(VIOLATION, details, subject=name, suppressed=suppressed)


def _data_gap(found: Sequence[Verdict]) -> Finding:
    names = [verdict["name"] for verdict in found]
    impact = _("None of the %(count)d SLOs can be measured: nobody knows how the agents do") % {
        "count": len(names)
    }
    hint = _("See why each has no value; start with Prometheus and with what the agents report.")
    details = {
        "status": verdicts.NO_DATA,
        "impact": impact,
        "remediation": {"items": names, "next_action": "restore_slo_data", "hint": hint},
        "actionable": {
            "items": [
                {"slo": one["name"], "reason": one["reason"], "hint": one["hint"]} for one in found
            ]
        },
        "reasons": {one["name"]: one["reason"] for one in found},
    }
    return Finding(DATA_GAP, details)


def _number(value: float) -> str:
    return f"{value:g}"
