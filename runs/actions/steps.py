"""Journal a run's steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from awooop import bulk
from awooop.callers import Caller
from awooop.errors import Conflict, Invalid
from runs.actions import batches
from runs.actions.batches import Batch, Written
from runs.actions.transitions import lock_run
from runs.models import Run, Step


@dataclass(frozen=True)
class Journalled:
    """What was written, and the run with its new `step_count`."""

    written: Written
    run: Run


def next_seq(run: Run) -> int:
    """Answer the number that the run's next step gets: one more than the greatest, from 1."""
    greatest = Step.objects.filter(run=run).aggregate(greatest=Max("step_seq"))["greatest"]
    return (greatest or 0) + 1


@transaction.atomic
def add(*, by: Caller, run_id: UUID, batch: Batch) -> Journalled:
    """Journal steps; the same `step_seq` with the same tool again is a no-op.

    The run's lock orders the writers of its journal, the operators' decisions among them. Raises
    NotFound, NotAllowed, Conflict (`step_seq_taken`: by a step of another tool), or Invalid.
    """
    run = lock_run(run_id, by.projects)
    batches.permit(by, run.project_id, batch)
    held = _held(run, batch)
    _check_tools(run, batch, held)
    steps = batches.build(Step, batch, lambda row: _columns(run, row))
    new = {each.step_seq: each for each in reversed(steps) if each.step_seq not in held}
    if new:
        _insert(batch, steps, new)
        _raise_count(run, len(new))
    batches.count("step", run.project_id, len(new))
    ids = {**{seq: pk for seq, (_, pk) in held.items()}, **{seq: new[seq].pk for seq in new}}
    done = Written(len(new), len(steps) - len(new), [ids[each.step_seq] for each in steps])
    return Journalled(done, run)


def _held(run: Run, batch: Batch) -> dict[int, tuple[str, UUID]]:
    numbers = {row["step_seq"] for row in batch.rows}
    steps = Step.objects.filter(run=run, step_seq__in=numbers)
    return {
        seq: (tool, pk) for seq, tool, pk in steps.values_list("step_seq", "tool_name", "step_id")
    }


def _check_tools(run: Run, batch: Batch, held: dict[int, tuple[str, UUID]]) -> None:
    tools = {seq: tool for seq, (tool, _) in held.items()}
    differing = [
        index
        for index, row in enumerate(batch.rows)
        if tools.setdefault(row["step_seq"], row["tool_name"]) != row["tool_name"]
    ]
    twice = [index for index in differing if batch.rows[index]["step_seq"] not in held]
    if twice:
        message = "appears twice in the list, with different tools"
        raise Invalid(batch.errors(twice, "step_seq", message))
    if differing:
        raise _taken(run, batch, differing, tools)


def _taken(run: Run, batch: Batch, rows: list[int], tools: dict[int, str]) -> Conflict:
    first, free = batch.rows[rows[0]]["step_seq"], next_seq(run)
    refused = Conflict(
        f"{batch.field(rows[0], 'step_seq')}: number {first} is taken by a step of "
        f"{tools[first]}. The next free number is {free}.",
        code="step_seq_taken",
        next_step_seq=free,
    )
    refused.errors = batch.errors(rows, "step_seq", f"is taken; the next free number is {free}")
    return refused


def _columns(run: Run, row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "project_id": run.project_id,
        "run_id": run.run_id,
        "summary": batches.clean(row["summary"], 500),
        "block_reason": batches.clean(row["block_reason"], 500),
    }


def _insert(batch: Batch, steps: list[Step], new: dict[int, Step]) -> None:
    """Insert steps whose numbers are free: one that does not go in has another step's id."""
    inserted = bulk.insert_new([new[seq] for seq in sorted(new)])
    batches.check_not_taken(batch, steps, {each.pk for each in new.values()} - inserted)


def _raise_count(run: Run, by: int) -> None:
    Run.objects.filter(pk=run.pk).update(step_count=F("step_count") + by)
    run.step_count += by
