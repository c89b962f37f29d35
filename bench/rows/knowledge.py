"""Knowledge entries, what they are found by, and the owner reviews of the stale ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from bench.rows.runs import ALERTS
from bench.rows.table import (
    CHANCE,
    DISPATCH,
    ENTRY,
    GOVERNANCE,
    NULL,
    PLAYBOOK,
    WORDS,
    Table,
    flag,
)
from bench.scale import PROJECTS
from bench.world import World

STALE_EACH = 5  # one entry in so many is stale
_WORDS_OF_BODY = 90
_TERMS_AT_ONCE = 500
_STEMS = (
    "disk", "node", "pod", "queue", "replica", "cert", "ingress", "kernel", "volume", "socket",
    "lease", "broker", "shard", "cache", "proxy", "token", "batch", "index", "backup", "deploy",
)  # fmt: skip
_ENDS = (
    "", "s", "ing", "ed", "er", "less", "lag", "fill", "leak", "drain", "stuck", "retry", "limit",
    "flap", "burst", "skew", "probe", "mount", "quota", "pause", "trace", "churn", "evict", "audit",
    "guard",
)  # fmt: skip
_CHINESE = ("磁碟空間不足", "服務重啟後恢復", "檢查日誌與告警", "憑證即將到期", "佇列積壓處理")


@cache
def vocabulary() -> tuple[str, ...]:
    """Answer the words of the texts, the most frequent first."""
    return tuple(f"{stem}{end}" for end in _ENDS for stem in _STEMS)


def project(world: World, number: int) -> str:
    """Answer the project of an entry: nearly all belong to the first, which is asked."""
    beyond = number - world.scale.entries_of_first
    return world.projects[0 if beyond < 0 else 1 + beyond // world.scale.entries_of_other]


def title(number: int) -> str:
    """Answer an entry's title."""
    return f"{ALERTS[number % 10]} on service{number % 400:03d}: what to do"


def content(world: World, number: int) -> str:
    """Answer an entry's text, on one line; a few words are frequent, most are rare."""
    known = vocabulary()
    draw, said = world.bits(WORDS, number), []
    for _ in range(_WORDS_OF_BODY):
        draw = (draw * 6364136223846793005 + 1442695040888963407) & ((1 << 64) - 1)
        share = (draw >> 40) / (1 << 24)
        said.append(known[int(len(known) * share * share)])
    return f"{' '.join(said)}. {_CHINESE[number % 5]}. See incident{number:06d}."


def is_stale(number: int) -> bool:
    """Whether an entry is stale."""
    return number % STALE_EACH == 0


def _alert(number: int) -> str:
    return f"{ALERTS[number % 10]}{number % 400:03d}" if number % 2 else ""


def _entries(world: World, first: int, last: int) -> Iterator[str]:
    of_project = world.scale.playbooks // PROJECTS
    for number in range(first, last):
        chance, of = world.bits(CHANCE, number), project(world, number)
        days = 8 + chance % 110 if is_stale(number) else chance % 6
        at = world.end - timedelta(days=days, seconds=chance % 80_000)
        made = min(at, world.start + timedelta(seconds=number % 7_000_000))
        place = world.projects.index(of)
        playbook = world.uuid(PLAYBOOK, chance % of_project * PROJECTS + place)
        status = "draft" if number % 50 == 1 else "approved"
        yield (
            f"{world.uuid(ENTRY, number)}\t{of}\t{title(number)}\t{content(world, number)}\t"
            f"{('runbook', 'incident_learning', 'reference')[number % 3]}\t"
            f"team-{number % 12}\t{{tag{number % 40}}}\t{status}\t{_alert(number)}\t"
            f"bench\tentries/{number}.md\t{'owner' if number % 4 else ''}\t{chance % 60}\t"
            f"{world.incident(number) if chance % 7 == 0 else NULL}\t"
            f"{playbook if chance % 9 == 0 else NULL}\t{made.isoformat()}\t{at.isoformat()}\n"
        )


def _revisions(world: World, first: int, last: int) -> Iterator[str]:
    for number in range(first, last):
        yield (
            f"{world.uuid(ENTRY, number)}\t{project(world, number)}\t1\t{title(number)}\t"
            f"{content(world, number)}\towner\t{world.start.isoformat()}\n"
        )


def _terms(world: World, first: int, last: int) -> Iterator[str]:
    """The product's own index of each entry."""
    from knowledge.models import KnowledgeEntry
    from knowledge.search import terms, words

    for begin in range(first, last, _TERMS_AT_ONCE):
        entries = [
            KnowledgeEntry(
                entry_id=world.uuid(ENTRY, number),
                project_id=project(world, number),
                title=title(number),
                content=content(world, number),
                category=f"team-{number % 12}",
                tags=[f"tag{number % 40}"],
                alertname=_alert(number),
            )
            for number in range(begin, min(last, begin + _TERMS_AT_ONCE))
        ]
        documents = terms.of_entries(entries)
        stems = words.stems(set().union(*(each.vocabulary() for each in documents)))
        for each in documents:
            for term, weight in each.weights(stems):
                yield f"{each.entry.pk}\t{term}\t{each.entry.project_id}\t{weight}\n"


def is_completed(review: int) -> bool:
    """Whether an owner review is done; a third of them are."""
    return review % 3 == 0


def _events(world: World, first: int, last: int) -> Iterator[str]:
    for review in range(first, last):
        at = (world.end - timedelta(minutes=review)).isoformat()
        done = is_completed(review)
        yield (
            f"{world.uuid(GOVERNANCE, review)}\t{world.projects[0]}\tkb_stale\t"
            f"{world.uuid(ENTRY, review * STALE_EACH)}\twarning\t{at}\t{at}\t{flag(done)}\t"
            f"{at if done else NULL}\n"
        )


def _dispatches(world: World, first: int, last: int) -> Iterator[str]:
    for review in range(first, last):
        at = (world.end - timedelta(minutes=review)).isoformat()
        ids = [world.uuid(DISPATCH, review * 3 + part) for part in range(3)]
        event, entry = world.uuid(GOVERNANCE, review), world.uuid(ENTRY, review * STALE_EACH)
        done = is_completed(review)
        status = "succeeded" if done else "pending"
        head = f"{event}\t{world.projects[0]}\tkb_stale\t{entry}\t"
        tail = f"owner\t{at}\t{at if done else NULL}\n"
        asked = f'{{"entry_id": "{entry}", "priority_tier": "P1"}}'
        stage = "stale_ratio_recheck" if done else "waiting_owner_review"
        yield f"{ids[0]}\t{head}km_stale_owner_review\t{status}\t{asked}\t{stage}\t{tail}"
        if done:
            yield from _after(ids, head, entry, tail)


def _after(ids: list[str], head: str, entry: str, tail: str) -> Iterator[str]:
    of = f'"source_dispatch_id": "{ids[0]}", "entry_id": "{entry}"'
    completed = f'{{{of}, "review_outcome": "refresh_with_evidence"}}'
    yield f"{ids[1]}\t{head}km_owner_review_completion\tsucceeded\t{completed}\trechecked\t{tail}"
    measured = (
        f'{{"source_dispatch_id": "{ids[1]}", "stale_count_delta": -1, "above_threshold": true, '
        '"stale_ratio_delta": -0.001, "stale_ratio_snapshot": {"stale_count": 1, "total_count": 9, '
        '"stale_ratio": 0.111, "threshold": 0.2, "stale_days": 7}}'
    )
    yield f"{ids[2]}\t{head}stale_ratio_recheck\tsucceeded\t{measured}\trechecked\t{tail}"


TABLES = (
    Table(
        "knowledge.KnowledgeEntry",
        "entry_id project_id title content entry_type category tags status alertname source "
        "source_path owner view_count related_incident_id related_playbook_id created_at "
        "updated_at",
        "entries",
        _entries,
    ),
    Table(
        "knowledge.KnowledgeRevision",
        "entry_id project_id version title content editor created_at",
        "entries",
        _revisions,
    ),
    Table("knowledge.SearchTerm", "entry_id term project_id weight", "entries", _terms),
    Table(
        "governance.GovernanceEvent",
        "id project_id event_type subject severity triggered_at last_seen_at resolved resolved_at",
        "reviews",
        _events,
    ),
    Table(
        "governance.Dispatch",
        "id governance_event_id project_id event_type subject executor_type dispatch_status "
        "decision_context workflow_stage owner created_at completed_at",
        "reviews",
        _dispatches,
    ),
)
