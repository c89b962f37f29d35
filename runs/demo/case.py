"""One incident as it is told: what came in, who worked on it, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from awooop import callers
from awooop.actions.audit import Entry
from runs.demo import alerts, post
from runs.demo.catalogue import people
from runs.demo.catalogue.shapes import Scenario
from runs.demo.chapter import Chapter
from runs.demo.contracts import Shelf
from runs.demo.work import Work
from runs.demo.world import World
from runs.models import (
    ChannelEvent,
    Disposition,
    Execution,
    Incident,
    IncidentStatus,
    MessageType,
    Run,
)
from runs.models.incidents import DISPOSITION_OF

# Before this the agents' messages still came from the older system, which marks them in the text.
OLD_MESSAGES = timedelta(days=14)
_RUN_TIME = timedelta(hours=6)
_TRIGGERS = {"alertmanager": "alert"}


class Case:
    """An incident and the chapter that it fills."""

    def __init__(
        self,
        world: World,
        shelf: Shelf,
        scenario: Scenario,
        target: Mapping[str, str],
        at: datetime,
    ) -> None:
        self.world, self.shelf, self.scenario, self.target = world, shelf, scenario, target
        self.chapter = Chapter()
        self.values = {**_numbers(world), **target}
        self.is_legacy = world.chance(0.3)
        self.playbook, self.tool = scenario.fix.playbook, scenario.fix.tool
        self.confidence = Decimal(world.rng.randint(700, 970)) / 1000
        self.incident = self._open(at)
        self.event: ChannelEvent
        self.work: Work
        self._begin(at)

    def say(self, text: str) -> str:
        """Answer a text of the catalogue with this case's names and numbers."""
        return text.format_map(self.values)

    @property
    def ident(self) -> str:
        """The incident's id."""
        return self.incident.incident_id

    @property
    def is_old(self) -> bool:
        """Whether it happened while the older system still wrote the messages."""
        return self.incident.opened_at < self.world.now - OLD_MESSAGES

    def queue_run(
        self, at: datetime, trigger_type: str, trigger_ref: str, agent_id: str | None = None
    ) -> Work:
        """Queue a run about the incident; answers its work."""
        run = self.chapter.add(
            new_run(self.world, agent_id or self.scenario.agent, at, trigger_type, trigger_ref)
        )
        return Work(self.world, self.chapter, self.shelf, run, self.ident, is_legacy=self.is_legacy)

    def investigate(self, work: Work | None = None) -> None:
        """Claim the run and look: triage, the probes, what is known, which playbook fits."""
        work = work or self.work
        work.claim()
        if not work.is_smooth and self.world.chance(0.03):
            work.lose_heartbeat()
            work.claim()
        self.incident.status = IncidentStatus.INVESTIGATING
        work.step("triage.classify", self.say(f"{self.scenario.alertname}: {{target}}"))
        for tool, said in self.scenario.probes:
            work.probe(tool, self.say(said))
        if self.world.chance(0.6):
            work.probe("knowledge.search", self._known())
        work.step("playbook.match", f"{self.playbook} (confidence {self.confidence:.2f})")

    def conclude(self, work: Work | None = None) -> None:
        """Journal what the agent takes for the cause."""
        (work or self.work).step("plan.compose", self.say(self.scenario.cause))

    def send(self, message_type: str, text: str, *, at: datetime | None = None, **values: Any):
        """Tell the operators something about the incident."""
        run: Run = values.pop("run", self.work.run)
        return post.send(
            self.world,
            self.chapter,
            at=at or self.work.at,
            message_type=message_type,
            text=text,
            **post.about(run.run_id, self.ident),
            **values,
        )

    def wear_out(self) -> None:
        """Go on with the remedy that used to help; the agent is less sure of it."""
        if self.scenario.worn:
            self.playbook, self.tool = self.scenario.worn, self.scenario.worn_tool
        self.confidence = (self.confidence * 3 / 4).quantize(Decimal("0.001"))

    def renew(self) -> None:
        """Go on with the remedy that helps."""
        self.playbook, self.tool = self.scenario.fix.playbook, self.scenario.fix.tool
        self.confidence = Decimal(self.world.rng.randint(760, 960)) / 1000

    def hand_over(self, why: str) -> None:
        """Tell the operators that a person is needed."""
        old = f"HANDOFF REQUIRED\n{self.ident} {self.incident.title}\n{why}"
        new = f"需要人工接手 · {self.ident}\n{self.incident.title}\n{why}"
        self.send(MessageType.FINAL, old if self.is_old else new)

    def resolve(self, resolution_type: str, at: datetime, by: callers.Caller | None = None) -> None:
        """End the incident; where a person or an agent did it, that is audited."""
        incident = self.incident
        incident.status, incident.resolved_at = IncidentStatus.RESOLVED, at
        incident.resolution_type = resolution_type
        incident.disposition = DISPOSITION_OF[resolution_type]
        if by is not None:
            details = {"resolution_type": resolution_type, "disposition": incident.disposition}
            entry = Entry("incident.resolve", "incident", self.ident, details)
            self.chapter.record(at, by, entry)

    def agent(self) -> callers.Caller:
        """The key of the agent that works on it."""
        return people.agent(self.scenario.agent, self.world.project_id)

    def clear(self, at: datetime) -> None:
        """The alert ends by itself, and with it the incident."""
        self.resolve("alert_cleared", at)
        self._tell_resolved(at)

    def finish(self) -> None:
        """Tell of the alert's repeats while it was open, and of its end."""
        if self.scenario.channel != "alertmanager":
            return
        end = self.incident.resolved_at or self.world.now
        self._repeat(end)
        self._recur(end)
        if self.incident.resolved_at and self.incident.disposition != "cleared":
            # What nobody looked after goes on for a while.
            is_ignored = self.incident.disposition == Disposition.TIMEOUT_IGNORED
            lasted_s = (3600, 32_000) if is_ignored else (40, 400)
            gone_at = end + self.world.span(*lasted_s)
            if self.world.chance(0.8) and gone_at < self.world.now - timedelta(seconds=120):
                self._tell_resolved(gone_at)

    def _open(self, at: datetime) -> Incident:
        world, scenario = self.world, self.scenario
        labels = alerts.labels_of(scenario, self.target)
        return self.chapter.add(
            Incident(
                incident_id=world.incident_id(at),
                project_id=world.project_id,
                title=self.say(world.pick(scenario.titles))[:255],
                severity=scenario.severity,
                source=scenario.channel,
                fingerprint=alerts.group_key(labels) if scenario.channel == "alertmanager" else "",
                labels=labels,
                annotations=self._annotations(),
                opened_at=at,
                last_seen_at=at,
            )
        )

    def _annotations(self) -> dict[str, str]:
        return {"summary": self.say(self.scenario.said)}

    def _begin(self, at: datetime) -> None:
        """The event and the run that it queues, at the moment in which the incident opens."""
        channel = self.scenario.channel
        if channel == "alertmanager":
            self._told = alerts.alert(
                self.incident.labels, self._annotations(), alerts.started_before(self.world, at)
            )
            self.event = alerts.of_alert(self.world, self._told, at, self.ident)
        else:
            said = self.say(self.scenario.said)
            self.event = alerts.message(self.world, channel, said, at, incident_id=self.ident)
        # Either way the run finds its incident: in its own trigger, or in the event's envelope.
        ref = self.ident if self.world.chance(0.7) else self.event.provider_event_id
        self.work = self.queue_run(at, _TRIGGERS.get(channel, channel), ref)
        self.event.run = self.work.run
        self.chapter.add(self.event)

    def _repeat(self, end: datetime) -> None:
        at = self.event.received_at
        moments = alerts.repeats(at, end)[:4]
        if self.world.chance(0.12):
            moments.append(at + self.world.span(5, 40))
        for moment in moments:
            if moment < self.world.now:
                self.chapter.add(alerts.again(self.world, self.event, moment))

    def _recur(self, end: datetime) -> None:
        """The alert ends and begins again while the incident is open."""
        repaired = [execution.created_at for execution in self.chapter.of(Execution)]
        room = (min([end, *repaired]) - self.incident.opened_at).total_seconds()
        if room < 900 or not self.world.chance(0.4):
            return
        count = self.world.rng.randint(1, min(4, int(room / 600)))
        for number in range(count):
            part = (number + self.world.rng.uniform(0.3, 0.9)) / count
            at = self.incident.opened_at + timedelta(milliseconds=int(room * part * 1000))
            told = alerts.alert(
                self.incident.labels, self._annotations(), alerts.started_before(self.world, at)
            )
            self.chapter.add(alerts.of_alert(self.world, told, at, self.ident))
            self.incident.recurrence_count += 1
            self.incident.last_seen_at = at

    def _tell_resolved(self, at: datetime) -> None:
        if self.scenario.channel != "alertmanager":
            return
        ends_at = alerts.started_before(self.world, at)
        told = alerts.alert(
            self._told.labels, self._told.annotations, self._told.starts_at, ends_at
        )
        self.chapter.add(alerts.of_alert(self.world, told, at, self.ident))

    def _known(self) -> str:
        return self.world.pick(
            (
                f"2 entries: {self.scenario.fix.playbook}; {self.scenario.alertname}",
                f"找到 {self.world.rng.randint(2, 5)} 篇, 最相近: {self.scenario.fix.playbook}",
                "no entry about this target",
            )
        )


def new_run(world: World, agent_id: str, at: datetime, trigger_type: str, trigger_ref: str) -> Run:
    """Answer a run that was just queued."""
    run_id = world.uuid("run")
    return Run(
        run_id=run_id,
        project_id=world.project_id,
        agent_id=agent_id,
        trace_id=world.uuid("trace").hex,
        trigger_type=trigger_type,
        trigger_ref=trigger_ref,
        created_at=at,
        timeout_at=at + _RUN_TIME,
        cost_usd=0,
    )


def _numbers(world: World) -> dict[str, str]:
    rng = world.rng
    low, count, n = rng.randint(31, 62), rng.randint(12, 88), rng.randint(2, 9)
    hours = rng.randint(2, 20)
    return {
        "n": str(n),
        "pct": str(rng.randint(87, 97)),
        "low": str(low),
        "count": str(count),
        "hours": str(hours),
        "overdue": str(24 + hours),
        "mins": str(rng.randint(6, 45)),
        "over": str(rng.randint(41, 95)),
        "ms": str(rng.randint(850, 4800)),
        "big": f"{rng.randint(1_200, 48_000):,}",
        "release": f"v2.{count}.{n}",
        "previous": f"v2.{count - 1}.{rng.randint(0, 6)}",
    }
