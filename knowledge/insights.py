"""This room's chart: how the share of stale knowledge falls to what is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.insights import Chart, Period, Series, insight
from knowledge.selectors import ratio_history


@insight("stale_knowledge", order=50)
def burn_down(projects: Sequence[str], period: Period) -> list[Chart]:
    """The stale ratio of the projects together, and the threshold of each day."""
    days = period.params
    stale, allowed = ratio_history.together(projects, days["begins"], days["ends"])
    query = f"?{urlencode({'project_id': projects[0]})}" if len(projects) == 1 else ""
    return [
        Chart(
            name="stale_ratio",
            title=_("Stale knowledge"),
            note=_("The share of entries not updated in time, as last measured each day."),
            shape="lines",
            unit="percent",
            series=[
                Series("stale_ratio", _("stale"), stale, "warn"),
                Series("threshold", _("allowed"), allowed, "idle"),
            ],
            href=f"{reverse('knowledge-burn-down')}{query}",
            empty=_("No self-check measured knowledge in these days."),
        )
    ]
