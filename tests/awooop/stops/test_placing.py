"""Placing and lifting a stop: who may, what it writes, what is refused."""

from __future__ import annotations

import itertools

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from awooop import stops, tenancy
from awooop.actions import stops as actions
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound
from awooop.models import Stop
from tests import factories
from tests.awooop.stops.support import EVERY, audited, lift, place

pytestmark = pytest.mark.django_db
REASON = "It deletes what it should not"


@pytest.mark.parametrize(
    ("target", "scope"),
    [
        ({}, "project"),
        ({"agent_id": "sre-agent"}, "agent"),
        ({"tool_name": "pg.drop"}, "tool"),
        ({"project_id": None}, "all"),
        ({"project_id": None, "tool_name": "pg.drop"}, "tool"),
        ({"project_id": None, "agent_id": "sre-agent"}, "agent"),
    ],
)
def test_a_stop_is_kept_with_who_when_and_why(other_project, target, scope):
    stop = place(**target)
    kept = stops.find(stop.pk, ["awoooi"])
    assert (kept.scope, kept.reason, kept.stopped_by) == (scope, REASON, "tests")
    assert kept.lifted_at is None


def test_it_is_audited_with_its_reason(project):
    stop = place(tool_name="pg.drop")
    (record,) = audited("stop.place")
    assert (record.resource_type, record.resource_id) == ("stop", str(stop.pk))
    assert record.details["reason"] == REASON
    assert record.details["calls_settled"] is True


def test_one_of_every_project_is_on_record_in_each(other_project):
    place(None)
    assert len(audited("stop.place", "awoooi")) == len(audited("stop.place", "other")) == 1


def test_the_same_target_is_stopped_once_at_a_time(project):
    first = place(agent_id="sre-agent")
    with pytest.raises(Conflict) as refused:
        place(agent_id="sre-agent")
    assert refused.value.code == "already_stopped"
    lift(first)
    assert place(agent_id="sre-agent").pk != first.pk
    assert Stop.objects.count() == 2


def test_the_same_name_elsewhere_is_another_target(other_project):
    place(agent_id="sre-agent")
    place(tool_name="sre-agent")
    place(None, agent_id="sre-agent")
    assert len(stops.open_in(["awoooi"])) == 3


def test_lifting_needs_a_reason_and_keeps_who_and_why(project):
    stop = place()
    with pytest.raises(Invalid) as refused:
        lift(stop, reason="  ")
    assert [row["field"] for row in refused.value.errors] == ["reason"]
    lifted = lift(stop)
    assert (lifted.lifted_by, lifted.lift_reason) == ("tests", "Mended")
    assert stops.open_in(["awoooi"]) == []
    assert [one.pk for one in stops.history(["awoooi"])] == [stop.pk]
    assert audited("stop.lift")[0].details["reason"] == "Mended"


def test_a_lifted_stop_is_not_lifted_again(project):
    stop = lift(place())
    with pytest.raises(Conflict) as refused:
        lift(stop)
    assert refused.value.code == "already_lifted"


@pytest.mark.parametrize(
    ("target", "reason", "field"),
    [
        ({}, "", "reason"),
        ({}, "   ", "reason"),
        ({}, "x" * 501, "reason"),
        ({"agent_id": "a", "tool_name": "t"}, "why", "tool_name"),
        ({"agent_id": "a" * 129}, "why", "agent_id"),
        ({"tool_name": " "}, "why", "tool_name"),
    ],
)
def test_what_is_malformed_is_named_and_nothing_is_stopped(project, target, reason, field):
    with pytest.raises(Invalid) as refused:
        place(reason=reason, **target)
    assert [row["field"] for row in refused.value.errors] == [field]
    assert not Stop.objects.exists()


def test_secrets_in_a_reason_are_not_kept(project):
    assert "hunter2hunter2" not in place(reason="password=hunter2hunter2 leaked").reason


@pytest.mark.parametrize("role", ["viewer", "operator", "knowledge_owner"])
def test_who_is_no_administrator_stops_and_lifts_nothing(project, role):
    stop = place(agent_id="sre-agent")
    by = factories.caller_of_user(factories.user(awoooi=role))
    with pytest.raises(NotAllowed):
        place(by=by)
    with pytest.raises(NotAllowed):
        lift(stop, by=by)


def test_an_administrator_stops_the_own_project_and_no_other(other_project):
    by = factories.caller_of_user(factories.user(awoooi="project_admin"))
    place(by=by)
    with pytest.raises(NotFound):
        place("other", by=by)
    with pytest.raises(NotAllowed):
        place(None, by=by)


def test_an_administrator_does_not_lift_what_is_stopped_everywhere(other_project):
    stop = place(None)
    by = factories.caller_of_user(factories.user(awoooi="project_admin"))
    with pytest.raises(NotAllowed):
        lift(stop, by=by)
    root = factories.user("root@example.org", is_superuser=True)
    lift(stop, by=factories.caller_of_user(root))


def test_a_key_of_one_project_does_not_stop_every_one(other_project):
    with pytest.raises(NotAllowed):
        place(None, by=factories.caller_of_key(factories.api_key("awoooi")))
    place(None, by=factories.caller_of_key(factories.api_key(None)))


def test_a_project_that_is_switched_off_can_be_stopped(project):
    project.is_active = False
    project.save()
    assert place().scope == "project"


def test_a_stop_of_another_project_is_not_visible(other_project):
    with tenancy.scope(["other"]):
        stop = place("other", by=EVERY)
    assert not Stop.objects.filter(pk=stop.pk).exists()
    with pytest.raises(NotFound):
        lift(stop)


def test_one_of_every_project_is_visible_to_all_and_written_by_none_of_them(other_project):
    stop = place(None)
    for projects in (["awoooi"], ["other"], []):
        with tenancy.scope(projects):
            assert Stop.objects.filter(pk=stop.pk).exists()
            assert Stop.objects.filter(pk=stop.pk).update(reason="altered") == 0
    row = Stop(scope="all", reason="by hand", stopped_by="nobody")
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    "values",
    [
        {"scope": "all", "project_id": "awoooi"},
        {"scope": "project", "project_id": "awoooi", "agent_id": "a"},
        {"scope": "agent", "project_id": "awoooi"},
        {"scope": "tool", "project_id": "awoooi", "tool_name": "t", "agent_id": "a"},
        {"scope": "project", "project_id": "awoooi", "reason": ""},
        {"scope": "project", "project_id": "awoooi", "lifted_by": "someone"},
    ],
)
def test_the_database_refuses_a_stop_that_makes_no_sense(project, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Stop.objects.create(**{"reason": "why", "stopped_by": "me", **values})


def test_what_holds_a_call_back_is_the_same_in_the_database_and_on_pages(other_project):
    places = [(p, a, t) for p in ("awoooi", None)
              for a, t in (("", ""), ("sre-agent", ""), ("", "pg.drop"))]  # fmt: skip
    calls = list(itertools.product(("awoooi",), ("", "sre-agent", "db"), ("", "pg.drop", "get")))
    for project_id, agent_id, tool_name in places:
        stop = place(project_id, agent_id=agent_id, tool_name=tool_name)
        for project, agent, tool in calls:
            held = stops.holding(project, agent_id=agent, tool_name=tool) is not None
            assert held == stop.covers(project, agent_id=agent, tool_name=tool)
        lift(stop)


def test_the_widest_of_several_is_named(other_project):
    place(tool_name="pg.drop")
    place()
    everything = place(None)
    assert stops.holding("awoooi", agent_id="a", tool_name="pg.drop") == everything
    assert stops.open_in(["awoooi"])[0] == everything


def test_the_words_say_what_where_who_and_why(other_project):
    stop = place(None, tool_name="pg.drop")
    told = stops.told(stop)
    assert told == f"The tool pg.drop is stopped in every project (tests): {REASON}"
    with pytest.raises(stops.Stopped) as refused:
        stops.check("other", tool_name="pg.drop")
    assert (refused.value.code, refused.value.status) == ("stopped", 409)
    assert refused.value.extra == {"stop_id": str(stop.pk), "scope": "tool"}


def test_the_wait_for_calls_leaves_the_lock_timeout_as_it_was(project):
    from django.db import connection

    def timeout() -> str:
        with connection.cursor() as cursor:
            cursor.execute("show lock_timeout")
            return cursor.fetchone()[0]

    before = timeout()
    place()
    assert timeout() == before
    assert actions.WAIT_MS > 0
