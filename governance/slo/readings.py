"""What was measured of an SLO: a number, nothing, no number, or an error; never a guess."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROMETHEUS, DATABASE = "prometheus", "database"
NO_DATA = "no_data"
NON_FINITE = "non_finite_value"
UNREACHABLE = "prometheus_unreachable"
QUERY_FAILED = "query_failed"
# What to do about it; 'no data' has a hint of each SLO's own.
HINTS: dict[str, str | Promise] = {
    NON_FINITE: _("The query answers NaN or infinity: it divides by zero, or by nothing."),
    UNREACHABLE: _("Prometheus did not answer within 5 seconds: see whether it runs."),
    QUERY_FAILED: _("The question failed: ask it in Prometheus, and mend the query."),
}


@dataclass(frozen=True)
class Reading:
    """One SLO's measurement in one project: `value`, or the `reason` why there is none.

    `hint` says what to do about it; where it is empty the SLO's own hint stands.
    """

    value: float | None = None
    reason: str = ""
    hint: str | Promise = ""

    @property
    def is_error(self) -> bool:
        """Whether the question failed; 'no data' is an answer, not a failure."""
        return self.reason in (UNREACHABLE, QUERY_FAILED)


Readings = Mapping[tuple[str, str], Reading]


def of(value: float | None) -> Reading:
    """Answer the reading of a number: nothing is no data, and NaN and infinity are no numbers."""
    if value is None:
        return Reading(reason=NO_DATA)
    if not math.isfinite(value):
        return Reading(reason=NON_FINITE, hint=HINTS[NON_FINITE])
    return Reading(value=float(value))


def failed(why: str, *, reason: str = QUERY_FAILED) -> Reading:
    """Answer the reading of a question that failed; `why` is told to people, bounded."""
    return Reading(reason=reason, hint=" ".join(why.split())[:300])
