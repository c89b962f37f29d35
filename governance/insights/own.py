"""This room's charts: how the SLOs stood, and the events of each day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.insights.charts import Chart, Series
from governance.insights.period import Period
from governance.insights.registry import insight
from governance.models import SloStatus
from governance.selectors import slo, summary
from governance.severities import Severity, severity_of
from governance.wording import word

TYPES_AT_MOST = 7
TONES = {Severity.CRITICAL: "bad", Severity.WARNING: "warn", Severity.INFO: "idle"}
_ORDER = {severity: rank for rank, severity in enumerate(TONES)}
_STATES = {
    SloStatus.VIOLATED: "bad",
    SloStatus.ERROR: "warn",
    SloStatus.SKIPPED: "idle",
    SloStatus.OK: "ok",
}


@insight("slos", order=30)
def slos(projects: Sequence[str], period: Period) -> list[Chart]:
    """How many SLOs were in each state at the end of each day; of one project, each one's value."""
    found = slo.daily(projects, period.params)
    by_day = [Counter(one.states[day] for one in found) for day in range(len(period.days))]
    each = [_of_slo(one, projects) for one in found if len(projects) == 1]
    return [of_states(by_day, projects), *each]


def of_states(by_day: Sequence[Mapping[Any, int]], projects: Sequence[str]) -> Chart:
    """Answer the chart of how many SLOs were in each state, the worst first."""
    series = [
        Series(str(state), str(state.label), [day.get(state, 0) for day in by_day], tone)
        for state, tone in _STATES.items()
    ]
    return Chart(
        name="slo_states",
        title=_("SLOs by state"),
        note=_("Each project's SLOs as the last self-check of the day left them."),
        series=series,
        href=_page("slo", projects),
        empty=_("No self-check evaluated an SLO in these days."),
    )


def _of_slo(one: slo.Daily, projects: Sequence[str]) -> Chart:
    return Chart(
        name=f"slo_{one.slo.name}",
        title=_("SLO %(name)s") % {"name": word(one.slo.name)},
        note=_("The last value of each day."),
        shape="lines",
        series=[Series("value", word(one.slo.name), one.values)],
        target=float(one.slo.target),
        limit=float(one.slo.hard_red_line),
        href=_page("slo", projects),
        empty=_("Nothing was measured in these days."),
    )


@insight("events", order=40)
def events(projects: Sequence[str], period: Period) -> list[Chart]:
    """What the self-checks found each day, by type."""
    by_day, _unresolved = summary.by_type(projects, period.begins, period.until)
    return [
        Chart(
            name="governance_events",
            title=_("Governance events"),
            note=_("By type, on the day on which they were triggered."),
            series=by_type(by_day),
            href=_page("summary", projects),
            empty=_("The self-checks found nothing off in these days, or did not run."),
        )
    ]


def by_type(by_day: Sequence[dict[str, int]]) -> list[Series]:
    """Answer a row for each type, the gravest and then the most frequent first; what is beyond
    seven is put together."""
    counts: Counter[str] = sum((Counter(day) for day in by_day), Counter())
    names = sorted(counts, key=lambda name: (_ORDER[severity_of(name)], -counts[name], name))
    shown = names if len(names) <= TYPES_AT_MOST else names[: TYPES_AT_MOST - 1]
    rest = names[len(shown) :]
    rows = [_of_types(by_day, name, TONES[severity_of(name)], [name]) for name in shown]
    return [*rows, _of_types(by_day, "others", "idle", rest)] if rest else rows


def _of_types(
    by_day: Sequence[dict[str, int]], key: str, tone: str, names: Sequence[str]
) -> Series:
    return Series(key, word(key), [sum(day.get(name, 0) for name in names) for day in by_day], tone)


def _page(tab: str, projects: Sequence[str]) -> str:
    query = {"tab": tab, **({"project_id": projects[0]} if len(projects) == 1 else {})}
    return f"{reverse('governance')}?{urlencode(query)}"
