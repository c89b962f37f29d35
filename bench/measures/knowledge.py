"""Search, stale candidates, the reviews of owners."""

from __future__ import annotations

from urllib.parse import quote

from bench.measures.measure import SESSION, Measure
from bench.world import World

EACH_MS = 50
_API = "/api/v1/knowledge"
_SEARCH = """
select entry.entry_id, entry.title, entry.updated_at, sum(term.weight) as score
  from knowledge_searchterm term join knowledge_knowledgeentry entry using (entry_id)
 where term.project_id = %(project)s and term.term = any(%(terms)s)
   and term.weight >= 400
 group by entry.entry_id order by score desc limit 50
"""
_STALE = """
select entry_id, title, updated_at, view_count, related_incident_id from knowledge_knowledgeentry
 where project_id = %(project)s and status <> 'archived'
   and updated_at < now() - interval '7 days'
 order by least(extract(epoch from now() - updated_at) / 86400, 90) * 35 / 90
   + least(25, 5 * ln(1 + view_count) / ln(2))
   + case when related_incident_id is null then 0 else 20 end
   + case when related_playbook_id is null then 0 else 12 end desc, updated_at limit 50
"""
_QUEUE = """
select dispatch.id, dispatch.subject, dispatch.dispatch_status, entry.title, entry.updated_at
  from governance_dispatch dispatch
  left join knowledge_knowledgeentry entry on entry.entry_id = dispatch.subject::uuid
 where dispatch.project_id = %(project)s and dispatch.executor_type = 'km_stale_owner_review'
 order by entry.view_count desc limit 50
"""
_BURN_DOWN = """
select count(*) filter (where updated_at < now() - interval '7 days'), count(*)
  from knowledge_knowledgeentry where project_id = %(project)s and status <> 'archived'
"""


def measures(world: World) -> list[Measure]:
    """Answer the measures of this subject."""
    project = world.projects[0]
    given = {"project": project}

    def search(name: str, text: str, terms: list[str]) -> Measure:
        path = f"{_API}/entries?q={quote(text)}"
        return Measure(
            f"knowledge search, {name}", path, _SEARCH, {**given, "terms": terms}, EACH_MS
        )

    of = f"project_id={project}"
    return [
        search("one frequent word", "disk", ["disk"]),
        search("three words", "certificate expires service007", ["certif", "expir", "service007"]),
        search("misspelled", "replicaton", ["replic"]),
        search("Chinese", "磁碟空間", ["磁碟", "碟空", "空間"]),
        search("nothing found", "zzyzx", ["zzyzx"]),
        Measure("knowledge page", f"/knowledge?{of}&q=disk", _SEARCH, {**given, "terms": ["disk"]},
                EACH_MS, SESSION),
        Measure("knowledge list", f"{_API}/entries", "", {}, EACH_MS),
        Measure("stale candidates", f"{_API}/stale-candidates?{of}", _STALE, given, EACH_MS),
        Measure("stale candidates, P0", f"{_API}/stale-candidates?{of}&priority_tier=P0",
                _STALE, given, EACH_MS),
        Measure("completion queue", f"{_API}/stale-owner-reviews/completion-queue?{of}", _QUEUE,
                given, EACH_MS),
        Measure("burn-down", f"{_API}/stale-owner-reviews/burn-down?{of}", _BURN_DOWN, given,
                EACH_MS),
    ]  # fmt: skip
