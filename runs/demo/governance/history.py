"""The month's self-checks: cycles, samples, and the events that opened and closed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from awooop import callers
from awooop.actions.audit import Entry
from awooop.callers import Caller
from governance.actions.events import RENOTIFY
from governance.aggregate_alerts import SELF_FAILURE, self_failure
from governance.models import CheckTrigger, GovernanceEvent, SelfCheckCycle, SloSample
from governance.models.events import IMPACT_MOST
from governance.self_checks import Finding
from governance.severities import severity_of
from runs.demo.catalogue import people
from runs.demo.chapter import Chapter
from runs.demo.governance import dispatches, drift
from runs.demo.governance.findings import Looked, finding, look
from runs.demo.governance.measures import Measures
from runs.demo.world import World

EVERY = timedelta(hours=6)
_LAST = timedelta(minutes=23)
# The database was too busy for an hour: three checks ran into their time limit.
_BROKEN = 52
_SLOW = ("execution_blast_radius", "llm_hallucination", "silent_approval")
_TIMEOUT = "OperationalError: canceling statement due to statement timeout"


@dataclass
class Watch:
    """What is open while the month goes by."""

    world: World
    chapter: Chapter
    by: Caller
    open: dict[tuple[str, str], GovernanceEvent] = field(default_factory=dict)

    def see(self, looked: Looked) -> None:
        """Open, repeat and resolve events as a self-check does."""
        found = {(one.event_type, one.subject): one for one in looked.findings}
        for key, one in found.items():
            if key in self.open:
                _repeat(self.open[key], one, looked.at)
            elif not one.suppressed:
                self.open[key] = self.begin(one, looked.at)
        broken = {name for name, result in looked.results.items() if "error" in result}
        for key in [key for key in self.open if key not in found and key[0] not in broken]:
            self.end(self.open.pop(key), looked.at)

    def begin(self, one: Finding, at: datetime) -> GovernanceEvent:
        """Open an event."""
        event = GovernanceEvent(
            id=self.world.uuid("governance event"),
            project_id=self.world.project_id,
            event_type=one.event_type,
            subject=one.subject,
            severity=severity_of(one.event_type),
            triggered_at=at,
            last_seen_at=at,
            notified_at=at,
        )
        _describe(event, one)
        self.chapter.add(event)
        self._record("open", event, at, self.by)
        return event

    def end(
        self, event: GovernanceEvent, at: datetime, by: Caller | None = None, note: str = ""
    ) -> None:
        """Resolve an event: its finding is gone, or a person says so."""
        event.resolved, event.resolved_at, event.resolution_note = True, at, note
        event.resolved_by = by.label if by else "system"
        self._record("resolve", event, at, by or self.by)

    def _record(self, what: str, event: GovernanceEvent, at: datetime, by: Caller) -> None:
        details = {
            "event_type": event.event_type,
            "subject": event.subject,
            "severity": event.severity,
            "note": event.resolution_note,
        }
        entry = Entry(f"governance.event.{what}", "governance_event", str(event.pk), details)
        self.chapter.record(at, by, entry)


def _repeat(event: GovernanceEvent, one: Finding, at: datetime) -> None:
    event.occurrences += 1
    event.last_seen_at = at
    _describe(event, one)
    if not one.suppressed and at - event.notified_at >= RENOTIFY:
        event.notified_at = at


def _describe(event: GovernanceEvent, one: Finding) -> None:
    event.details = one.details
    event.impact = str(one.details["impact"])[:IMPACT_MOST]
    event.remediation = str(one.details["remediation"]["hint"])[:240]


def write(world: World, book: Chapter) -> Chapter:
    """Tell what the self-checks found in what a book tells."""
    by = callers.system("governance self-check", [world.project_id])
    watch = Watch(world, Chapter(), by)
    measures = Measures.of(world, book)
    chance = random.Random(f"demo of governance of {world.project_id}")  # noqa: S311
    for number, at in enumerate(_moments(world)):
        looked = look(measures, at, number)
        if number == _BROKEN:
            _break(looked)
        watch.see(looked)
        _keep(watch, looked, chance, is_by_hand=number % 29 == 11)
    _by_people(watch)
    dispatches.write(world, watch.chapter, by)
    drift.write(world, watch.chapter)
    return watch.chapter


def _moments(world: World) -> list[datetime]:
    count = int((world.now - _LAST - world.start) / EVERY) + 1
    begin, end = world.maintenance
    all_of_them = (world.now - _LAST - EVERY * back for back in reversed(range(count)))
    return [at for at in all_of_them if not begin <= at < end]  # then it was switched off


def _break(looked: Looked) -> None:
    for name in _SLOW:
        looked.results[name] = {"error": _TIMEOUT}
    looked.findings = [one for one in looked.findings if one.event_type not in _SLOW]
    looked.findings += self_failure(dict.fromkeys(_SLOW, _TIMEOUT))
    assert looked.findings[-1].event_type == SELF_FAILURE


def _keep(watch: Watch, looked: Looked, chance: random.Random, *, is_by_hand: bool) -> None:
    world, failed = watch.world, sorted(n for n, one in looked.results.items() if "error" in one)
    timings = {
        name: 3000.4 if name in failed else round(chance.uniform(1.4, 24), 1)
        for name in looked.results
    }
    watch.chapter.add(
        SelfCheckCycle(
            id=world.uuid("self-check cycle"),
            project_id=world.project_id,
            started_at=looked.at,
            finished_at=looked.at + timedelta(milliseconds=sum(timings.values())),
            trigger=CheckTrigger.MANUAL if is_by_hand else CheckTrigger.SCHEDULE,
            results=looked.results,
            timings_ms=timings,
            failed_checks=failed,
        )
    )
    for verdict in looked.verdicts:
        watch.chapter.add(
            SloSample(
                project_id=world.project_id,
                slo=verdict["name"],
                status=verdict["status"],
                reason=verdict["reason"] or "",
                value=verdict["value"],
                evaluated_at=looked.at,
            )
        )


def _by_people(watch: Watch) -> None:
    """Two events that agents reported of themselves, which people looked into and closed."""
    world = watch.world
    told = (
        (16.3, "replay_degraded", "2 of 5 replays ended as degraded", 0, "重播用的快照已更新"),
        (8.6, "self_demotion", "deploy-agent lowered itself to read-only", 2, "Thresholds agreed"),
    )
    for days_ago, kind, impact, who, note in told:
        at = world.now - timedelta(days=days_ago)
        hint = "Look at what the agent reported, and decide whether it goes on."
        event = watch.begin(finding(kind, impact, "review_agent", hint, []), at)
        by = people.person(people.EMAILS[who], world.project_id)
        watch.end(event, at + timedelta(hours=3, minutes=12), by, note)
