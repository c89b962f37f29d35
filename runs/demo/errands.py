"""Runs without an alert: daily rounds, deploys, people's questions, merged changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from runs.demo import alerts, post, rhythm
from runs.demo.case import new_run
from runs.demo.catalogue import words
from runs.demo.chapter import Chapter
from runs.demo.contracts import Shelf
from runs.demo.work import Work
from runs.demo.world import World
from runs.models import Incident, MessageType, RunState

Round = tuple[str, str, int, int, tuple[tuple[str, str], ...]]
_ROUNDS: tuple[Round, ...] = (
    (
        "db-agent",
        "schedule:backup-verify",
        3,
        20,
        (
            ("backup.list", "5 個叢集皆有 24 小時內的備份"),
            ("backup.verify", "restored pg-orders into a scratch instance, checksums good"),
        ),
    ),
    (
        "network-agent",
        "schedule:certificate-scan",
        6,
        15,
        (
            ("tls.inspect", "23 certificates, the nearest end is 12 days away"),
            ("dns.lookup", "all public names resolve from three resolvers"),
            ("http.probe", "HSTS and redirects as expected"),
        ),
    ),
    (
        "km-agent",
        "schedule:knowledge-digest",
        7,
        30,
        (
            ("incidents.list", "incidents of the last 24 h read"),
            ("knowledge.list_stale", "stale entries listed by priority"),
        ),
    ),
    (
        "sre-agent",
        "schedule:morning-check",
        8,
        5,
        (
            ("prometheus.query", "SLO 剩餘預算: checkout 71%, catalog 88%, payments 64%"),
            ("kubectl.get", "所有節點 Ready, 無 Pending Pod"),
        ),
    ),
    (
        "sre-agent",
        "schedule:capacity-report",
        18,
        30,
        (
            ("prometheus.query", "CPU 58 %, memory 66 %, storage 61 % of the pool"),
            ("kubectl.get", "room for 34 more replicas of the usual size"),
        ),
    ),
)
_DEPLOYS_A_DAY, _QUESTIONS_A_DAY, _REVIEWS_A_DAY = 5.8, 3.1, 2.2


class Errands:
    """Tells the errands into a book; knows the incidents that they may mention."""

    def __init__(self, world: World, shelf: Shelf, incidents: Sequence[Incident]) -> None:
        self.world, self.shelf, self.incidents = world, shelf, incidents
        self.book = Chapter()

    def write(self) -> Chapter:
        """Tell of all of them."""
        for agent_id, ref, hour, minute, looks in _ROUNDS:
            for at in rhythm.daily(self.world, hour, minute):
                self._keep(self._round(at.astimezone(UTC), agent_id, ref, looks))
        for at in rhythm.office(self.world, _DEPLOYS_A_DAY):
            self._keep(self._deploy(at.astimezone(UTC)))
        for at in rhythm.office(self.world, _QUESTIONS_A_DAY):
            self._keep(self._question(at.astimezone(UTC)))
        for at in rhythm.office(self.world, _REVIEWS_A_DAY):
            self._keep(self._review(at.astimezone(UTC)))
        return self.book

    def _keep(self, chapter: Chapter) -> None:
        if chapter.until() < self.world.now - timedelta(seconds=60):
            self.book.take_in(chapter)

    def _begin(self, at: datetime, agent_id: str, trigger: str, ref: str) -> Work:
        chapter = Chapter()
        run = chapter.add(new_run(self.world, agent_id, at, trigger, ref))
        return Work(self.world, chapter, self.shelf, run)

    def _round(
        self, at: datetime, agent_id: str, ref: str, looks: tuple[tuple[str, str], ...]
    ) -> Chapter:
        work = self._begin(at, agent_id, "schedule", ref)
        work.claim()
        if self.world.chance(0.03):
            return self._fail(work)
        for tool, said in looks:
            work.probe(tool, said)
        if agent_id == "km-agent":
            self._digest(work)
        if self.world.chance(0.7):
            work.step("report.compose", looks[0][1])
        work.end(RunState.COMPLETED)
        return work.chapter

    def _digest(self, work: Work) -> None:
        """The knowledge agent's digest names yesterday's incidents."""
        day = work.at - timedelta(hours=24)
        recent = [incident for incident in self.incidents if day <= incident.opened_at < work.at]
        text = f"RUNBOOK REVIEW\n{len(recent)} incidents in 24 h"
        lines = [f"{incident.incident_id} {incident.title[:60]}" for incident in recent[:4]]
        self._send(work, MessageType.INTERIM, "\n".join([text, *lines]))

    def _deploy(self, at: datetime) -> Chapter:
        world = self.world
        service, commit = world.pick(words.SERVICES), world.pick(words.COMMITS)
        build = f"v2.{world.rng.randint(12, 88)}.{world.rng.randint(0, 9)}"
        said = f"[AWOOOI CI/CD] deploy {service} {build} to production: {commit}"
        event = alerts.message(world, "ci", said, at, pipeline=service, commit=_commit(world))
        work = self._begin(at, "deploy-agent", "ci", event.provider_event_id)
        work.chapter.add(event)
        work.claim()
        open_now = self._open_at(at)
        if open_now and world.chance(0.35):
            return self._hold_back(work, service, open_now)
        if world.chance(0.04):
            return self._fail(work)
        for tool, what in (
            ("ci.job_status", f"{service} {build}: build and tests passed"),
            ("argocd.app_history", f"{build} rolled out to 1 of 3 zones"),
            ("prometheus.query", "5xx and p99 of the canary as before"),
        ):
            work.probe(tool, what)
        work.pass_time(180, 600)
        work.step("prometheus.query", f"{build} in all zones, error rate unchanged")
        if world.chance(0.4):
            self._send(
                work, MessageType.FINAL, f"[AWOOOI CI/CD] {service} {build} 部署完成\n{commit}"
            )
        work.end(RunState.COMPLETED)
        return work.chapter

    def _hold_back(self, work: Work, service: str, incident: Incident) -> Chapter:
        work.step("ci.job_status", f"{service}: build and tests passed")
        detail = f"held back: {incident.incident_id} is open, deploy again when it is resolved"
        work.step("plan.compose", detail)
        work.end(RunState.CANCELLED, "E-DEPLOY-HELD", detail)
        return work.chapter

    def _question(self, at: datetime) -> Chapter:
        world = self.world
        question, tool, answer = world.pick(words.QUESTIONS)
        incident = self._before(at)
        if incident and world.chance(0.35):
            question, tool = world.pick(words.FOLLOW_UPS), "knowledge.search"
            answer = f"{incident.incident_id}: {incident.title}\n已結案 ({incident.disposition})"
        said = question.format(agent="sre-agent", incident=incident and incident.incident_id)
        event = alerts.message(world, "telegram", said, at)
        work = self._begin(at, "sre-agent", "telegram", event.provider_event_id)
        work.chapter.add(event)
        work.claim()
        work.probe(tool, answer.splitlines()[0])
        work.step("report.compose", answer.splitlines()[-1])
        self._send(work, MessageType.FINAL, answer)
        work.end(RunState.COMPLETED)
        return work.chapter

    def _review(self, at: datetime) -> Chapter:
        world = self.world
        number, service = 900 + world.number("pull request"), world.pick(words.SERVICES)
        said = f"Pull request #{number} merged: {world.pick(words.COMMITS)} ({service})"
        event = alerts.message(world, "github", said, at, action="closed", number=number)
        work = self._begin(at, "deploy-agent", "github", event.provider_event_id)
        work.chapter.add(event)
        work.claim()
        work.probe("git.diff", f"#{number}: {world.rng.randint(1, 14)} files, no manifest changed")
        if world.chance(0.5):
            work.step("report.compose", f"#{number} needs no change of {service}'s manifests")
        else:
            work.probe("argocd.app_history", f"{service} is in step with the repository")
        work.end(RunState.COMPLETED)
        return work.chapter

    def _fail(self, work: Work) -> Chapter:
        code, why = self.world.pick(words.TOOL_ERRORS)
        work.step("plan.compose", "tools of this round chosen")
        work.pass_time(30, 90)
        work.step("knowledge.search", why, error=(code, why))
        work.end(RunState.FAILED, code, why)
        return work.chapter

    def _send(self, work: Work, message_type: str, text: str) -> None:
        post.send(
            self.world,
            work.chapter,
            at=work.at,
            message_type=message_type,
            text=text,
            run_id=work.run.run_id,
            triggered_by_state=work.run.state,
        )

    def _open_at(self, at: datetime) -> Incident | None:
        for incident in self.incidents:
            if incident.opened_at <= at and (incident.resolved_at or self.world.now) > at:
                return incident
        return None

    def _before(self, at: datetime) -> Incident | None:
        earlier = [
            incident
            for incident in self.incidents
            if incident.resolved_at and at - timedelta(days=3) < incident.resolved_at < at
        ]
        return self.world.pick(earlier) if earlier else None


def _commit(world: World) -> str:
    return world.uuid("commit").hex[:12]
