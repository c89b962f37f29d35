"""What is going on now: decisions that wait, runs at work, runs in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from runs.demo import alerts, decisions, post, repairs
from runs.demo.case import Case, new_run
from runs.demo.catalogue import BY_KEY, people
from runs.demo.chapter import Chapter
from runs.demo.contracts import Shelf
from runs.demo.incidents import Diary
from runs.demo.work import Work
from runs.demo.world import World
from runs.models import (
    Decision,
    IncidentStatus,
    MessageType,
    RiskLevel,
    RunState,
    SendStatus,
)

# From the alert to the question: a little longer than any investigation takes.
_TO_THE_QUESTION = timedelta(minutes=6)


@dataclass(frozen=True)
class Waiting:
    """A decision that waits: since when, for how long yet (None: without end), and for how many."""

    scenario: str
    target: int
    since: timedelta
    left: timedelta | None
    quorum: int = 1
    votes: int = 0
    is_delivered: bool = True
    is_tried: bool = False
    is_asked_about: bool = False


def _minutes(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


WAITING = (
    Waiting("disk_full", 1, _minutes(56), _minutes(4)),
    Waiting("dns_failures", 0, _minutes(23.5), _minutes(6.5), is_asked_about=True),
    Waiting("errors_after_deploy", 0, _minutes(11), _minutes(49), is_tried=True),
    Waiting(
        "replication_lag", 0, _minutes(34), _minutes(86), quorum=2, votes=1, is_asked_about=True
    ),
    Waiting("payment_timeouts", 1, _minutes(8), _minutes(22), quorum=2),
    Waiting("etcd_size", 1, _minutes(132), _minutes(348), is_tried=True),
    Waiting("certificate_expiring", 2, _minutes(300), _minutes(1140)),
    Waiting("table_bloat", 0, _minutes(540), None),
    Waiting("oom_killed", 3, _minutes(47), _minutes(73), is_delivered=False),
)


def write(world: World, shelf: Shelf, diary: Diary) -> Chapter:
    """Tell of all that is under way."""
    book = Chapter()
    for told in (
        *(_waiting(world, shelf, what) for what in WAITING),
        _just_approved(world, shelf),
        _at_work(world, shelf),
        _requeued(world, shelf),
        _queued(world, shelf),
    ):
        told.finish()
        diary.enter(told, world.now)
        book.take_in(told.chapter)
    book.take_in(_watching_a_deploy(world, shelf))
    book.take_in(_in_the_outbox(world))
    return book


def _case(world: World, shelf: Shelf, key: str, target: int, at: datetime) -> Case:
    scenario = BY_KEY[key]
    case = Case(world, shelf, scenario, scenario.targets[target], at)
    case.is_legacy = case.work.is_legacy = False
    case.work.is_smooth = True  # so that it is known when it comes to its question
    return case


def _waiting(world: World, shelf: Shelf, what: Waiting) -> Case:
    asked_at = world.now - what.since
    case = _case(world, shelf, what.scenario, what.target, asked_at - _TO_THE_QUESTION)
    work = case.work
    case.investigate()
    case.conclude()
    repairs.dry_run(case, work)
    if what.is_tried:
        work.step(case.scenario.fix.tool, "", scope="write")
    work.at = max(work.at, asked_at)
    approval = decisions.ask(
        case,
        work,
        valid_for=what.left and what.left + what.since,
        quorum=what.quorum,
        send_status=SendStatus.SENT if what.is_delivered else SendStatus.DEAD,
    )
    if approval.expires_at is None:
        work.run.timeout_at = None
    if what.is_asked_about:
        decisions.look_closer(case, approval)
    for number in range(what.votes):
        voted_at = asked_at + what.since * (number + 1) / (what.votes + 1)
        decisions.vote(
            case, approval, people.EMAILS[number], Decision.APPROVE, voted_at, is_last=False
        )
    decisions.remind(case, work, approval, until=world.now - timedelta(seconds=2))
    return case


def _just_approved(world: World, shelf: Shelf) -> Case:
    """Approved a moment ago: the worker has yet to fetch and redeem its token."""
    case = _case(world, shelf, "crashloop_config", 0, world.now - _minutes(7))
    work = case.work
    case.investigate()
    case.conclude()
    approval = decisions.ask(case, work, valid_for=_minutes(60))
    decisions.approve(case, work, approval, at=world.now - timedelta(seconds=25))
    work.run.heartbeat_at = world.now - timedelta(seconds=4)
    return case


def _at_work(world: World, shelf: Shelf) -> Case:
    """In the middle of its investigation, with a call whose result is not in yet."""
    case = _case(world, shelf, "queue_backlog", 0, world.now - _minutes(1.6))
    work = case.work
    work.claim()
    case.incident.status = IncidentStatus.INVESTIGATING
    work.step("triage.classify", case.say(case.scenario.alertname + ": {target}"))
    tool, said = case.scenario.probes[0]
    work.step(tool, case.say(said))
    work.at = max(work.at, world.now - timedelta(seconds=6))
    work.ask_gateway(case.scenario.probes[1][0])
    work.run.heartbeat_at = world.now - timedelta(seconds=3)
    return case


def _requeued(world: World, shelf: Shelf) -> Case:
    """Its worker fell silent; another one shall take it."""
    case = _case(world, shelf, "ingress_latency", 1, world.now - _minutes(5.5))
    case.incident.status = IncidentStatus.INVESTIGATING
    case.work.claim()
    case.work.step("triage.classify", case.say(case.scenario.alertname + ": {target}"))
    case.work.lose_heartbeat()
    return case


def _queued(world: World, shelf: Shelf) -> Case:
    """Came in this minute: nobody has taken it yet."""
    return _case(world, shelf, "target_down", 2, world.now - timedelta(seconds=38))


def _watching_a_deploy(world: World, shelf: Shelf) -> Chapter:
    at, chapter = world.now - _minutes(4), Chapter()
    said = "[AWOOOI CI/CD] deploy search-api v2.41.3 to production: 調整搜尋排序權重"
    event = chapter.add(alerts.message(world, "ci", said, at, pipeline="search-api"))
    run = chapter.add(new_run(world, "deploy-agent", at, "ci", event.provider_event_id))
    work = Work(world, chapter, shelf, run)
    work.claim()
    work.step("ci.job_status", "search-api v2.41.3: build and tests passed")
    work.step("argocd.app_history", "v2.41.3 rolled out to 1 of 3 zones")
    run.heartbeat_at = world.now - timedelta(seconds=7)
    post.send(
        world,
        chapter,
        at=world.now - timedelta(seconds=8),
        message_type=MessageType.INTERIM,
        text="[AWOOOI CI/CD] search-api v2.41.3 已部署至 1/3 區域, 觀察中",
        run_id=run.run_id,
        status=SendStatus.SENDING,
        triggered_by_state=RunState.RUNNING,
    )
    return chapter


def _in_the_outbox(world: World) -> Chapter:
    """Not sent yet: the outbox will come to it."""
    chapter = Chapter()
    post.send(
        world,
        chapter,
        at=world.now - timedelta(seconds=5),
        message_type=MessageType.GOVERNANCE_ALERT,
        text="AI 治理警報 · trust_drift\n3 個 playbook 的信任度低於 0.2, 請檢視",
        status=SendStatus.QUEUED,
    )
    return chapter


RISKS = frozenset(BY_KEY[what.scenario].fix.risk for what in WAITING)
assert frozenset(RiskLevel.values) == RISKS, "a decision of each risk shall wait"
