"""The chains of some incidents together, and the grade that each earns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from awooop import together
from awooop.clock import now
from awooop.together import Asking
from runs.models import Incident, Run
from runs.status_chain import facts, stages_outcome, stages_work  # noqa: F401 - register stages
from runs.status_chain.facts import Key
from runs.status_chain.registry import (
    DONE,
    STAGES,
    WAITING,
    Stage,
    Subject,
    ask,
    contributions,
)

SCHEMA = "awooop_status_chain_v1"
# The share of the stages that are due which are done earns the grade: the first that it reaches.
GRADES = ((1.0, "A"), (0.85, "B"), (0.7, "C"), (0.5, "D"))
LOWEST = "F"


@dataclass(frozen=True)
class Chain:
    """An incident's stages in their order; `incident` is None where it is not known here."""

    project_id: str
    incident_id: str
    incident: Incident | None
    stages: Mapping[str, Stage]

    @property
    def done(self) -> list[str]:
        """Answer the stages that are on record."""
        return [name for name, stage in self.stages.items() if stage.status == DONE]

    @property
    def gaps(self) -> list[str]:
        """Answer the stages that are missing or blocked."""
        return [name for name, stage in self.stages.items() if stage.is_gap]

    @property
    def mendable(self) -> list[str]:
        """Answer the gaps that somebody can still close."""
        return [name for name in self.gaps if self.stages[name].next_step]

    @property
    def score(self) -> float | None:
        """Answer which share of what is due is done, to three places; None where nothing is due.

        What waits is not due yet, and what is not needed never is.
        """
        due = len(self.done) + len(self.gaps)
        return round(len(self.done) / due, 3) if due else None

    @property
    def grade(self) -> str | None:
        """Answer the grade from A to F, None where nothing is due."""
        score = self.score
        if score is None:
            return None
        return next((grade for least, grade in GRADES if score >= least), LOWEST)

    @property
    def next_step(self) -> str:
        """Answer what to do next: of the first gap, else of what waits; '' for nothing."""
        gaps = [stage for stage in self.stages.values() if stage.is_gap]
        waits = [stage for stage in self.stages.values() if stage.status == WAITING]
        return next((stage.next_step for stage in [*gaps, *waits] if stage.next_step), "")

    def as_dict(self) -> dict[str, Any]:
        """Answer it as the API tells it."""
        return {
            "schema_version": SCHEMA,
            "project_id": self.project_id,
            "incident_id": self.incident_id,
            "grade": self.grade,
            "score": self.score,
            "next_step": self.next_step,
            "stages": [_told(name, stage) for name, stage in self.stages.items()],
            "generated_at": now(),
            "writes_on_read": False,
        }


def _told(name: str, stage: Stage) -> dict[str, Any]:
    return {
        "stage": name,
        "status": stage.status,
        "why": stage.why,
        "at": stage.at,
        "evidence": [
            {"kind": proof.kind, "id": proof.id, "href": proof.href} for proof in stage.evidence
        ],
        "next_step": stage.next_step,
    }


def of(keys: Iterable[Key]) -> dict[Key, Chain]:
    """Answer the chain of each incident named by its project and id, known here or not."""
    return together.answer(asking(keys))


def of_incidents(incidents: Sequence[Incident]) -> dict[str, Chain]:
    """Answer the chain of each incident, by its id, in a fixed number of statements."""
    return together.answer(asking_of_incidents(incidents))


def of_runs(runs: Sequence[Run], incidents: Mapping[UUID, Sequence[str]]) -> dict[UUID, Chain]:
    """Answer the chain of the first incident of each run; runs without one are left out."""
    return together.answer(asking_of_runs(runs, incidents))


def asking_of_incidents(incidents: Sequence[Incident]) -> Asking[dict[str, Chain]]:
    """Ask what `of_incidents` answers."""
    known = {(one.project_id, one.incident_id): one for one in incidents}
    chains = yield from asking(known, known)
    return {key[1]: chain for key, chain in chains.items()}


def asking_of_runs(
    runs: Sequence[Run], incidents: Mapping[UUID, Sequence[str]]
) -> Asking[dict[UUID, Chain]]:
    """Ask what `of_runs` answers."""
    first = {
        run.run_id: (run.project_id, incidents[run.run_id][0])
        for run in runs
        if incidents.get(run.run_id)
    }
    chains = yield from asking(first.values())
    return {run_id: chains[key] for run_id, key in first.items()}


def asking(
    keys: Iterable[Key], known: Mapping[Key, Incident] | None = None
) -> Asking[dict[Key, Chain]]:
    """Ask what `of` answers; the incidents are read where they are not known yet."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return {}
    read, contributed = yield from together.join(
        facts.asking(wanted, known), together.each(contributions(wanted))
    )
    subjects = [Subject(one) for one in read]
    for name in STAGES:
        answers = ask(name, subjects, contributed.get(name))
        for subject in subjects:
            if (answer := answers.get(subject.facts.key)) is not None:
                subject.so_far[name] = answer
    return {
        one.facts.key: Chain(*one.facts.key, one.facts.incident, one.so_far) for one in subjects
    }
