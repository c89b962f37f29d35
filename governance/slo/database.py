"""The SLIs worked out from the rows themselves, where no Prometheus is configured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from governance.slo import readings, slis
from governance.slo.definitions import BUILT_IN, Slo
from governance.slo.readings import Reading

log = structlog.get_logger(__name__)
_OWN_QUERY = _("It has a query of its own, which only a Prometheus answers: set PROMETHEUS_URL.")


def read(wanted: Mapping[str, Sequence[Slo]], at: datetime) -> dict[tuple[str, str], Reading]:
    """Answer each project's SLOs; one statement per SLI, however many projects."""
    window = slis.Window(tuple(wanted), at)
    names = dict.fromkeys(slo.name for some in wanted.values() for slo in some)
    answers = {name: _ask(name, window) for name in names}
    return {
        (project, slo.name): _reading(slo, answers[slo.name], project)
        for project, some in wanted.items()
        for slo in some
    }


def _ask(name: str, window: slis.Window) -> Mapping[str, float | None] | Reading:
    function = slis.registered(name)
    if function is None:
        return {}
    try:
        with transaction.atomic():
            return function(window)
    except DatabaseError as error:
        log.exception("sli_failed", slo=name)
        return readings.failed(f"{type(error).__name__}: the database did not answer")


def _reading(slo: Slo, answer: Mapping[str, float | None] | Reading, project: str) -> Reading:
    if not _is_ours(slo):
        return Reading(reason=readings.NO_DATA, hint=_OWN_QUERY)
    return answer if isinstance(answer, Reading) else readings.of(answer.get(project))


def _is_ours(slo: Slo) -> bool:
    """Whether the SLO asks what the built-in one of its name asks."""
    return slo.name in BUILT_IN and slo.query == BUILT_IN[slo.name].query
