"""The SLI that the entries answer; the gauge `knowledge_entries_created_24h` says the same."""

from __future__ import annotations

from governance.slo.slis import Window, ask, sli

_GROWTH = """
select wanted.project_id, day.value
  from unnest(%(projects)s::text[]) as wanted(project_id)
 cross join lateral (
   select count(*) as value from knowledge_knowledgeentry entry
    where entry.project_id = wanted.project_id
      and entry.created_at > %(since)s and entry.created_at <= %(until)s
 ) as day
"""


@sli("km_growth_rate")
def km_growth_rate(window: Window) -> dict[str, float | None]:
    """Answer how many entries were created; none is 0, not 'no data'."""
    return ask(_GROWTH, window)
