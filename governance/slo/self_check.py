"""The self-check `slo_compliance`."""

from __future__ import annotations

from governance.self_checks import Checked, Context, self_check
from governance.slo import evaluation, findings, verdicts


@self_check("slo_compliance", owns=(findings.VIOLATION, findings.DATA_GAP), order=50)
def slo_compliance(context: Context) -> dict[str, Checked]:
    """Answer the verdict on each SLO and `_meta`; each evaluation leaves its samples."""
    found = evaluation.evaluate(context.projects, context.at)
    if context.may_write:
        evaluation.keep(found, context.at)
    return {
        project: Checked(verdicts.result(some), findings.of(some))
        for project, some in found.items()
    }
