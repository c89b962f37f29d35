"""The month's incidents: dealt from a deck of endings, so that each ending is seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from runs.demo import outcomes, rhythm, shadow
from runs.demo.case import Case
from runs.demo.catalogue import BY_KEY, SCENARIOS
from runs.demo.catalogue.shapes import Scenario
from runs.demo.chapter import Chapter
from runs.demo.contracts import Shelf
from runs.demo.outcomes import Outcome
from runs.demo.playbooks import Playbooks
from runs.demo.world import World
from runs.models import Incident, McpCall, Run

PER_DAY = 8.4
_TRIES = 8
_SHADOWED = 0.13
# So that the last day has something of everything, whatever the deck deals.
_LATELY: tuple[tuple[Outcome, float], ...] = (
    (outcomes.expired, 21.5),
    (outcomes.auto_failed, 13.2),
    (outcomes.rejected, 9.4),
    (outcomes.lost, 6.1),
    (outcomes.approved, 3.3),
)
# Only an alert ends by itself.
_OF_ALERTS = (outcomes.cleared, outcomes.observed, outcomes.cancelled)


class Diary:
    """Which target had trouble when: the same alert group has one open incident at a time."""

    def __init__(self) -> None:
        self._busy: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}

    def is_free(self, case: Case, until: datetime) -> bool:
        """Whether the case's target had no other incident at that time."""
        begin = case.incident.opened_at
        spans = self._busy.get(_of(case), [])
        return all(until < other_begin or other_end < begin for other_begin, other_end in spans)

    def enter(self, case: Case, until: datetime) -> None:
        """Note a case."""
        self._busy.setdefault(_of(case), []).append((case.incident.opened_at, until))


def write(world: World, shelf: Shelf, playbooks: Playbooks, diary: Diary) -> Chapter:
    """Tell of all incidents that are over."""
    book = Chapter()
    book.take_in(_maintenance(world, shelf, playbooks, diary))
    endings = _deal(world)
    worn = _round(world, [scenario for scenario in SCENARIOS if scenario.worn])
    lately = [(world.now - timedelta(hours=hours), ending) for ending, hours in _LATELY]
    dealt = [(at, next(endings)) for at in rhythm.alerts(world, PER_DAY)]
    for at, ending in [*lately, *dealt]:
        for number in range(_TRIES):
            outcome = ending if number < _TRIES // 2 else world.pick(outcomes.QUICK)
            chapter = _tell(world, shelf, playbooks, diary, at.astimezone(UTC), outcome, worn)
            if chapter is not None:
                book.take_in(chapter)
                break
    return book


def _tell(
    world: World,
    shelf: Shelf,
    playbooks: Playbooks,
    diary: Diary,
    at: datetime,
    outcome: Outcome,
    worn: Iterator[Scenario],
) -> Chapter | None:
    """Tell one incident, or answer None where it does not fit in its place."""
    scenario = next(worn) if outcome is outcomes.auto_failed else _choose(world, at, outcome)
    case = Case(world, shelf, scenario, world.pick(scenario.targets), at)
    outcome = _as_the_contract_allows(case, outcome)
    outcome(case, playbooks)
    if world.chance(_SHADOWED):
        shadow.beside(case)
    case.finish()
    return case.chapter if _fits(world, diary, case) else None


def _maintenance(world: World, shelf: Shelf, playbooks: Playbooks, diary: Diary) -> Chapter:
    scenario = BY_KEY["oom_killed"]
    at = world.maintenance[0] - timedelta(seconds=170)
    case = Case(world, shelf, scenario, scenario.targets[0], at)
    outcomes.during_maintenance(case, playbooks)
    case.finish()
    diary.enter(case, case.chapter.until())
    return case.chapter


def _fits(world: World, diary: Diary, case: Case) -> bool:
    until = case.chapter.until()
    begin, end = world.maintenance
    begun = [row.created_at for model in (Run, McpCall) for row in case.chapter.of(model)]
    if any(begin <= at < end for at in begun):
        return False
    if until >= world.now - timedelta(seconds=90) or not diary.is_free(case, until):
        return False
    diary.enter(case, until)
    return True


def _as_the_contract_allows(case: Case, outcome: Outcome) -> Outcome:
    work, tool = case.work, case.scenario.fix.tool
    if case.shelf.grants(work.run.agent_id, tool, work.at):
        return outcome
    return outcome if outcome in (outcomes.observed, outcomes.lost) else outcomes.not_granted_yet


def _choose(world: World, at: datetime, outcome: Outcome) -> Scenario:
    fitting = [
        scenario
        for scenario in SCENARIOS
        if rhythm.suits(world, scenario.when, at)
        and (outcome is not outcomes.auto or scenario.may_repair_itself)
        and (outcome not in _OF_ALERTS or scenario.channel == "alertmanager")
    ]
    return world.rng.choices(fitting, weights=[scenario.weight for scenario in fitting])[0]


def _deal(world: World) -> Iterator[Outcome]:
    while True:
        cards = [outcome for outcome, count in outcomes.DECK for _ in range(count)]
        world.rng.shuffle(cards)
        yield from cards


def _round(world: World, scenarios: list[Scenario]) -> Iterator[Scenario]:
    while True:
        yield from scenarios


def _of(case: Case) -> tuple[str, str]:
    target: Mapping[str, str] = case.target
    return case.scenario.key, target["target"]


def in_order(book: Chapter) -> list[Incident]:
    """Answer a book's incidents in the order in which they opened."""
    return sorted(book.of(Incident), key=lambda incident: incident.opened_at)
