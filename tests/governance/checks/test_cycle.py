from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

from awooop import callers, clock, leases, tenancy
from awooop.clock import now
from awooop.errors import Invalid
from awooop.models import Project
from governance.actions import self_check as checking
from governance.models import CheckTrigger, GovernanceEvent, SelfCheckCycle
from governance.self_checks import Checked, Finding, SelfCheck, registered_for_test
from runs.models import OutboundMessage
from tests import factories
from tests.runs.together import together

BY = callers.system("tests", ["awoooi", "other"])


def good(name, *findings, owns=("trust_drift",)):
    def function(context):
        return {project: Checked({"checked": 1}, findings) for project in context.projects}

    return SelfCheck(name, frozenset(owns), function)


def broken(name):
    def function(context):
        raise RuntimeError("the planets are not aligned")

    return SelfCheck(name, frozenset(), function)


@pytest.fixture
def only():
    """Register these checks instead of the product's own, for the rest of the test."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda *checks: stack.enter_context(registered_for_test(*checks, alone=True))


def run(trigger=CheckTrigger.SCHEDULE, **values):
    return checking.run(by=BY, trigger=trigger, **values)


@pytest.mark.django_db
def test_a_check_that_raises_leaves_the_others_alone(project, only):
    only(good("one"), broken("two"), good("three", owns=()))
    run()
    cycle = SelfCheckCycle.objects.get()
    assert cycle.results == {
        "one": {"checked": 1},
        "two": {"error": "RuntimeError: the planets are not aligned"},
        "three": {"checked": 1},
    }
    assert cycle.failed_checks == ["two"]
    assert set(cycle.timings_ms) == {"one", "two", "three"}
    assert not GovernanceEvent.objects.exists()


@pytest.mark.django_db
def test_a_check_whose_sql_fails_leaves_the_others_alone(project, only):
    def function(context):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("select 1/0")

    only(SelfCheck("bad", frozenset(), function, order=1), good("one"))
    run()
    cycle = SelfCheckCycle.objects.get()
    assert "DataError" in cycle.results["bad"]["error"]
    assert cycle.results["one"] == {"checked": 1}


@pytest.mark.django_db
def test_three_failures_are_governances_own(project, only):
    only(broken("a"), broken("b"), good("c"))
    run()
    assert not GovernanceEvent.objects.exists()
    only(broken("a"), broken("b"), broken("c"))
    with clock.set_to(now() + timedelta(hours=1)):
        run()
    event = GovernanceEvent.objects.get()
    assert (event.event_type, event.severity) == ("governance_self_failure", "critical")
    assert set(event.details["errors"]) == {"a", "b", "c"}


@pytest.mark.django_db
def test_governances_own_failure_is_resolved_when_the_checks_work_again(project, only):
    only(broken("a"), broken("b"), broken("c"))
    run()
    only(good("a"))
    with clock.set_to(now() + timedelta(hours=1)):
        run()
    assert GovernanceEvent.objects.get().resolved


@pytest.mark.django_db
def test_a_check_in_error_does_not_resolve_what_it_found_before(project, only):
    only(good("one", Finding("trust_drift", {})))
    run()
    only(SelfCheck("one", frozenset({"trust_drift"}), broken("one").function))
    with clock.set_to(now() + timedelta(hours=1)):
        run()
    assert not GovernanceEvent.objects.get().resolved


@pytest.mark.django_db
def test_ten_cycles_over_bad_data_then_mended_then_broken_again(project, only):
    start = now()

    def cycle(hour, *findings):
        only(good("one", *findings))
        with clock.set_to(start + timedelta(hours=hour)):
            run()

    for hour in range(10):
        cycle(hour, Finding("trust_drift", {"impact": "off"}))
    event = GovernanceEvent.objects.get()
    assert (event.resolved, event.occurrences) == (False, 10)
    assert OutboundMessage.objects.filter(message_type="governance_alert").count() == 1
    cycle(10)
    event.refresh_from_db()
    assert event.resolved
    cycle(11, Finding("trust_drift", {"impact": "off"}))
    assert GovernanceEvent.objects.filter(resolved=False).get().pk != event.pk


@pytest.mark.django_db
def test_a_second_scheduled_cycle_within_the_hour_does_not_run(project, only):
    only(good("one"))
    start = now()
    for later in (0, 5, 50):
        with clock.set_to(start + timedelta(minutes=later)):
            asked = run()
    assert asked.skipped == ("awoooi",)
    with clock.set_to(start + timedelta(minutes=60)):
        run()
    assert SelfCheckCycle.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("later", "cycles"), [(59, 1), (60, 2)])
def test_a_person_may_ask_again_after_a_minute(project, only, later, cycles):
    only(good("one"))
    start = now()
    with clock.set_to(start):
        run()
    with clock.set_to(start + timedelta(seconds=later)):
        run(CheckTrigger.MANUAL)
    assert SelfCheckCycle.objects.count() == cycles


@pytest.mark.django_db
def test_where_the_lease_cannot_be_taken_the_checks_run(project, only, monkeypatch):
    def down(*_args, **_values):
        raise DatabaseError("no such store")

    monkeypatch.setattr(leases, "take_many", down)
    only(good("one"))
    run()
    assert SelfCheckCycle.objects.count() == 1


@pytest.mark.django_db
def test_an_inactive_project_is_not_checked(project, other_project, only):
    only(good("one"))
    with tenancy.scope(["awoooi", "other"]):
        Project.objects.filter(pk="other").update(is_active=False)
    assert run().projects == ("awoooi",)


@pytest.mark.django_db
def test_one_check_alone_keeps_no_cycle_and_takes_no_lease(project, only):
    only(good("one", Finding("trust_drift", {})), good("two", owns=()))
    run(check="one")
    assert GovernanceEvent.objects.count() == 1
    assert not SelfCheckCycle.objects.exists()
    assert run().projects == ("awoooi",)


@pytest.mark.django_db
def test_without_alert_nothing_is_written(project, only):
    seen = []

    def function(context):
        seen.append(context.may_write)
        return {one: Checked({}, (Finding("trust_drift", {}),)) for one in context.projects}

    only(SelfCheck("one", frozenset({"trust_drift"}), function))
    run(alert=False)
    assert seen == [False]
    assert not GovernanceEvent.objects.exists()
    assert not SelfCheckCycle.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"), [({"check": "nope"}, "check"), ({"project_ids": ["nope"]}, "project_id")]
)
def test_an_unknown_check_or_project_is_refused(project, values, field):
    with pytest.raises(Invalid) as refused:
        run(**values)
    assert refused.value.errors[0]["field"] == field


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer", [None, {}, {"awoooi": {"checked": 1}}, {"awoooi": Checked({}, (Finding("x", {}),))}]
)
def test_an_answer_of_another_shape_is_an_error_of_the_check(project, only, answer):
    only(SelfCheck("one", frozenset(), lambda _: answer))
    assert run().errors["one"].startswith("TypeError")


@pytest.mark.usefixtures("truncatable")
def test_four_clusters_and_a_person_at_the_same_minute_run_one_cycle(only):
    factories.project("awoooi")
    only(good("one", Finding("trust_drift", {})))
    jobs = [run] * 4 + [lambda: run(CheckTrigger.MANUAL)]
    asked = together(jobs)
    assert sorted(len(one.projects) for one in asked) == [0, 0, 0, 0, 1]
    with tenancy.scope(["awoooi"]):
        assert SelfCheckCycle.objects.count() == 1
        assert GovernanceEvent.objects.get().occurrences == 1


@pytest.mark.django_db
def test_the_statements_of_a_cycle_do_not_grow_with_projects(
    project, django_assert_max_num_queries
):
    def cycle(hour, new, most):
        for n in range(new):
            factories.project(f"p{hour}-{n}")
        later = clock.set_to(now() + timedelta(hours=hour))
        with later, django_assert_max_num_queries(most) as counted:
            asked = run()
        return len(asked.projects), len(counted)

    cycle(0, 0, 500)
    _, few = cycle(2, 1, 500)  # one project opens events for the first time, another again
    projects, many = cycle(4, 8, few)
    assert projects == 10
    assert many <= few
