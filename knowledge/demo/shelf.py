"""The demo project's knowledge: runbooks of its scenarios, notes, and what incidents taught."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from awooop import callers
from knowledge.actions import drafts, writing
from knowledge.demo import notes, reviews, runbooks
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from runs.models import Incident, IncidentStatus, Playbook

_NAMESPACE = UUID("0b1d1f6e-2f7c-5a55-9d0a-3d1f5a3f2c77")
LEARNINGS = 34
_OWNERS = ("team-platform", "team-data", "team-payments", "team-network", "")


def write(project_id: str, now: datetime) -> dict[str, int]:
    """Write it; the same project and moment give the same entries."""
    # Chance decides ages and views; nothing secret is drawn from it.
    rng = random.Random(f"knowledge of {project_id}")  # noqa: S311
    entries = [*_runbooks(project_id, now, rng), *_notes(project_id, now, rng)]
    entries += _learnings(project_id, now, rng)
    by = callers.system("demo", [project_id])
    writing.insert(entries, editor=by.label, reason="written for the demo")
    told = reviews.write(project_id, now)
    return {"knowledge_entries": len(entries) + told["review_drafts"], **told}


def _runbooks(project_id: str, now: datetime, rng: random.Random) -> Iterator[KnowledgeEntry]:
    playbooks = dict(Playbook.objects.filter(project_id=project_id).values_list("name", "pk"))
    for number, text in enumerate(runbooks.texts()):
        yield _entry(
            project_id,
            f"runbook/{text['alertname']}",
            now,
            # Every third is old: the owners have something to do.
            rng.uniform(8, 120) if number % 3 == 0 else rng.uniform(0.1, 6.5),
            entry_type=EntryType.RUNBOOK,
            status=EntryStatus.REVIEW if number % 9 == 4 else EntryStatus.APPROVED,
            owner=_OWNERS[number % len(_OWNERS)],
            view_count=rng.choice((0, 1, 3, 8, 21, 55)),
            related_playbook_id=playbooks.get(text.pop("playbook")),
            **text,
        )


def _notes(project_id: str, now: datetime, rng: random.Random) -> Iterator[KnowledgeEntry]:
    for number, text in enumerate(notes.NOTES):
        yield _entry(
            project_id,
            f"note/{number}",
            now,
            rng.uniform(9, 200) if number % 2 else rng.uniform(0.2, 6),
            status=(EntryStatus.APPROVED, EntryStatus.APPROVED, EntryStatus.DRAFT)[number % 3],
            owner=_OWNERS[(number + 1) % len(_OWNERS)],
            view_count=rng.choice((0, 0, 2, 5, 13)),
            **text,
        )
    yield _entry(
        project_id,
        "note/archived",
        now,
        160,
        title="舊版快取清除步驟 (Redis 5)",
        content="# 舊版快取清除步驟\n\nRedis 5 已於兩季前下線, 這份步驟不再適用。\n",
        category="cache",
        status=EntryStatus.ARCHIVED,
    )


def _learnings(project_id: str, now: datetime, rng: random.Random) -> Iterator[KnowledgeEntry]:
    """What each resolved incident left: a third of the newest is kept, the rest was read and put
    away, into the runbook of its alert where there is one."""
    rows = Incident.objects.filter(project_id=project_id, status=IncidentStatus.RESOLVED)
    newest = list(rows.order_by("-resolved_at", "incident_id"))
    kept = newest[: LEARNINGS * 3 : 3]
    for number, draft in enumerate(_drafts(project_id, kept)):
        draft.view_count = rng.choice((0, 0, 0, 1, 4))
        if number % 4 == 3:  # somebody looked at it
            draft.status = EntryStatus.APPROVED
            draft.owner = _OWNERS[number % 3]
        yield draft
    names = {incident.pk for incident in kept}
    others = [incident for incident in newest if incident.pk not in names]
    for number, draft in enumerate(_drafts(project_id, others)):
        yield _put_away(project_id, draft, now, number)


def _drafts(project_id: str, incidents: list[Incident]) -> Iterator[KnowledgeEntry]:
    for incident, draft in zip(incidents, drafts.unsaved(incidents), strict=True):
        draft.pk = _ident(project_id, f"learning/{draft.source_path}")
        draft.created_at = draft.updated_at = incident.resolved_at
        yield draft


def _put_away(project_id: str, draft: KnowledgeEntry, now: datetime, number: int) -> KnowledgeEntry:
    """Archive a draft as its owner did within two days; what is newer still waits for that."""
    read_at = draft.created_at + timedelta(hours=2 + number * 7 % 46)
    if read_at >= now:
        return draft
    draft.status, draft.updated_at = EntryStatus.ARCHIVED, read_at
    draft.owner = _OWNERS[number % 4]
    if draft.alertname in _alerts_with_runbook():
        draft.superseded_by_id = _ident(project_id, f"runbook/{draft.alertname}")
    return draft


@cache
def _alerts_with_runbook() -> frozenset[str]:
    return frozenset(text["alertname"] for text in runbooks.texts())


def _ident(project_id: str, name: str) -> UUID:
    return uuid5(_NAMESPACE, f"{project_id}/{name}")


def _entry(
    project_id: str, name: str, now: datetime, days_old: float, **values: Any
) -> KnowledgeEntry:
    updated = now - timedelta(seconds=int(days_old * 86_400))
    return KnowledgeEntry(
        entry_id=_ident(project_id, name),
        project_id=project_id,
        created_at=updated - timedelta(days=30),
        updated_at=updated,
        **values,
    )
