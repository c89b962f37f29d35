"""The alert about the self-check itself: too many checks in error."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from governance.self_checks import Finding

SELF_FAILURE = "governance_self_failure"
TOO_MANY = 3


def self_failure(errors: Mapping[str, str]) -> list[Finding]:
    """Answer the finding that governance itself is broken, with the errors, or none."""
    if len(errors) < TOO_MANY:
        return []
    impact = _("%(count)d self-checks failed: governance does not see") % {"count": len(errors)}
    hint = _("Read the errors, mend their cause, and run the self-check again.")
    details = {
        "status": "failed",
        "impact": impact,
        "errors": dict(sorted(errors.items())),
        "remediation": {
            "items": sorted(errors),
            "next_action": "repair_self_checks",
            "hint": hint,
        },
        "actionable": {
            "items": [f"manage.py self_check --check {name}" for name in sorted(errors)]
        },
    }
    return [Finding(SELF_FAILURE, details)]
