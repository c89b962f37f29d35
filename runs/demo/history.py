"""The whole month, from the contracts to this minute, as rows not written yet."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from awooop.actions.audit import Entry
from runs.demo import contracts, errands, governance, incidents, present, reports, stops
from runs.demo.catalogue import people
from runs.demo.chapter import Chapter
from runs.demo.playbooks import Playbooks
from runs.demo.world import World
from runs.models import Approval, Execution


def tell(project_id: str, now: datetime, timezone: str) -> Chapter:
    """Answer the month that ends now; the same project, moment and time zone give the same rows."""
    world = World(project_id, now, ZoneInfo(timezone))
    book, diary = Chapter(), incidents.Diary()
    shelf = contracts.write(world, book)
    playbooks = Playbooks(world, book)
    # What goes on now comes first, so that the past leaves its targets alone.
    book.take_in(present.write(world, shelf, diary))
    book.take_in(incidents.write(world, shelf, playbooks, diary))
    book.take_in(errands.Errands(world, shelf, incidents.in_order(book)).write())
    book.take_in(reports.write(world, book))
    playbooks.earn(book.of(Execution))
    playbooks.follow(book.of(Approval))
    book.take_in(governance.write(world, book))
    book.take_in(stops.write(world))
    _maintenance(world, book)
    book.records.sort(key=lambda record: record.at)
    return book


def _maintenance(world: World, book: Chapter) -> None:
    """The project was switched off for a database upgrade, and on again."""
    by = people.person(people.ADMINISTRATOR, world.project_id)
    for at, before, after in zip(
        world.maintenance, ("True", "False"), ("False", "True"), strict=True
    ):
        changes = {"is_active": {"from": before, "to": after}}
        book.record(at, by, Entry("project.update", "project", world.project_id, changes))
