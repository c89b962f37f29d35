"""The last stage of an incident's status chain: what was learned of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from awooop import together
from awooop.together import Read, Row
from runs.status_chain import DONE, MISSING, WAITING, Key, Proof, Stage, Subject, stage

_ENTRIES = """
select wanted.project_id, wanted.incident_id, newest.entry_id, newest.status, newest.created_at
  from unnest(%(projects)s::text[], %(incidents)s::text[]) as wanted(project_id, incident_id)
 cross join lateral (
   select entry_id, status, created_at from knowledge_knowledgeentry
    where project_id = wanted.project_id and related_incident_id = wanted.incident_id
    order by updated_at desc, entry_id limit 1) newest
"""


def newest_entries(keys: Sequence[Key]) -> Read:
    """Ask for the newest entry about each incident."""
    wanted = {"projects": [key[0] for key in keys], "incidents": [key[1] for key in keys]}
    return together.tuples(_ENTRIES, wanted)


@stage("learning", read=newest_entries)
def learning(subjects: Sequence[Subject], newest: Sequence[Row]) -> dict[Key, Stage]:
    """The newest entry about each incident; only a resolved one must have one."""
    entries = {(row[0], row[1]): row[2:] for row in newest}
    return {subject.facts.key: _stage(subject, entries) for subject in subjects}


def _stage(subject: Subject, entries: dict[Key, tuple]) -> Stage:
    found = entries.get(subject.facts.key)
    if found is not None:
        entry_id, status, created_at = found
        href = reverse("knowledge-entry", args=[entry_id])
        proof = Proof("knowledge_entry", str(entry_id), href)
        is_draft = status in ("draft", "review")
        step = _("Review the draft.") if is_draft else ""
        why = _("A draft waits for its review.") if is_draft else _("It is written down.")
        return Stage(DONE, why, created_at, (proof,), step)
    if not subject.facts.is_resolved:
        return Stage(WAITING)
    step = _("Write down what was learned, as an entry about this incident.")
    return Stage(MISSING, _("Nothing was written down."), next_step=step)
