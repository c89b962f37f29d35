"""Charts of what happened by day: each room contributes its own, in its `insights.py`.

@insight("approvals", order=10)
def approvals(projects: Sequence[str], period: Period) -> list[Chart]: ...
"""

from governance.insights.charts import Chart, Series
from governance.insights.period import MOST_DAYS, Period, last, parse
from governance.insights.registry import discover, insight, insights_for_test, named, of, only

__all__ = [
    "MOST_DAYS",
    "Chart",
    "Period",
    "Series",
    "discover",
    "insight",
    "insights_for_test",
    "last",
    "named",
    "of",
    "only",
    "parse",
]
