"""What is measured, by subject."""

from bench.measures import knowledge, runs, writes
from bench.measures.measure import Measure
from bench.world import World


def reads(world: World) -> list[Measure]:
    """Answer the requests that write nothing."""
    return [*runs.measures(world), *knowledge.measures(world)]


def changes(world: World, own: str) -> list[Measure]:
    """Answer the requests that write; `own` is a run that the key's worker holds."""
    return writes.measures(world, own)
